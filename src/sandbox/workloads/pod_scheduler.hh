// The scheduler: gives each pending pod the node that fits and holds the fewest, or says why none does.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class PodScheduler : public Controller {
 public:
  explicit PodScheduler(Runtime& runtime) : Controller(runtime, "kube-scheduler", "default-scheduler") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  void retry_pending();
  Status bind(const Value& pod, std::string_view node);
  Status refuse(const Value& pod, const std::string& message);
};

}  // namespace taut::sandbox::workloads
