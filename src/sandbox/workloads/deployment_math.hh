// Sums over ReplicaSets and the bounds of a rolling update.
#pragma once

#include <string_view>
#include <vector>

#include "value/value.hh"

namespace taut::sandbox::workloads {

inline int64_t wanted_replicas(const Value& object) { return object["spec"]["replicas"].as_int(); }

// The sum of one field of the status, or of the replicas asked for, over the sets that are there.
int64_t sum_status(const std::vector<Value>& sets, std::string_view field);
int64_t sum_wanted(const std::vector<Value>& sets);

bool rolls(const Value& deployment);
int64_t max_surge(const Value& deployment);
int64_t max_unavailable(const Value& deployment);

// How many of `to_add` replicas a set gets when a Deployment is scaled in the middle of a rollout.
int64_t proportion(const Value& set, const Value& deployment, int64_t to_add, int64_t added);

// How large the set of the new template may be now.
int64_t fresh_size(const Value& deployment, const std::vector<Value>& all, const Value& fresh);

bool is_complete(const Value& deployment, const Value& status);

// A number from an annotation; `absent` when there is none.
int64_t annotation_number(const Value& object, std::string_view key, int64_t absent);

inline constexpr std::string_view kRevision = "deployment.kubernetes.io/revision";
inline constexpr std::string_view kRevisionHistory = "deployment.kubernetes.io/revision-history";
inline constexpr std::string_view kDesiredReplicas = "deployment.kubernetes.io/desired-replicas";
inline constexpr std::string_view kMaxReplicas = "deployment.kubernetes.io/max-replicas";
inline constexpr std::string_view kTemplateHash = "pod-template-hash";

}  // namespace taut::sandbox::workloads
