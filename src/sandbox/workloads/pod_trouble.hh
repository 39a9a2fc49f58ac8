// What keeps a pod's containers from being made: ConfigMaps and Secrets that are not there.
#pragma once

#include <optional>
#include <string>

#include "sandbox/workloads/cache.hh"

namespace taut::sandbox::workloads {

struct PodTrouble {
  std::string event;      // "Failed", "FailedMount"
  std::string message;
  std::string waiting;    // the container's reason to wait; "" when it stays in ContainerCreating
  std::string container;
};

// Mirrors the kubelet: a missing volume source holds up all containers, a missing source of environment variables the
// one that needs it. Nothing when all that is not optional is there.
std::optional<PodTrouble> pod_trouble(const Cache& cache, const Value& pod);

}  // namespace taut::sandbox::workloads
