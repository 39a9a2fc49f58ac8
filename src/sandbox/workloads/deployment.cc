#include "sandbox/workloads/deployment.hh"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/workloads/deployment_conditions.hh"
#include "sandbox/workloads/deployment_math.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kDeployment;
using known::kReplicaSet;

Value without_hash(const Value& pod_template) {
  Value out = pod_template;
  if (!out["metadata"]["labels"].contains(kTemplateHash)) return out;
  out.edit("metadata").edit("labels").erase(kTemplateHash);
  if (out["metadata"]["labels"].empty()) out.edit("metadata").erase("labels");
  return out;
}

bool older(const Value& a, const Value& b) {
  std::string_view x = a["metadata"]["creationTimestamp"].as_string(), y = b["metadata"]["creationTimestamp"].as_string();
  return x != y ? x < y : name_of(a) < name_of(b);
}

// Deployment annotations go along to its ReplicaSets, but for those that are either's own.
bool copied_annotation(std::string_view key) {
  return key != "kubectl.kubernetes.io/last-applied-configuration" && key != kRevision && key != kRevisionHistory &&
         key != kDesiredReplicas && key != kMaxReplicas && key != "deprecated.deployment.rollback.to";
}

bool annotate(Value& object, std::string_view key, std::string_view text) {
  if (annotation_of(object, key) == text) return false;
  object.edit("metadata").edit("annotations").set(key, text);
  return true;
}

// Revision, history and the Deployment's own annotations on the set of the present template; whether anything changed.
bool annotate_fresh(const Value& deployment, Value& set, int64_t revision, bool exists) {
  bool changed = false;
  const Value annotations = deployment["metadata"]["annotations"];
  for (const Entry& entry : annotations.entries()) {
    if (copied_annotation(entry.key())) changed |= annotate(set, entry.key(), entry.value.as_string());
  }
  const std::string before(annotation_of(set, kRevision));
  if (annotation_number(set, kRevision, 0) < revision) {
    changed |= annotate(set, kRevision, std::to_string(revision));
    if (!before.empty()) {
      const std::string history(annotation_of(set, kRevisionHistory));
      annotate(set, kRevisionHistory, history.empty() ? before : history + "," + before);
    }
  }
  if (!exists) {
    const int64_t wanted = wanted_replicas(deployment);
    changed |= annotate(set, kDesiredReplicas, std::to_string(wanted));
    changed |= annotate(set, kMaxReplicas, std::to_string(wanted + max_surge(deployment)));
  }
  return changed;
}

Value new_set(const Value& deployment, const std::string& hash) {
  const Value& spec = deployment["spec"];
  Value pod_template = spec["template"], selector = spec["selector"];
  pod_template.edit("metadata").edit("labels").set(kTemplateHash, hash);
  selector.edit("matchLabels").set(kTemplateHash, hash);
  Value set = Value::map({{"apiVersion", "apps/v1"}, {"kind", "ReplicaSet"}});
  set.set("metadata", Value::map({{"labels", pod_template["metadata"]["labels"]},
                                  {"name", deployment["metadata"]["name"].str() + "-" + hash},
                                  {"namespace", deployment["metadata"]["namespace"]},
                                  {"ownerReferences", Value::list({controller_reference(deployment)})}}));
  set.set("spec", Value::map({{"replicas", 0}, {"selector", selector}, {"template", pod_template}}));
  if (spec["minReadySeconds"].as_int() != 0) set.edit("spec").set("minReadySeconds", spec["minReadySeconds"]);
  return set;
}

}  // namespace

std::vector<Value> DeploymentController::Rollout::all() const {
  std::vector<Value> out = old;
  if (!fresh.is_null()) out.push_back(fresh);
  return out;
}

void DeploymentController::observe(const Change& change, const ObjectId& id) {
  if (id.group == kDeployment.group && id.kind == kDeployment.kind) {
    if (change.type != ChangeType::kDeleted) enqueue(id);
    return;
  }
  if (id.group == kReplicaSet.group && id.kind == kReplicaSet.kind) {
    enqueue_owner(change.object, kDeployment);
    if (change.type == ChangeType::kDeleted || !controller_uid(change.object).empty()) return;
    for (const Value& deployment : cache_.list(kDeployment, id.ns)) {
      if (selector_matches(deployment["spec"]["selector"], change.object["metadata"]["labels"])) enqueue(ObjectId::of(deployment));
    }
  }
  // A Recreate rollout waits for the last old pod to go.
  if (change.type == ChangeType::kDeleted && id.group.empty() && id.kind == known::kPod.kind) {
    const Value* set = cache_.find_uid(controller_uid(change.object));
    if (set) enqueue_owner(*set, kDeployment);
  }
}

Status DeploymentController::claim(const Value& deployment) {
  if (is_deleting(deployment)) return {};
  for (const Value& set : cache_.list(kReplicaSet, namespace_of(deployment))) {
    const bool matches = selector_matches(deployment["spec"]["selector"], set["metadata"]["labels"]);
    std::string_view owner = controller_uid(set);
    if (owner == uid_of(deployment) && !matches && !is_deleting(set)) {
      TAUT_TRY(patch(set, Value::map({{"metadata", Value::map({{"ownerReferences", Value()}})}})));
    } else if (owner.empty() && matches && !is_deleting(set)) {
      Value owners = Value::list({controller_reference(deployment)});
      TAUT_TRY(patch(set, Value::map({{"metadata", Value::map({{"ownerReferences", owners}})}})));
    }
  }
  return {};
}

Result<DeploymentController::Rollout> DeploymentController::gather(const Value& deployment, bool create_missing) {
  Rollout out{deployment, Value(), {}};
  std::vector<Value> sets = cache_.controlled_by(uid_of(deployment), kReplicaSet);
  std::ranges::stable_sort(sets, older);
  const Value wanted = without_hash(deployment["spec"]["template"]);
  int64_t revision = 0;
  for (const Value& set : sets) {
    if (out.fresh.is_null() && without_hash(set["spec"]["template"]) == wanted) {
      out.fresh = set;
    } else {
      out.old.push_back(set);
      revision = std::max(revision, annotation_number(set, kRevision, 0));
    }
  }
  if (!out.fresh.is_null()) {
    TAUT_TRY(adopt_present(out, revision + 1));
  } else if (create_missing) {
    TAUT_TRY(make_fresh(out, revision + 1));
  }
  return out;
}

Status DeploymentController::adopt_present(Rollout& rollout, int64_t revision) {
  Value set = rollout.fresh;
  bool changed = annotate_fresh(rollout.deployment, set, revision, true);
  if (set["spec"]["minReadySeconds"].as_int() != rollout.deployment["spec"]["minReadySeconds"].as_int()) {
    set.edit("spec").set("minReadySeconds", rollout.deployment["spec"]["minReadySeconds"].as_int());
    changed = true;
  }
  if (changed) {
    TAUT_ASSIGN(rollout.fresh, update(set));
    return {};
  }
  Value deployment = rollout.deployment;
  bool write = annotate(deployment, kRevision, annotation_of(set, kRevision));
  if (has_deadline(deployment) && condition_of(deployment["status"], kProgressing).is_null()) {
    set_condition(deployment.edit("status"), kProgressing, "True", "FoundNewReplicaSet",
                  fmt::format("Found new replica set \"{}\"", name_of(set)), runtime_.now_text());
    write = true;
  }
  if (!write) return {};
  TAUT_ASSIGN(rollout.deployment, update_status(deployment));
  return {};
}

Status DeploymentController::make_fresh(Rollout& rollout, int64_t revision) {
  Value deployment = rollout.deployment;
  const std::string hash = template_hash(deployment["spec"]["template"], deployment["status"]["collisionCount"]);
  Value set = new_set(deployment, hash);
  std::vector<Value> all = rollout.old;
  all.push_back(set);
  const int64_t size = fresh_size(deployment, all, set);
  set.edit("spec").set("replicas", size);
  annotate_fresh(deployment, set, revision, false);
  auto made = create(set);
  if (!made) return name_taken(rollout, set, made.error());
  rollout.fresh = *made;
  if (size > 0) {
    event(deployment, "Normal", "ScalingReplicaSet", fmt::format("Scaled up replica set {} from 0 to {}", name_of(*made), size));
  }
  bool write = annotate(deployment, kRevision, std::to_string(revision));
  if (has_deadline(deployment)) {
    set_condition(deployment.edit("status"), kProgressing, "True", "NewReplicaSetCreated",
                  fmt::format("Created new replica set \"{}\"", name_of(*made)), runtime_.now_text());
    write = true;
  }
  if (!write) return {};
  TAUT_ASSIGN(rollout.deployment, update_status(deployment));
  return {};
}

// The set could not be made: its name is another's (count the collision, so that the next hash differs), or refused.
Status DeploymentController::name_taken(Rollout& rollout, const Value& wanted, const Error& why) {
  Value deployment = rollout.deployment;
  if (why.code() == Code::kAlreadyExists) {
    Value& status = deployment.edit("status");
    status.set("collisionCount", status["collisionCount"].as_int() + 1);
    TAUT_TRY(update_status(deployment));
    return fail(why);
  }
  const std::string message = fmt::format("Failed to create new replica set \"{}\": {}", name_of(wanted), why.message());
  if (has_deadline(deployment)) {
    set_condition(deployment.edit("status"), kProgressing, "False", "ReplicaSetCreateError", message, runtime_.now_text());
    TAUT_TRY(update_status(deployment));
  }
  event(deployment, "Warning", "ReplicaSetCreateError", message);
  return fail(why);
}

Status DeploymentController::note_pause(Value& deployment) {
  if (!has_deadline(deployment)) return {};
  const bool paused = deployment["spec"]["paused"].as_bool();
  std::string_view reason = condition_of(deployment["status"], kProgressing)["reason"].as_string();
  if (reason == "ProgressDeadlineExceeded" || paused == (reason == "DeploymentPaused")) return {};
  Value fresh = deployment;
  set_condition(fresh.edit("status"), kProgressing, "Unknown", paused ? "DeploymentPaused" : "DeploymentResumed",
                paused ? "Deployment is paused" : "Deployment is resumed", runtime_.now_text());
  TAUT_ASSIGN(deployment, update_status(fresh));
  return {};
}

bool DeploymentController::is_scaling(const Rollout& rollout) const {
  for (const Value& set : rollout.all()) {
    const int64_t desired = annotation_number(set, kDesiredReplicas, -1);
    if (wanted_replicas(set) > 0 && desired >= 0 && desired != wanted_replicas(rollout.deployment)) return true;
  }
  return false;
}

Status DeploymentController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found) return {};
  Value deployment = *found;
  TAUT_TRY(claim(deployment));
  if (is_deleting(deployment)) {
    TAUT_ASSIGN(Rollout rollout, gather(deployment, false));
    return write_plain_status(rollout);
  }
  TAUT_TRY(note_pause(deployment));
  if (deployment["spec"]["paused"].as_bool()) return keep_size(deployment);
  TAUT_ASSIGN(Rollout present, gather(deployment, false));
  if (is_scaling(present)) return keep_size(present.deployment);
  return rolls(deployment) ? roll(present.deployment) : recreate(present.deployment);
}

}  // namespace taut::sandbox::workloads
