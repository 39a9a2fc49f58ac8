#include "health/go_fields.hh"
#include "health/kstatus_rules.hh"

namespace taut::kstatus_rule {

Result<Kstatus> replica_set(const Value& object, Time) {
  TAUT_ASSIGN(auto conditions, go_conditions(object));
  for (const GoCondition& condition : conditions) {
    if (condition.type == "ReplicaFailure" && condition.status == "True") {
      return in_progress("ReplicaFailure", "Replica Failure condition. Check Pods");
    }
  }
  const Value& status = object["status"];
  int64_t wanted = whole(object["spec"]["replicas"], 1);
  int64_t replicas = whole(status["replicas"], 0);
  int64_t ready = whole(status["readyReplicas"], 0);
  int64_t available = whole(status["availableReplicas"], 0);
  int64_t labelled = whole(status["fullyLabeledReplicas"], 0);

  if (wanted > labelled) return too_few("LessLabelled", "Labelled", labelled, wanted);
  if (wanted > available) return too_few("LessAvailable", "Available", available, wanted);
  if (wanted > ready) return too_few("LessReady", "Ready", ready, wanted);
  if (replicas > wanted) return too_many(replicas - wanted);
  return current(fmt::format("ReplicaSet is available. Replicas: {}", replicas));
}

}  // namespace taut::kstatus_rule
