// The ReplicaSet controller: as many pods as are asked for, adopted or made, and a status that counts them.
// Mirrors kube-controller-manager's pkg/controller/replicaset.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class ReplicaSetController : public Controller {
 public:
  explicit ReplicaSetController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "replicaset-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  void observe_orphan(const Value& pod);
  Status claim(const Value& set);
  Status manage(const Value& set, std::vector<Value> active);
  Status create_pods(const Value& set, int64_t count);
  Status delete_pods(const Value& set, std::vector<Value> active, int64_t count);
  Status write_status(const Value& set, const std::vector<Value>& pods, const Status& managed);
};

}  // namespace taut::sandbox::workloads
