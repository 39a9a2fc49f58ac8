#include "health/argo_checks.hh"

namespace taut::argo_health {

// Mirrors gitops-engine health_pvc.go. A claim that waits for its first consumer is Progressing too.
Health persistent_volume_claim(const Value& object) {
  std::string_view phase = object["status"]["phase"].as_string();
  if (phase == "Lost") return degraded();
  if (phase == "Pending") return progressing();
  if (phase == "Bound") return healthy();
  return {HealthState::kUnknown, ""};
}

}  // namespace taut::argo_health
