#include "sandbox/workloads/daemonset.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/node_fit.hh"
#include "sandbox/workloads/objects.hh"
#include "sandbox/workloads/revisions.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kDaemonSet;
using known::kNode;
using known::kPod;
using known::kRevision;

// Which node a pod is for: where it is, or where its affinity sends it.
std::string node_of(const Value& pod) {
  if (!pod["spec"]["nodeName"].empty()) return pod["spec"]["nodeName"].str();
  const Value& terms = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
  for (const Value& term : terms.items()) {
    for (const Value& field : term["matchFields"].items()) {
      if (field["key"].as_string() == "metadata.name") return field["values"][0].str();
    }
  }
  return {};
}

Value toleration(std::string_view key, std::string_view effect) {
  return Value::map({{"effect", effect}, {"key", key}, {"operator", "Exists"}});
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kTolerations{{{"node.kubernetes.io/not-ready", "NoExecute"},
                                                                                     {"node.kubernetes.io/unreachable", "NoExecute"},
                                                                                     {"node.kubernetes.io/disk-pressure", "NoSchedule"},
                                                                                     {"node.kubernetes.io/memory-pressure", "NoSchedule"},
                                                                                     {"node.kubernetes.io/pid-pressure", "NoSchedule"},
                                                                                     {"node.kubernetes.io/unschedulable", "NoSchedule"}}};

Value affinity_for(std::string_view node) {
  const Value field = Value::map({{"key", "metadata.name"}, {"operator", "In"}, {"values", Value::list({Value(node)})}});
  const Value term = Value::map({{"matchFields", Value::list({field})}});
  return Value::map({{"requiredDuringSchedulingIgnoredDuringExecution", Value::map({{"nodeSelectorTerms", Value::list({term})}})}});
}

void set_count(Value& status, std::string_view field, int64_t count, bool always) {
  if (count == 0 && !always) {
    status.erase(field);
  } else {
    status.set(field, count);
  }
}

bool available(const Value& set, const Value& pod, Time now) {
  auto at = pod_available_at(pod, set["spec"]["minReadySeconds"].as_int());
  return at && *at <= now && !is_deleting(pod);
}

}  // namespace

void DaemonSetController::observe(const Change& change, const ObjectId& id) {
  if (id.group == kDaemonSet.group && id.kind == kDaemonSet.kind && change.type != ChangeType::kDeleted) enqueue(id);
  if (!id.group.empty()) return;
  if (id.kind == kPod.kind) enqueue_owner(change.object, kDaemonSet);
  if (id.kind == kNode.kind) {
    for (const Value& set : cache_.list(kDaemonSet, "")) enqueue(ObjectId::of(set));
  }
}

Result<DaemonSetController::Plan> DaemonSetController::gather(const Value& set) {
  Plan plan;
  plan.set = set;
  const std::vector<Value> revisions = cache_.controlled_by(uid_of(set), kRevision);
  plan.revision = matching_revision(set, revisions);
  if (plan.revision.is_null()) TAUT_TRY(create(new_revision(set, revisions)).map([&](Value made) { plan.revision = std::move(made); }));
  for (const Value& pod : cache_.controlled_by(uid_of(set), kPod)) plan.by_node[node_of(pod)].push_back(pod);
  const Value probe = Value::map({{"metadata", set["spec"]["template"]["metadata"]}, {"spec", set["spec"]["template"]["spec"]}});
  for (const Value& node : cache_.list(kNode, "")) {
    if (node_takes_daemon(probe, node)) plan.wanted.emplace_back(name_of(node));
  }
  return plan;
}

Value DaemonSetController::pod_for(const Plan& plan, std::string_view node) const {
  Value pod = pod_from_template(plan.set["spec"]["template"], plan.set);
  Value& labels = pod.edit("metadata").edit("labels");
  labels.set(kRevisionLabel, revision_hash(plan.revision));
  labels.set("pod-template-generation", annotation_of(plan.set, "deprecated.daemonset.template.generation"));
  Value& spec = pod.edit("spec");
  spec.edit("affinity").set("nodeAffinity", affinity_for(node));
  for (const auto& [key, effect] : kTolerations) spec.edit("tolerations").push_back(toleration(key, effect));
  return pod;
}

Status DaemonSetController::drop(const Value& set, const Value& pod) {
  TAUT_TRY(remove(pod));
  event(set, "Normal", "SuccessfulDelete", fmt::format("Deleted pod: {}", name_of(pod)));
  return {};
}

// A pod for each node that has none, and none where there should be none.
Status DaemonSetController::place(const Plan& plan) {
  for (const std::string& node : plan.wanted) {
    auto held = plan.by_node.find(node);
    bool alive = false;
    if (held != plan.by_node.end()) {
      for (const Value& pod : held->second) {
        if (pod["status"]["phase"].as_string() == "Failed" && !is_deleting(pod)) TAUT_TRY(drop(plan.set, pod));
        alive = true;
      }
    }
    if (alive) continue;
    auto made = create(pod_for(plan, node));
    if (!made) {
      event(plan.set, "Warning", "FailedCreate", fmt::format("Error creating: {}", made.error().message()));
      return fail(made.error());
    }
    event(plan.set, "Normal", "SuccessfulCreate", fmt::format("Created pod: {}", name_of(*made)));
  }
  for (const auto& [node, pods] : plan.by_node) {
    if (std::ranges::find(plan.wanted, node) != plan.wanted.end()) continue;
    for (const Value& pod : pods) {
      if (!is_deleting(pod)) TAUT_TRY(drop(plan.set, pod));
    }
  }
  return {};
}

Status DaemonSetController::replace_old(const Plan& plan) {
  if (plan.set["spec"]["updateStrategy"]["type"].as_string() != "RollingUpdate") return {};
  const int64_t wanted = static_cast<int64_t>(plan.wanted.size());
  int64_t spare = share_of(plan.set["spec"]["updateStrategy"]["rollingUpdate"]["maxUnavailable"], wanted, true);
  const std::string hash = revision_hash(plan.revision);
  std::vector<Value> old;
  for (const std::string& node : plan.wanted) {
    auto held = plan.by_node.find(node);
    if (held == plan.by_node.end()) {
      --spare;
      continue;
    }
    const Value& pod = held->second.front();
    const bool works = available(plan.set, pod, runtime_.now());
    if (label_of(pod, kRevisionLabel) == hash || is_deleting(pod)) {
      spare -= works ? 0 : 1;
    } else if (works) {
      old.push_back(pod);
    } else {
      --spare;
      TAUT_TRY(drop(plan.set, pod));  // one that does not work is replaced at once
    }
  }
  for (const Value& pod : old) {
    if (spare-- <= 0) break;
    TAUT_TRY(drop(plan.set, pod));
  }
  return {};
}

Status DaemonSetController::write_status(const Plan& plan) {
  int64_t current = 0, misplaced = 0, ready = 0, working = 0, updated = 0;
  const std::string hash = revision_hash(plan.revision);
  std::optional<Time> next;
  for (const auto& [node, pods] : plan.by_node) {
    if (std::ranges::find(plan.wanted, node) == plan.wanted.end()) {
      misplaced += static_cast<int64_t>(std::ranges::count_if(pods, [](const Value& pod) { return !is_deleting(pod); }));
      continue;
    }
    ++current;
    const Value& pod = pods.front();
    ready += pod_ready(pod) ? 1 : 0;
    working += available(plan.set, pod, runtime_.now()) ? 1 : 0;
    updated += label_of(pod, kRevisionLabel) == hash ? 1 : 0;
    auto at = pod_available_at(pod, plan.set["spec"]["minReadySeconds"].as_int());
    if (at && *at > runtime_.now()) next = next ? std::min(*next, *at) : *at;
  }
  const int64_t wanted = static_cast<int64_t>(plan.wanted.size());
  Value fresh = plan.set;
  Value& status = fresh.edit("status");
  status.set("observedGeneration", plan.set["metadata"]["generation"]);
  set_count(status, "currentNumberScheduled", current, true);
  set_count(status, "desiredNumberScheduled", wanted, true);
  set_count(status, "numberMisscheduled", misplaced, true);
  set_count(status, "numberReady", ready, true);
  set_count(status, "numberAvailable", working, false);
  set_count(status, "numberUnavailable", wanted - working, false);
  set_count(status, "updatedNumberScheduled", updated, false);
  if (next) enqueue_after(ObjectId::of(plan.set), *next - runtime_.now());
  if (fresh["status"] == plan.set["status"]) return {};
  TAUT_TRY(update_status(fresh));
  return {};
}

Status DaemonSetController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found || is_deleting(*found)) return {};
  const Value set = *found;
  TAUT_ASSIGN(Plan plan, gather(set));
  TAUT_TRY(place(plan));
  TAUT_TRY(replace_old(plan));
  TAUT_TRY(gather(set).map([&](Plan after) { plan = std::move(after); }));
  TAUT_TRY(write_status(plan));
  std::vector<std::string> live{std::string(name_of(plan.revision))};
  const int64_t limit = set["spec"]["revisionHistoryLimit"].as_int(10);
  for (const Value& revision : surplus_revisions(cache_.controlled_by(uid_of(set), kRevision), live, limit)) TAUT_TRY(remove(revision));
  return {};
}

}  // namespace taut::sandbox::workloads
