// The simulated kubelet of every node: pulls, starts, restarts and ends containers after a while, and says so in the
// pod's status and in events as a real one does. Images named in the fault list fail as they do in life.
#pragma once

#include <map>
#include <set>

#include "sandbox/workloads/runtime.hh"

namespace taut::sandbox::workloads {

// What a container does, read from its image and its command.
struct Behaviour {
  const ImageFault* fault = nullptr;
  bool finishes = false;    // ends by itself, as a Job's does
  int64_t exit_code = 0;
  Duration runs{};          // how long, when it finishes
};
Behaviour behaviour_of(const Options& options, const Value& pod, const Value& container);

class Kubelet : public Controller {
 public:
  explicit Kubelet(Runtime& runtime) : Controller(runtime, "kubelet", "kubelet") {}
  void observe(const Change& change, const ObjectId& id) override;
  Status sync(const ObjectId& id) override;

 private:
  // What comes next for a pod, and when; kept for pods that this kubelet has begun with.
  struct Plan {
    std::string uid;
    enum class Stage : uint8_t { kCreate, kPull, kRun, kFinish, kCrash, kRestart, kNone } stage = Stage::kCreate;
    Time due{};
    int failures = 0;
    bool waiting = false;  // for a ConfigMap or Secret
  };

  bool plays(const Value& pod) const;
  void retry_waiting(const ObjectId& source);
  void plan_next(const ObjectId& id, Plan& plan, Plan::Stage stage, Duration delay);
  Status end(const Value& pod, const ObjectId& id);
  Status step(const Value& pod, Plan& plan, const ObjectId& id);
  Status creating(Value pod, Plan& plan, const ObjectId& id);
  Status pull(Value pod, Plan& plan, const ObjectId& id);
  Status run(Value pod, Plan& plan, const ObjectId& id);
  Status fail_init(Value pod, Plan& plan, const ObjectId& id, const Value& container);
  Status finish(Value pod, Plan& plan, const ObjectId& id);
  Status crash(Value pod, Plan& plan, const ObjectId& id);
  Status restart(Value pod, Plan& plan, const ObjectId& id);
  Status write(const Value& pod);
  Plan resume(const Value& pod) const;
  void say_started(const Value& pod, const Value& container);

  std::map<ObjectId, Plan> plans_;
  std::string fresh_address(const std::string& node);
  std::set<std::string, std::less<>> used_addresses_;
  std::map<std::string, uint64_t> addresses_;
};

}  // namespace taut::sandbox::workloads
