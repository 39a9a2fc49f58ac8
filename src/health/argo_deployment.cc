#include <fmt/format.h>

#include "base/strings.hh"
#include "health/argo_checks.hh"
#include "object/id.hh"

namespace taut::argo_health {

// Mirrors gitops-engine health_deployment.go, which follows `kubectl rollout status`.
Health deployment(const Value& object) {
  if (object["spec"]["paused"].as_bool()) return {HealthState::kSuspended, "Deployment is paused"};
  if (behind(object)) {
    return progressing(
        "Waiting for rollout to finish: observed deployment generation less than desired generation");
  }
  if (condition(object, "Progressing")["reason"].as_string() == "ProgressDeadlineExceeded") {
    return degraded(fmt::format("Deployment {} exceeded its progress deadline", quote(name_of(object))));
  }
  const Value& status = object["status"];
  int64_t replicas = status["replicas"].as_int();
  int64_t updated = status["updatedReplicas"].as_int();
  int64_t available = status["availableReplicas"].as_int();
  if (auto wanted = spec_replicas(object); wanted && updated < *wanted) {
    return progressing(fmt::format("Waiting for rollout to finish: {} out of {} new replicas have been updated...",
                                   updated, *wanted));
  }
  if (replicas > updated) {
    return progressing(fmt::format("Waiting for rollout to finish: {} old replicas are pending termination...",
                                   replicas - updated));
  }
  if (available < updated) {
    return progressing(fmt::format("Waiting for rollout to finish: {} of {} updated replicas are available...",
                                   available, updated));
  }
  return healthy();
}

}  // namespace taut::argo_health
