// The DaemonSet controller: one pod on every node that takes it, replaced a few at a time.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class DaemonSetController : public Controller {
 public:
  explicit DaemonSetController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "daemonset-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  struct Plan {
    Value set;
    Value revision;
    std::map<std::string, std::vector<Value>> by_node;
    std::vector<std::string> wanted;  // nodes
  };

  Result<Plan> gather(const Value& set);
  Value pod_for(const Plan& plan, std::string_view node) const;
  Status place(const Plan& plan);
  Status replace_old(const Plan& plan);
  Status drop(const Value& set, const Value& pod);
  Status write_status(const Plan& plan);
};

}  // namespace taut::sandbox::workloads
