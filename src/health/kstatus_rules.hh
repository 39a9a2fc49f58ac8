// The rules behind kstatus.hh, one file each, and what they share.
#pragma once

#include <vector>

#include "health/kstatus.hh"

namespace taut::kstatus_rule {

Result<Kstatus> always_ready(const Value& object, Time now);
Result<Kstatus> custom_resource_definition(const Value& object, Time now);
Result<Kstatus> daemon_set(const Value& object, Time now);
Result<Kstatus> deployment(const Value& object, Time now);
Result<Kstatus> job(const Value& object, Time now);
Result<Kstatus> persistent_volume_claim(const Value& object, Time now);
Result<Kstatus> pod(const Value& object, Time now);
Result<Kstatus> pod_disruption_budget(const Value& object, Time now);
Result<Kstatus> replica_set(const Value& object, Time now);
Result<Kstatus> service(const Value& object, Time now);
Result<Kstatus> stateful_set(const Value& object, Time now);

// Results: without a condition; with Reconciling; with Stalled.
Kstatus current(std::string message);
Kstatus in_progress(std::string reason, std::string message);
Kstatus failed(std::string reason, std::string message);

// "Ready: 1/3" and the like.
Kstatus too_few(std::string reason, std::string_view what, int64_t have, int64_t want);
// More pods than wanted: "Pending termination: 2".
Kstatus too_many(int64_t surplus);

// A whole number, or the fallback where there is none; so for text.
int64_t whole(const Value& number, int64_t fallback);
std::string_view text(const Value& value, std::string_view fallback);

}  // namespace taut::kstatus_rule
