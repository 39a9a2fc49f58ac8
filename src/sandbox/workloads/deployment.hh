// The Deployment controller: ReplicaSets by template, rolled out in the order and with the conditions and annotations of
// kube-controller-manager's pkg/controller/deployment.
#pragma once

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

class DeploymentController : public Controller {
 public:
  explicit DeploymentController(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "deployment-controller") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  // A Deployment in hand, with its ReplicaSets: the one of its present template (null when there is none) and the others.
  struct Rollout {
    Value deployment;
    Value fresh;
    std::vector<Value> old;
    std::vector<Value> all() const;
  };

  Status claim(const Value& deployment);
  Result<Rollout> gather(const Value& deployment, bool create_missing);
  Status adopt_present(Rollout& rollout, int64_t revision);
  Status make_fresh(Rollout& rollout, int64_t revision);
  Status name_taken(Rollout& rollout, const Value& wanted, const Error& why);
  Status note_pause(Value& deployment);
  bool is_scaling(const Rollout& rollout) const;

  Status roll(const Value& deployment);
  Status recreate(const Value& deployment);
  Status keep_size(const Value& deployment);
  Status scale_proportionally(Rollout& rollout);
  Result<bool> scale_fresh(Rollout& rollout);
  Result<bool> scale_down_old(Rollout& rollout);
  Result<int64_t> clean_unhealthy(Rollout& rollout, int64_t limit);
  Result<int64_t> scale_down_available(Rollout& rollout);
  Result<bool> scale(const Rollout& rollout, Value& set, int64_t size, bool annotate);
  Status clean_history(const Rollout& rollout);

  Value counted_status(const Rollout& rollout) const;
  Status write_plain_status(const Rollout& rollout);
  Status write_rollout_status(const Rollout& rollout);
  void judge_progress(const Rollout& rollout, Value& status) const;
  void recheck_at_deadline(const Value& deployment);
};

}  // namespace taut::sandbox::workloads
