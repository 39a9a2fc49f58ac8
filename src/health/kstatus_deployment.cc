#include "health/go_fields.hh"
#include "health/kstatus_rules.hh"

namespace taut::kstatus_rule {
namespace {

struct Signs {
  bool progressed = false;
  bool available = false;
  const GoCondition* expired = nullptr;  // the deadline has passed; what comes after it does not count
};

Signs read_signs(const std::vector<GoCondition>& conditions, int64_t deadline) {
  Signs signs;
  signs.progressed = deadline == INT32_MAX;  // no deadline: the controller never writes Progressing
  for (const GoCondition& condition : conditions) {
    bool holds = condition.status == "True";
    if (condition.type == "Progressing") {
      if (condition.reason == "ProgressDeadlineExceeded") {
        signs.expired = &condition;
        return signs;
      }
      if (holds && condition.reason == "NewReplicaSetAvailable") signs.progressed = true;
    }
    if (condition.type == "Available" && holds) signs.available = true;
  }
  return signs;
}

}  // namespace

Result<Kstatus> deployment(const Value& object, Time) {
  TAUT_ASSIGN(auto conditions, go_conditions(object));
  Signs signs = read_signs(conditions, whole(object["spec"]["progressDeadlineSeconds"], INT32_MAX));
  if (signs.expired) {
    Kstatus result = failed(std::string(signs.expired->reason), std::string(signs.expired->message));
    result.message = "Progress deadline exceeded";
    return result;
  }
  const Value& status = object["status"];
  int64_t wanted = whole(object["spec"]["replicas"], 1);
  int64_t replicas = whole(status["replicas"], 0);
  int64_t updated = whole(status["updatedReplicas"], 0);
  int64_t ready = whole(status["readyReplicas"], 0);
  int64_t available = whole(status["availableReplicas"], 0);

  if (wanted > replicas) return too_few("LessReplicas", "Replicas", replicas, wanted);
  if (wanted > updated) return too_few("LessUpdated", "Updated", updated, wanted);
  if (replicas > wanted) return too_many(replicas - wanted);
  if (updated > available) return too_few("LessAvailable", "Available", available, updated);
  if (wanted > ready) return too_few("LessReady", "Ready", ready, wanted);
  if (!signs.progressed) return in_progress("ReplicaSetNotAvailable", "ReplicaSet not Available");
  if (!signs.available) return in_progress("DeploymentNotAvailable", "Deployment not Available");
  return current(fmt::format("Deployment is available. Replicas: {}", replicas));
}

}  // namespace taut::kstatus_rule
