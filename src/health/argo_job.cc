#include "health/argo_checks.hh"

namespace taut::argo_health {

// Mirrors gitops-engine health_job.go, with what it does: the status of the conditions Failed and Complete is not
// looked at, a suspended Job has no message, and one that was resumed counts as complete until it says more.
Health job(const Value& object) {
  const Value* failed = nullptr;
  const Value* last = nullptr;
  bool suspended = false;
  for (const Value& condition : object["status"]["conditions"].items()) {
    std::string_view type = condition["type"].as_string();
    if (type == "Failed") failed = &condition;
    if (type == "Complete" || type == "Suspended") last = &condition;
    if (type == "Suspended" && condition["status"].as_string() == "True") suspended = true;
  }
  if (failed) return degraded((*failed)["message"].str());
  if (!last) return progressing();
  if (suspended) return {HealthState::kSuspended, ""};
  return healthy((*last)["message"].str());
}

}  // namespace taut::argo_health
