#include "health/argo_checks.hh"

namespace taut::argo_health {

// Mirrors gitops-engine health_service.go: only a load balancer has to wait, for its address.
Health service(const Value& object) {
  bool waits = object["spec"]["type"].as_string() == "LoadBalancer" &&
               object["status"]["loadBalancer"]["ingress"].items().empty();
  return waits ? progressing() : healthy();
}

}  // namespace taut::argo_health
