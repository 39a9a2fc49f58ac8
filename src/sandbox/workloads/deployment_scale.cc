#include <fmt/format.h>

#include <algorithm>

#include "sandbox/workloads/deployment.hh"
#include "sandbox/workloads/deployment_math.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

std::string_view created(const Value& set) { return set["metadata"]["creationTimestamp"].as_string(); }

void oldest_first(std::vector<Value>& sets) {
  std::ranges::stable_sort(sets, [](const Value& a, const Value& b) { return created(a) < created(b); });
}

// Whether the rollout to this set is over, so that a change of size concerns it alone.
bool saturated(const Value& deployment, const Value& set) {
  const int64_t wanted = wanted_replicas(deployment);
  return !set.is_null() && wanted_replicas(set) == wanted && annotation_number(set, kDesiredReplicas, -1) == wanted &&
         set["status"]["availableReplicas"].as_int() == wanted;
}

}  // namespace

Result<bool> DeploymentController::scale(const Rollout& rollout, Value& set, int64_t size, bool annotate) {
  const int64_t before = wanted_replicas(set), wanted = wanted_replicas(rollout.deployment);
  const std::string desired = std::to_string(wanted), most = std::to_string(wanted + max_surge(rollout.deployment));
  const bool stale = annotation_of(set, kDesiredReplicas) != desired || annotation_of(set, kMaxReplicas) != most;
  if (before == size && !(annotate && stale)) return false;
  Value fresh = set;
  fresh.edit("spec").set("replicas", size);
  Value& annotations = fresh.edit("metadata").edit("annotations");
  annotations.set(kDesiredReplicas, desired);
  annotations.set(kMaxReplicas, most);
  TAUT_ASSIGN(set, update(fresh));
  if (before == size) return false;
  event(rollout.deployment, "Normal", "ScalingReplicaSet",
        fmt::format("Scaled {} replica set {} from {} to {}", before < size ? "up" : "down", name_of(set), before, size));
  return true;
}

Status DeploymentController::keep_size(const Value& deployment) {
  TAUT_ASSIGN(Rollout rollout, gather(deployment, false));
  TAUT_TRY(scale_proportionally(rollout));
  if (deployment["spec"]["paused"].as_bool()) TAUT_TRY(clean_history(rollout));
  // The sets as they were counted before this change of size.
  return write_plain_status(rollout);
}

Status DeploymentController::scale_proportionally(Rollout& rollout) {
  const int64_t wanted = wanted_replicas(rollout.deployment);
  std::vector<Value> active;
  for (const Value& set : rollout.all()) {
    if (wanted_replicas(set) > 0) active.push_back(set);
  }
  if (active.size() <= 1) {
    Value only = !active.empty() ? active[0] : !rollout.fresh.is_null() ? rollout.fresh : rollout.old.empty() ? Value() : rollout.old.back();
    if (only.is_null() || wanted_replicas(only) == wanted) return {};
    TAUT_TRY(scale(rollout, only, wanted, false));
    return {};
  }
  if (saturated(rollout.deployment, rollout.fresh)) {
    for (Value set : rollout.old) TAUT_TRY(scale(rollout, set, 0, false));
    return {};
  }
  if (!rolls(rollout.deployment)) return {};
  const int64_t allowed = wanted > 0 ? wanted + max_surge(rollout.deployment) : 0;
  const int64_t to_add = allowed - sum_wanted(active);
  std::ranges::stable_sort(active, [&](const Value& a, const Value& b) {
    if (wanted_replicas(a) != wanted_replicas(b)) return wanted_replicas(a) > wanted_replicas(b);
    return to_add > 0 ? created(a) > created(b) : created(a) < created(b);
  });
  std::vector<int64_t> sizes;
  int64_t added = 0;
  for (const Value& set : active) {
    const int64_t share = proportion(set, rollout.deployment, to_add, added);
    sizes.push_back(wanted_replicas(set) + share);
    added += share;
  }
  if (to_add != 0) sizes[0] = std::max<int64_t>(sizes[0] + to_add - added, 0);
  for (size_t i = 0; i < active.size(); ++i) TAUT_TRY(scale(rollout, active[i], sizes[i], true));
  return {};
}

Status DeploymentController::roll(const Value& deployment) {
  TAUT_ASSIGN(Rollout rollout, gather(deployment, true));
  TAUT_ASSIGN(bool up, scale_fresh(rollout));
  if (!up) {
    // The status below counts the sets as they were before this sync, as the real one does.
    Rollout work = rollout;
    TAUT_ASSIGN(bool down, scale_down_old(work));
    if (!down && is_complete(rollout.deployment, rollout.deployment["status"])) TAUT_TRY(clean_history(rollout));
  }
  return write_rollout_status(rollout);
}

Result<bool> DeploymentController::scale_fresh(Rollout& rollout) {
  const int64_t wanted = wanted_replicas(rollout.deployment), size = wanted_replicas(rollout.fresh);
  if (size == wanted) return false;
  const int64_t next = size > wanted ? wanted : fresh_size(rollout.deployment, rollout.all(), rollout.fresh);
  Value set = rollout.fresh;
  return scale(rollout, set, next, false);
}

Result<bool> DeploymentController::scale_down_old(Rollout& rollout) {
  if (sum_wanted(rollout.old) == 0) return false;
  const int64_t least = wanted_replicas(rollout.deployment) - max_unavailable(rollout.deployment);
  const int64_t coming = wanted_replicas(rollout.fresh) - rollout.fresh["status"]["availableReplicas"].as_int();
  const int64_t limit = sum_wanted(rollout.all()) - least - coming;
  if (limit <= 0) return false;
  oldest_first(rollout.old);
  TAUT_ASSIGN(int64_t cleaned, clean_unhealthy(rollout, limit));
  TAUT_ASSIGN(int64_t scaled, scale_down_available(rollout));
  return cleaned + scaled > 0;
}

// Pods of old sets that do not work are the first to go.
Result<int64_t> DeploymentController::clean_unhealthy(Rollout& rollout, int64_t limit) {
  int64_t total = 0;
  for (Value& set : rollout.old) {
    const int64_t size = wanted_replicas(set), broken = size - set["status"]["availableReplicas"].as_int();
    if (total >= limit) break;
    if (size == 0 || broken <= 0) continue;
    const int64_t down = std::min(limit - total, broken);
    TAUT_TRY(scale(rollout, set, size - down, false));
    total += down;
  }
  return total;
}

Result<int64_t> DeploymentController::scale_down_available(Rollout& rollout) {
  const int64_t least = wanted_replicas(rollout.deployment) - max_unavailable(rollout.deployment);
  const int64_t spare = sum_status(rollout.all(), "availableReplicas") - least;
  int64_t total = 0;
  for (Value& set : rollout.old) {
    if (total >= spare) break;
    const int64_t size = wanted_replicas(set);
    if (size == 0) continue;
    const int64_t down = std::min(size, spare - total);
    TAUT_TRY(scale(rollout, set, size - down, false));
    total += down;
  }
  return total;
}

Status DeploymentController::recreate(const Value& deployment) {
  TAUT_ASSIGN(Rollout rollout, gather(deployment, false));
  bool scaled = false;
  for (Value set : rollout.old) {
    TAUT_ASSIGN(bool down, scale(rollout, set, 0, false));
    scaled |= down;
  }
  if (scaled) return write_rollout_status(rollout);
  for (const Value& set : rollout.old) {
    bool pods_left = set["status"]["replicas"].as_int() > 0;
    for (const Value& pod : cache_.controlled_by(uid_of(set), known::kPod)) pods_left |= !pod_finished(pod);
    if (pods_left) return write_rollout_status(rollout);
  }
  if (rollout.fresh.is_null()) {
    TAUT_ASSIGN(rollout, gather(rollout.deployment, true));
  }
  Value set = rollout.fresh;
  TAUT_TRY(scale(rollout, set, wanted_replicas(rollout.deployment), false));
  if (is_complete(rollout.deployment, rollout.deployment["status"])) TAUT_TRY(clean_history(rollout));
  return write_rollout_status(rollout);
}

// Drops the oldest empty sets beyond the history limit.
Status DeploymentController::clean_history(const Rollout& rollout) {
  const Value& limit = rollout.deployment["spec"]["revisionHistoryLimit"];
  if (limit.is_null()) return {};
  std::vector<Value> sets;
  std::ranges::copy_if(rollout.old, std::back_inserter(sets), [](const Value& set) { return !is_deleting(set); });
  std::ranges::stable_sort(sets, [](const Value& a, const Value& b) {
    return annotation_number(a, kRevision, 0) < annotation_number(b, kRevision, 0);
  });
  const int64_t excess = static_cast<int64_t>(sets.size()) - limit.as_int();
  for (int64_t i = 0; i < excess; ++i) {
    const Value& set = sets[static_cast<size_t>(i)];
    const bool settled = set["metadata"]["generation"].as_int() <= set["status"]["observedGeneration"].as_int();
    if (set["status"]["replicas"].as_int() != 0 || wanted_replicas(set) != 0 || !settled) continue;
    TAUT_TRY(remove(set));
  }
  return {};
}

}  // namespace taut::sandbox::workloads
