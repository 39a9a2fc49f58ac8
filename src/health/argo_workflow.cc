#include "health/argo_checks.hh"

namespace taut::argo_health {

// Mirrors gitops-engine health_argo.go: any version of an Argo Workflow, by its phase alone.
Health workflow(const Value& object) {
  std::string_view phase = object["status"]["phase"].as_string();
  std::string message = object["status"]["message"].str();
  if (phase.empty() || phase == "Pending" || phase == "Running") return progressing(std::move(message));
  if (phase == "Succeeded") return healthy(std::move(message));
  if (phase == "Failed" || phase == "Error") return degraded(std::move(message));
  return {HealthState::kUnknown, std::move(message)};
}

}  // namespace taut::argo_health
