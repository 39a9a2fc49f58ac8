#include <fmt/format.h>

#include "base/strings.hh"
#include "health/argo_checks.hh"
#include "object/id.hh"

namespace taut::argo_health {

// Mirrors gitops-engine health_daemonset.go.
Health daemon_set(const Value& object) {
  if (behind(object)) {
    return progressing(
        "Waiting for rollout to finish: observed daemon set generation less than desired generation");
  }
  const Value& status = object["status"];
  int64_t updated = status["updatedNumberScheduled"].as_int();
  int64_t desired = status["desiredNumberScheduled"].as_int();
  int64_t available = status["numberAvailable"].as_int();
  if (object["spec"]["updateStrategy"]["type"].as_string() == "OnDelete") {
    return healthy(fmt::format("daemon set {} out of {} new pods have been updated", updated, desired));
  }
  std::string name = quote(name_of(object));
  if (updated < desired) {
    return progressing(
        fmt::format("Waiting for daemon set {} rollout to finish: {} out of {} new pods have been updated...", name,
                    updated, desired));
  }
  if (available < desired) {
    return progressing(
        fmt::format("Waiting for daemon set {} rollout to finish: {} of {} updated pods are available...", name,
                    available, desired));
  }
  return healthy();
}

}  // namespace taut::argo_health
