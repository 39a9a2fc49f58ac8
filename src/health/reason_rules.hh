// The rules behind reasons.hh by topic, and the words that they share.
#pragma once

#include <functional>

#include "base/time.hh"
#include "health/reasons.hh"

namespace taut::reason {

std::optional<Reason> image_name(const Value& pod, const Surroundings& around);
std::optional<Reason> image_pull(const Value& pod, const Surroundings& around);

std::optional<Reason> config_missing(const Value& pod, const Surroundings& around);
std::optional<Reason> liveness(const Value& pod, const Surroundings& around);
std::optional<Reason> out_of_memory(const Value& pod, const Surroundings& around);
std::optional<Reason> cannot_run(const Value& pod, const Surroundings& around);
std::optional<Reason> exits(const Value& pod, const Surroundings& around);
std::optional<Reason> readiness(const Value& pod, const Surroundings& around);

std::optional<Reason> no_room(const Value& pod, const Surroundings& around);
std::optional<Reason> no_node_fits(const Value& pod, const Surroundings& around);

std::optional<Reason> claim_waits(const Value& claim, const Surroundings& around);
std::optional<Reason> pod_waits_for_claim(const Value& pod, const Surroundings& around);
std::optional<Reason> still_attached(const Value& pod, const Surroundings& around);
std::optional<Reason> mount_missing(const Value& pod, const Surroundings& around);

std::optional<Reason> selects_nothing(const Value& service, const Surroundings& around);
std::optional<Reason> no_address(const Value& object, const Surroundings& around);

std::optional<Reason> application(const Value& application, const Surroundings& around);

std::optional<Reason> quota(const Value& object, const Surroundings& around);
std::optional<Reason> refused(const Value& object, const Surroundings& around);
std::optional<Reason> unanswered(const Value& object, const Surroundings& around);
std::optional<Reason> deadline(const Value& object, const Surroundings& around);
std::optional<Reason> job_failed(const Value& object, const Surroundings& around);

// The first status of a container (init containers first) for which `wanted` holds, or null.
const Value& container_status(const Value& pod, const std::function<bool(const Value&)>& wanted);
// The container of that name in the spec, or null.
const Value& container_spec(const Value& pod, std::string_view name);
// How the container ended last: now, or before it was started again. Null when it never did.
const Value& last_end(const Value& status);
// Messages of the newest event about the object whose message starts with `start`; empty without one.
std::string_view event_message(const Value& object, const Surroundings& around, std::string_view start);
// The newest event about the object with that reason, or null.
const Value& event_with(const Value& object, const Surroundings& around, std::string_view reason);
// `secret "x" not found`, `couldn't find key k in ConfigMap ns/x`: what the kubelet says is missing; empty when it does not.
std::string missing_piece(std::string_view message);
// Names like the one of a missing piece ("ConfigMap web, key k") among the related objects: "; similar: webb", or nothing.
std::string similar_piece(const Surroundings& around, std::string_view piece);
// Rules of what a server said, for a Refusal and for the conditions of workloads alike.
std::optional<Reason> said_by_quota(std::string_view message, std::string_view ns, const std::string& pods, const Surroundings& around);
std::optional<Reason> said_by_policy(std::string_view message, const std::string& refused, const Surroundings& around);
std::optional<Reason> said_of_webhook(std::string_view message);
// How many of the pods around (or the one alone) the rule finds the same of.
int count(const Value& pod, const Surroundings& around, const std::function<bool(const Value&)>& same);

// "1 time", "4 times".
std::string times(int64_t count);
// "12 s", "6 min", "3 h", "2 d".
std::string spoken(Duration duration);
// "2026-11-23 03:27 UTC"; the text itself when it is no time.
std::string spoken_time(std::string_view rfc3339);
// "Push the tag or roll back to 1f3a9c2."; without a revision "Push the tag or roll back."
std::string or_roll_back(std::string_view verb, const Surroundings& around);

}  // namespace taut::reason
