// The StatefulSet controller: numbered pods with their claims, made, updated and removed in order. Mirrors
// kube-controller-manager's pkg/controller/statefulset.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class StatefulSetController : public Controller {
 public:
  explicit StatefulSetController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "statefulset-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  struct Plan {
    Value set;
    Value current, update;       // revisions
    std::vector<Value> pods;     // those within the replicas, by ordinal; null where there is none
    std::vector<Value> condemned;  // beyond them, the highest first
    int64_t first = 0;           // the first ordinal
    bool ordered = true;
  };

  Result<Plan> gather(const Value& set);
  Status act(Plan& plan);
  // True when the set has to wait before it goes on.
  Result<bool> bring_up(const Plan& plan, int64_t ordinal, const Value& pod);
  Status make_pod(const Plan& plan, int64_t ordinal);
  Status make_claims(const Plan& plan, Value& pod, int64_t ordinal);
  Result<bool> take_down(const Plan& plan);
  Status update_pods(const Plan& plan);
  Status drop(const Value& set, const Value& pod);
  Status write_status(const Plan& plan);
  Value pod_for(const Plan& plan, int64_t ordinal) const;
};

}  // namespace taut::sandbox::workloads
