#include "sandbox/workloads/statefulset.hh"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"
#include "sandbox/workloads/revisions.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kClaim;
using known::kPod;
using known::kRevision;
using known::kStatefulSet;

int64_t ordinal_of(const Value& set, const Value& pod) {
  std::string_view name = name_of(pod), prefix = name_of(set);
  int64_t out = -1;
  if (!name.starts_with(prefix) || name.size() <= prefix.size() || name[prefix.size()] != '-') return out;
  std::string_view digits = name.substr(prefix.size() + 1);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return error == std::errc() && end == digits.data() + digits.size() ? out : -1;
}

std::string pod_name(const Value& set, int64_t ordinal) { return fmt::format("{}-{}", name_of(set), ordinal); }

std::string_view revision_of(const Value& pod) { return label_of(pod, kRevisionLabel); }

bool rolls(const Value& set) { return set["spec"]["updateStrategy"]["type"].as_string() == "RollingUpdate"; }
int64_t partition_of(const Value& set) { return set["spec"]["updateStrategy"]["rollingUpdate"]["partition"].as_int(); }

bool is_available(const Value& set, const Value& pod, Time now) {
  auto at = pod_available_at(pod, set["spec"]["minReadySeconds"].as_int());
  return at && *at <= now;
}

bool healthy(const Value& pod) { return pod_ready(pod) && !is_deleting(pod); }

void set_count(Value& status, std::string_view field, int64_t count) {
  if (count == 0 && field != "replicas" && field != "availableReplicas") {
    status.erase(field);
  } else {
    status.set(field, count);
  }
}

}  // namespace

void StatefulSetController::observe(const Change& change, const ObjectId& id) {
  if (id.group == kStatefulSet.group && id.kind == kStatefulSet.kind && change.type != ChangeType::kDeleted) enqueue(id);
  if (!id.group.empty()) return;
  if (id.kind == kPod.kind) {
    enqueue_owner(change.object, kStatefulSet);
    if (!change.old.is_null()) enqueue_owner(change.old, kStatefulSet);
  }
}

Result<StatefulSetController::Plan> StatefulSetController::gather(const Value& set) {
  Plan plan;
  plan.set = set;
  plan.ordered = set["spec"]["podManagementPolicy"].as_string() != "Parallel";
  plan.first = set["spec"]["ordinals"]["start"].as_int();
  const std::vector<Value> revisions = cache_.controlled_by(uid_of(set), kRevision);
  plan.update = matching_revision(set, revisions);
  int64_t newest = 0;
  for (const Value& revision : revisions) newest = std::max(newest, revision["revision"].as_int());
  if (plan.update.is_null()) {
    TAUT_ASSIGN(plan.update, create(new_revision(set, revisions)));
  } else if (plan.update["revision"].as_int() < newest) {
    Value again = plan.update;  // a template that comes back is the newest revision once more
    again.set("revision", newest + 1);
    TAUT_ASSIGN(plan.update, update(again));
  }
  plan.current = plan.update;
  for (const Value& revision : revisions) {
    if (name_of(revision) == set["status"]["currentRevision"].as_string()) plan.current = revision;
  }
  const int64_t replicas = set["spec"]["replicas"].as_int();
  plan.pods.resize(static_cast<size_t>(std::max<int64_t>(replicas, 0)));
  for (const Value& pod : cache_.controlled_by(uid_of(set), kPod)) {
    const int64_t place = ordinal_of(set, pod) - plan.first;
    if (place >= 0 && place < replicas) {
      plan.pods[static_cast<size_t>(place)] = pod;
    } else if (ordinal_of(set, pod) >= 0) {
      plan.condemned.push_back(pod);
    }
  }
  std::ranges::sort(plan.condemned, [&](const Value& a, const Value& b) { return ordinal_of(set, a) > ordinal_of(set, b); });
  return plan;
}

// A pod below the partition of a rolling update is made from the old template again.
Value StatefulSetController::pod_for(const Plan& plan, int64_t ordinal) const {
  const bool old = rolls(plan.set) && ordinal < plan.first + partition_of(plan.set);
  const Value& revision = old ? plan.current : plan.update;
  Value pod_template = revision["data"]["spec"]["template"];
  pod_template.erase("$patch");
  Value pod = pod_from_template(pod_template, plan.set);
  const std::string name = pod_name(plan.set, ordinal);
  Value& metadata = pod.edit("metadata");
  metadata.erase("generateName");
  metadata.set("name", name);
  Value& labels = metadata.edit("labels");
  labels.set(kRevisionLabel, name_of(revision));
  labels.set("statefulset.kubernetes.io/pod-name", name);
  labels.set("apps.kubernetes.io/pod-index", std::to_string(ordinal));
  Value& spec = pod.edit("spec");
  spec.set("hostname", name);
  if (!plan.set["spec"]["serviceName"].empty()) spec.set("subdomain", plan.set["spec"]["serviceName"]);
  return pod;
}

Status StatefulSetController::make_claims(const Plan& plan, Value& pod, int64_t ordinal) {
  const Value templates = plan.set["spec"]["volumeClaimTemplates"];
  Value volumes = Value::list();
  for (const Value& claim_template : templates.items()) {
    const std::string volume = claim_template["metadata"]["name"].str();
    const std::string name = fmt::format("{}-{}", volume, pod_name(plan.set, ordinal));
    volumes.push_back(Value::map({{"name", volume}, {"persistentVolumeClaim", Value::map({{"claimName", name}})}}));
    if (cache_.find(kClaim, namespace_of(plan.set), name)) continue;
    Value claim = claim_template;
    claim.set("apiVersion", "v1");
    claim.set("kind", "PersistentVolumeClaim");
    claim.erase("status");
    Value& metadata = claim.edit("metadata");
    metadata.set("name", name);
    metadata.set("namespace", plan.set["metadata"]["namespace"]);
    const Value labels = plan.set["spec"]["selector"]["matchLabels"];
    for (const Entry& label : labels.entries()) metadata.edit("labels").set(label.key(), label.value);
    TAUT_TRY(create(claim));
    event(plan.set, "Normal", "SuccessfulCreate",
          fmt::format("Create Claim {} Pod {} in StatefulSet {} success", name, pod_name(plan.set, ordinal), name_of(plan.set)));
  }
  for (const Value& volume : pod["spec"]["volumes"].items()) volumes.push_back(volume);
  if (!volumes.empty()) pod.edit("spec").set("volumes", volumes);
  return {};
}

Status StatefulSetController::make_pod(const Plan& plan, int64_t ordinal) {
  Value pod = pod_for(plan, ordinal);
  TAUT_TRY(make_claims(plan, pod, ordinal));
  auto made = create(pod);
  const std::string name = pod_name(plan.set, ordinal);
  if (!made) {
    event(plan.set, "Warning", "FailedCreate",
          fmt::format("create Pod {} in StatefulSet {} failed error: {}", name, name_of(plan.set), made.error().message()));
    return fail(made.error());
  }
  event(plan.set, "Normal", "SuccessfulCreate", fmt::format("Create Pod {} in StatefulSet {} successful", name, name_of(plan.set)));
  return {};
}

Status StatefulSetController::drop(const Value& set, const Value& pod) {
  TAUT_TRY(remove(pod));
  event(set, "Normal", "SuccessfulDelete", fmt::format("Delete Pod {} in StatefulSet {} successful", name_of(pod), name_of(set)));
  return {};
}

Result<bool> StatefulSetController::bring_up(const Plan& plan, int64_t ordinal, const Value& pod) {
  if (pod.is_null()) {
    TAUT_TRY(make_pod(plan, ordinal));
    return plan.ordered;
  }
  if (pod_finished(pod)) {
    if (!is_deleting(pod)) TAUT_TRY(drop(plan.set, pod));
    return plan.ordered;
  }
  return plan.ordered && (is_deleting(pod) || !is_available(plan.set, pod, runtime_.now()));
}

Result<bool> StatefulSetController::take_down(const Plan& plan) {
  for (const Value& pod : plan.condemned) {
    if (is_deleting(pod)) {
      if (plan.ordered) return true;
      continue;
    }
    TAUT_TRY(drop(plan.set, pod));
    if (plan.ordered) return true;
  }
  return false;
}

// One by one from the highest ordinal, each healthy before the next goes.
Status StatefulSetController::update_pods(const Plan& plan) {
  if (!rolls(plan.set)) return {};
  for (size_t i = plan.pods.size(); i-- > 0 && static_cast<int64_t>(i) >= partition_of(plan.set);) {
    const Value& pod = plan.pods[i];
    if (pod.is_null()) return {};
    if (revision_of(pod) != name_of(plan.update) && !is_deleting(pod)) return drop(plan.set, pod);
    if (!healthy(pod) || !is_available(plan.set, pod, runtime_.now())) return {};
  }
  return {};
}

Status StatefulSetController::act(Plan& plan) {
  for (size_t i = 0; i < plan.pods.size(); ++i) {
    TAUT_ASSIGN(bool wait, bring_up(plan, plan.first + static_cast<int64_t>(i), plan.pods[i]));
    if (wait) return {};
  }
  TAUT_ASSIGN(bool wait, take_down(plan));
  return wait ? Status() : update_pods(plan);
}

// Counts the pods as they were before this sync changed them.
Status StatefulSetController::write_status(const Plan& plan) {
  int64_t replicas = 0, ready = 0, available = 0, current = 0, updated = 0, settled = 0;
  std::vector<Value> pods = plan.condemned;
  std::ranges::copy_if(plan.pods, std::back_inserter(pods), [](const Value& pod) { return !pod.is_null(); });
  std::optional<Time> next;
  for (const Value& pod : pods) {
    ++replicas;
    ready += pod_ready(pod) ? 1 : 0;
    if (auto at = pod_available_at(pod, plan.set["spec"]["minReadySeconds"].as_int())) {
      available += *at <= runtime_.now() ? 1 : 0;
      if (*at > runtime_.now()) next = next ? std::min(*next, *at) : *at;
    }
    if (is_deleting(pod)) continue;
    current += revision_of(pod) == name_of(plan.current) ? 1 : 0;
    updated += revision_of(pod) == name_of(plan.update) ? 1 : 0;
    settled += revision_of(pod) == name_of(plan.update) && pod_ready(pod) ? 1 : 0;
  }
  Value fresh = plan.set;
  Value& status = fresh.edit("status");
  std::string_view current_name = name_of(plan.current);
  const bool done = rolls(plan.set) && settled == replicas && replicas == static_cast<int64_t>(plan.pods.size());
  if (done && current_name != name_of(plan.update)) {
    current_name = name_of(plan.update);
    current = updated;
  }
  status.set("observedGeneration", plan.set["metadata"]["generation"]);
  status.set("collisionCount", status["collisionCount"].as_int());
  status.set("currentRevision", current_name);
  status.set("updateRevision", name_of(plan.update));
  set_count(status, "replicas", replicas);
  set_count(status, "readyReplicas", ready);
  set_count(status, "availableReplicas", available);
  set_count(status, "currentReplicas", current);
  set_count(status, "updatedReplicas", updated);
  if (next) enqueue_after(ObjectId::of(plan.set), *next - runtime_.now());
  if (fresh["status"] == plan.set["status"]) return {};
  TAUT_TRY(update_status(fresh));
  return {};
}

Status StatefulSetController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found) return {};
  const Value set = *found;
  if (is_deleting(set)) return {};
  TAUT_ASSIGN(Plan plan, gather(set));
  Status acted = act(plan);
  TAUT_TRY(write_status(plan));
  std::vector<std::string> live{std::string(name_of(plan.current)), std::string(name_of(plan.update))};
  for (const Value& pod : cache_.controlled_by(uid_of(set), kPod)) live.emplace_back(revision_of(pod));
  const int64_t limit = set["spec"]["revisionHistoryLimit"].as_int(10);
  for (const Value& revision : surplus_revisions(cache_.controlled_by(uid_of(set), kRevision), live, limit)) TAUT_TRY(remove(revision));
  return acted;
}

}  // namespace taut::sandbox::workloads
