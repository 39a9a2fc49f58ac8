// The conditions of a Deployment, kept as its controller keeps them.
#pragma once

#include <string_view>

#include "value/value.hh"

namespace taut::sandbox::workloads {

inline constexpr std::string_view kProgressing = "Progressing";
inline constexpr std::string_view kAvailable = "Available";
inline constexpr std::string_view kReplicaFailure = "ReplicaFailure";

// progressDeadlineSeconds is set, and not to the number that means never.
bool has_deadline(const Value& deployment);

// Sets a condition, unless one with this status and reason is there already; the transition time stays when only the
// reason changes.
void set_condition(Value& status, std::string_view type, std::string_view value, std::string_view reason, std::string_view message,
                   std::string_view now);

}  // namespace taut::sandbox::workloads
