// The simulated nodes: made at the start if the cluster has none, ready for ever, with room for 110 pods each.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class NodeController : public Controller {
 public:
  explicit NodeController(Runtime& runtime) : Controller(runtime, "kubelet", "kubelet") {}
  // Makes sandbox-1, sandbox-2, ... ready; one that is there already is left as it is.
  void start();
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;
};

// The address that pod number `count` of a node gets.
std::string pod_address(std::string_view node, uint64_t count);
std::string node_address(std::string_view node);
inline constexpr std::string_view kNodePrefix = "sandbox-";

}  // namespace taut::sandbox::workloads
