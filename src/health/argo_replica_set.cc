#include <fmt/format.h>

#include "health/argo_checks.hh"

namespace taut::argo_health {

// Mirrors gitops-engine health_replicaset.go.
Health replica_set(const Value& object) {
  if (behind(object)) {
    return progressing(
        "Waiting for rollout to finish: observed replica set generation less than desired generation");
  }
  const Value& failure = condition(object, "ReplicaFailure");
  if (failure["status"].as_string() == "True") return degraded(failure["message"].str());
  int64_t available = object["status"]["availableReplicas"].as_int();
  if (auto wanted = spec_replicas(object); wanted && available < *wanted) {
    return progressing(fmt::format("Waiting for rollout to finish: {} out of {} new replicas are available...",
                                   available, *wanted));
  }
  return healthy();
}

}  // namespace taut::argo_health
