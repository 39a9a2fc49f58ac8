// Reading and building the objects that controllers deal in: owners, conditions, pods, intervals.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hh"
#include "object/id.hh"
#include "value/value.hh"

namespace taut::sandbox::workloads {

inline std::string_view uid_of(const Value& object) { return object["metadata"]["uid"].as_string(); }
inline bool is_deleting(const Value& object) { return !object["metadata"]["deletionTimestamp"].is_null(); }

// The uid of the owner that is the controller; "" for none.
std::string_view controller_uid(const Value& object);
// An owner reference that makes `owner` the controller.
Value controller_reference(const Value& owner);
bool has_finalizer(const Value& object, std::string_view name);
void drop_finalizer(Value& object, std::string_view name);

// A condition of an object's status by type; null when there is none.
const Value& condition_of(const Value& status, std::string_view type);
bool condition_is(const Value& status, std::string_view type, std::string_view wanted);
// Replaces or appends, as each controller of Kubernetes keeps its list: the new one goes last.
void put_condition(Value& status, const Value& condition);
void drop_condition(Value& status, std::string_view type);

// Whether a LabelSelector (or, for Services, a plain map) matches labels. An empty selector matches all.
bool selector_matches(const Value& selector, const Value& labels);
bool labels_match(const Value& wanted, const Value& labels);

bool pod_ready(const Value& pod);
// Neither finished nor being deleted.
bool pod_active(const Value& pod);
bool pod_finished(const Value& pod);
// When a ready pod counts as available after `min_ready`; nothing when it is not ready.
std::optional<Time> pod_available_at(const Value& pod, int64_t min_ready_seconds);

// "25%" or a number of `total`, rounded up or down.
int64_t share_of(const Value& int_or_percent, int64_t total, bool round_up);

// The pod of a template, named by its owner's name and a generated suffix.
Value pod_from_template(const Value& pod_template, const Value& owner);

// Eight to ten characters that tell templates apart, from the alphabet that Kubernetes uses for generated names.
std::string template_hash(const Value& pod_template, const Value& collision_count);

}  // namespace taut::sandbox::workloads
