#include <fmt/format.h>

#include "health/argo_checks.hh"

namespace taut::argo_health {
namespace {

Health partitioned(std::optional<int64_t> wanted, const Value& partition, int64_t updated) {
  if (wanted && !partition.is_null() && updated < *wanted - partition.as_int()) {
    return progressing(
        fmt::format("Waiting for partitioned roll out to finish: {} out of {} new pods have been updated...",
                    updated, *wanted - partition.as_int()));
  }
  return healthy(fmt::format("partitioned roll out complete: {} new pods have been updated...", updated));
}

}  // namespace

// Mirrors gitops-engine health_statefulset.go, which follows `kubectl rollout status`.
Health stateful_set(const Value& object) {
  const Value& status = object["status"];
  if (status["observedGeneration"].as_int() == 0 || behind(object)) {
    return progressing("Waiting for statefulset spec update to be observed...");
  }
  auto wanted = spec_replicas(object);
  int64_t ready = status["readyReplicas"].as_int();
  if (wanted && ready < *wanted)
    return progressing(fmt::format("Waiting for {} pods to be ready...", *wanted - ready));

  const Value& strategy = object["spec"]["updateStrategy"];
  int64_t updated = status["updatedReplicas"].as_int();
  if (strategy["type"].as_string() == "RollingUpdate" && !strategy["rollingUpdate"].is_null()) {
    return partitioned(wanted, strategy["rollingUpdate"]["partition"], updated);
  }
  if (strategy["type"].as_string() == "OnDelete")
    return healthy(fmt::format("statefulset has {} ready pods", ready));
  std::string_view next = status["updateRevision"].as_string();
  std::string_view current = status["currentRevision"].as_string();
  if (next != current) {
    return progressing(
        fmt::format("waiting for statefulset rolling update to complete {} pods at revision {}...", updated, next));
  }
  return healthy(fmt::format("statefulset rolling update complete {} pods at revision {}...",
                             status["currentReplicas"].as_int(), current));
}

}  // namespace taut::argo_health
