#include "sandbox/workloads/replicaset.hh"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kPod;
using known::kReplicaSet;

constexpr std::string_view kFailure = "ReplicaFailure";

Value failure_condition(std::string_view reason, std::string_view message, std::string_view now) {
  return Value::map({{"lastTransitionTime", now}, {"message", message}, {"reason", reason}, {"status", "True"}, {"type", kFailure}});
}

// Which pods a scale-down takes first: unassigned, pending, not ready, then the youngest.
auto deletion_rank(const Value& pod) {
  const bool assigned = !pod["spec"]["nodeName"].empty();
  const bool running = pod["status"]["phase"].as_string() == "Running";
  const int64_t restarts = pod["status"]["containerStatuses"][0]["restartCount"].as_int();
  return std::tuple(assigned, running, pod_ready(pod), -restarts);
}

bool deleted_first(const Value& a, const Value& b) {
  if (auto x = deletion_rank(a), y = deletion_rank(b); x != y) return x < y;
  std::string_view older = a["metadata"]["creationTimestamp"].as_string(), newer = b["metadata"]["creationTimestamp"].as_string();
  return older > newer;
}

void set_count(Value& status, std::string_view field, int64_t count) {
  if (count == 0 && field != "replicas" && field != "terminatingReplicas") {
    status.erase(field);
  } else {
    status.set(field, count);
  }
}

}  // namespace

void ReplicaSetController::observe(const Change& change, const ObjectId& id) {
  if (id.kind == kReplicaSet.kind && id.group == kReplicaSet.group) {
    if (change.type != ChangeType::kDeleted) enqueue(id);
  } else if (id.kind == kPod.kind && id.group.empty()) {
    enqueue_owner(change.object, kReplicaSet);
    if (!change.old.is_null() && controller_uid(change.old) != controller_uid(change.object)) enqueue_owner(change.old, kReplicaSet);
    if (change.type != ChangeType::kDeleted && controller_uid(change.object).empty()) observe_orphan(change.object);
  }
}

void ReplicaSetController::observe_orphan(const Value& pod) {
  for (const Value& set : cache_.list(kReplicaSet, namespace_of(pod))) {
    if (selector_matches(set["spec"]["selector"], pod["metadata"]["labels"])) enqueue(ObjectId::of(set));
  }
}

// Adopts matching pods without an owner, and lets go of owned ones that match no longer.
Status ReplicaSetController::claim(const Value& set) {
  if (is_deleting(set)) return {};
  for (const Value& pod : cache_.list(kPod, namespace_of(set))) {
    const bool matches = selector_matches(set["spec"]["selector"], pod["metadata"]["labels"]);
    std::string_view owner = controller_uid(pod);
    if (owner == uid_of(set) && !matches && !is_deleting(pod)) {
      TAUT_TRY(patch(pod, Value::map({{"metadata", Value::map({{"ownerReferences", Value()}})}})));
    } else if (owner.empty() && matches && pod_active(pod)) {
      Value owners = Value::list({controller_reference(set)});
      TAUT_TRY(patch(pod, Value::map({{"metadata", Value::map({{"ownerReferences", owners}})}})));
    }
  }
  return {};
}

Status ReplicaSetController::create_pods(const Value& set, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    auto made = create(pod_from_template(set["spec"]["template"], set));
    if (!made) {
      event(set, "Warning", "FailedCreate", fmt::format("Error creating: {}", made.error().message()));
      return fail(made.error());
    }
    event(set, "Normal", "SuccessfulCreate", fmt::format("Created pod: {}", name_of(*made)));
  }
  return {};
}

Status ReplicaSetController::delete_pods(const Value& set, std::vector<Value> active, int64_t count) {
  std::ranges::stable_sort(active, deleted_first);
  for (int64_t i = 0; i < count; ++i) {
    TAUT_TRY(remove(active[static_cast<size_t>(i)]));
    event(set, "Normal", "SuccessfulDelete", fmt::format("Deleted pod: {}", name_of(active[static_cast<size_t>(i)])));
  }
  return {};
}

Status ReplicaSetController::manage(const Value& set, std::vector<Value> active) {
  const int64_t wanted = set["spec"]["replicas"].as_int();
  const int64_t present = static_cast<int64_t>(active.size());
  if (present < wanted) return create_pods(set, wanted - present);
  if (present > wanted) return delete_pods(set, std::move(active), present - wanted);
  return {};
}

// Counts the pods as they were before this sync changed them, as the real controller does.
Status ReplicaSetController::write_status(const Value& set, const std::vector<Value>& pods, const Status& managed) {
  int64_t active = 0, labelled = 0, ready = 0, available = 0, terminating = 0;
  std::optional<Time> next;
  for (const Value& pod : pods) {
    if (!pod_active(pod)) {
      terminating += is_deleting(pod) && !pod_finished(pod) ? 1 : 0;
      continue;
    }
    ++active;
    if (labels_match(set["spec"]["template"]["metadata"]["labels"], pod["metadata"]["labels"])) ++labelled;
    auto at = pod_available_at(pod, set["spec"]["minReadySeconds"].as_int());
    if (!at) continue;
    ++ready;
    if (*at <= runtime_.now()) {
      ++available;
    } else if (!next || *at < *next) {
      next = at;
    }
  }
  Value fresh = set;
  Value& status = fresh.edit("status");
  set_count(status, "replicas", active);
  set_count(status, "fullyLabeledReplicas", labelled);
  set_count(status, "readyReplicas", ready);
  set_count(status, "availableReplicas", available);
  set_count(status, "terminatingReplicas", terminating);
  status.set("observedGeneration", set["metadata"]["generation"]);
  if (managed) {
    drop_condition(status, kFailure);
  } else if (condition_of(status, kFailure).is_null()) {
    const bool creating = active < set["spec"]["replicas"].as_int();
    put_condition(status, failure_condition(creating ? "FailedCreate" : "FailedDelete", managed.error().message(), runtime_.now_text()));
  }
  if (next) enqueue_after(ObjectId::of(set), *next - runtime_.now());
  if (fresh["status"] == set["status"]) return {};
  TAUT_TRY(update_status(fresh));
  return {};
}

Status ReplicaSetController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found) return {};
  const Value set = *found;
  TAUT_TRY(claim(set));
  std::vector<Value> pods = cache_.controlled_by(uid_of(set), kPod), active;
  std::ranges::copy_if(pods, std::back_inserter(active), pod_active);
  Status managed;
  if (!is_deleting(set)) managed = manage(set, active);
  TAUT_TRY(write_status(set, pods, managed));
  return managed;
}

}  // namespace taut::sandbox::workloads
