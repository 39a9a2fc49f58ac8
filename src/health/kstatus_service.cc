#include "health/kstatus_rules.hh"

namespace taut::kstatus_rule {

// An external address is not waited for, only the one inside the cluster.
Result<Kstatus> service(const Value& object, Time) {
  const Value& spec = object["spec"];
  if (text(spec["type"], "ClusterIP") == "LoadBalancer" && text(spec["clusterIP"], "").empty()) {
    return in_progress("NoIPAssigned", "ClusterIP not set. Service type: LoadBalancer");
  }
  return current("Service is ready");
}

}  // namespace taut::kstatus_rule
