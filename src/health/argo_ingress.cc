#include "health/argo_checks.hh"

namespace taut::argo_health {

// Mirrors gitops-engine health_ingress.go.
Health ingress(const Value& object) {
  return object["status"]["loadBalancer"]["ingress"].items().empty() ? progressing() : healthy();
}

}  // namespace taut::argo_health
