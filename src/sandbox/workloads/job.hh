// The Job controller: runs pods to completion, counts each finished one exactly once, and ends in Complete or Failed.
// Mirrors kube-controller-manager's pkg/controller/job with its two-step accounting (uncountedTerminatedPods, finalizers).
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class JobController : public Controller {
 public:
  explicit JobController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "job-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  // One look at a Job: its pods sorted by state, and the status that is to be written.
  struct Tally {
    Value job;
    Value status;
    std::vector<Value> active, finished;
    int64_t ready = 0, terminating = 0;
    int64_t succeeded = 0, failed = 0;  // with those that are not counted into the status yet
    bool pending_accounting = false;
  };

  Tally count(const Value& job) const;
  void settle_counted(Tally& tally) const;
  Status judge(Tally& tally);
  Status end_as_failed(Tally& tally, std::string_view reason, std::string_view message);
  Status manage(Tally& tally);
  Status suspend(Tally& tally);
  Status create_pods(Tally& tally, int64_t count);
  void conclude(Tally& tally);
  Status release(const Tally& tally);
  void expire(const Value& job);
};

}  // namespace taut::sandbox::workloads
