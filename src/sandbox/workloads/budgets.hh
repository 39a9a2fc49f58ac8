// The controllers that only count: PodDisruptionBudgets, ResourceQuotas, and autoscalers without metrics.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class DisruptionController : public Controller {
 public:
  explicit DisruptionController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "controllermanager") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  int64_t expected_pods(const std::vector<Value>& pods) const;
};

class QuotaController : public Controller {
 public:
  explicit QuotaController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "resourcequota-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;
};

class AutoscalerController : public Controller {
 public:
  explicit AutoscalerController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "horizontal-pod-autoscaler") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;
};

}  // namespace taut::sandbox::workloads
