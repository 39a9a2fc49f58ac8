// The garbage collector of the fake cluster, for tests; a sandbox has its own (sandbox/lifecycle.hh). What loses its last
// owner goes; an owner deleted in the foreground waits for what blocks it; one deleted as an orphaner lets its dependents
// go first. Mirrors kube-controller-manager's pkg/controller/garbagecollector.
#pragma once

#include "sandbox/workloads/fake_cluster.hh"
#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class GarbageCollector : public Controller {
 public:
  explicit GarbageCollector(Runtime& runtime)
      : Controller(runtime, "kube-controller-manager", "garbage-collector-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  enum class Owner : uint8_t { kThere, kWaiting, kGone };
  Owner look_up(const Value& object, const Value& reference) const;
  Status finish_foreground(const Value& owner);
  Status finish_orphaning(const Value& owner);
  Status collect(const Value& object);
};

// A Runtime that collects the garbage of a fake cluster.
std::unique_ptr<Runtime> collect_garbage(FakeCluster& cluster, Scheduler& scheduler);

}  // namespace taut::sandbox::workloads
