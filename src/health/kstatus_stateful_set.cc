#include "health/kstatus_rules.hh"

namespace taut::kstatus_rule {
namespace {

constexpr int64_t kNoPartition = -1;

// With a partition the revisions are not compared: they stay apart for as long as the partition stands.
Kstatus partitioned(int64_t wanted, int64_t partition, int64_t updated) {
  if (updated < wanted - partition) return too_few("PartitionRollout", "updated", updated, wanted - partition);
  return current(fmt::format("Partition rollout complete. updated: {}", updated));
}

}  // namespace

Result<Kstatus> stateful_set(const Value& object, Time) {
  const Value& strategy = object["spec"]["updateStrategy"];
  if (text(strategy["type"], "") == "OnDelete") return current("StatefulSet is using the ondelete update strategy");
  const Value& status = object["status"];
  int64_t wanted = whole(object["spec"]["replicas"], 1);
  int64_t replicas = whole(status["replicas"], 0);
  int64_t ready = whole(status["readyReplicas"], 0);
  int64_t at_current = whole(status["currentReplicas"], 0);
  int64_t partition = whole(strategy["rollingUpdate"]["partition"], kNoPartition);

  if (wanted > replicas) return too_few("LessReplicas", "Replicas", replicas, wanted);
  if (wanted > ready) return too_few("LessReady", "Ready", ready, wanted);
  if (replicas > wanted) return too_many(replicas - wanted);
  if (partition != kNoPartition) return partitioned(wanted, partition, whole(status["updatedReplicas"], 0));
  if (wanted > at_current) return too_few("LessCurrent", "current", at_current, wanted);
  if (text(status["currentRevision"], "") != text(status["updateRevision"], "")) {
    return in_progress("RevisionMismatch", "Waiting for updated revision to match current");
  }
  return current(fmt::format("All replicas scheduled as expected. Replicas: {}", replicas));
}

}  // namespace taut::kstatus_rule
