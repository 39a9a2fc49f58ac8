#include "sandbox/workloads/fake_garbage.hh"

#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

constexpr std::string_view kForeground = "foregroundDeletion";
constexpr std::string_view kOrphan = "orphan";

Value finalizers_patch(const Value& object) {
  const Value& kept = object["metadata"]["finalizers"];
  return Value::map({{"metadata", Value::map({{"finalizers", kept.empty() ? Value() : kept},
                                              {"resourceVersion", object["metadata"]["resourceVersion"]}})}});
}

bool blocks(const Value& dependent, std::string_view owner_uid) {
  for (const Value& reference : dependent["metadata"]["ownerReferences"].items()) {
    if (reference["uid"].as_string() == owner_uid) return reference["blockOwnerDeletion"].as_bool();
  }
  return false;
}

}  // namespace

void GarbageCollector::observe(const Change& change, const ObjectId& id) {
  const Value& object = change.object;
  if (change.type == ChangeType::kDeleted) {
    for (const Value& dependent : cache_.dependents(uid_of(object))) enqueue(ObjectId::of(dependent));
    // An owner in foreground deletion may have waited for this one.
    for (const Value& reference : object["metadata"]["ownerReferences"].items()) {
      if (const Value* owner = cache_.find_uid(reference["uid"].as_string()); owner && is_deleting(*owner)) enqueue(ObjectId::of(*owner));
    }
    return;
  }
  if (!object["metadata"]["ownerReferences"].empty()) enqueue(id);
  if (!is_deleting(object)) return;
  if (has_finalizer(object, kForeground) || has_finalizer(object, kOrphan)) enqueue(id);
}

GarbageCollector::Owner GarbageCollector::look_up(const Value& object, const Value& reference) const {
  const Value* known = cache_.find_uid(reference["uid"].as_string());
  if (!known) {
    // The cache may be behind: the cluster itself has the last word.
    const Gvk gvk = Gvk::parse(reference["apiVersion"].as_string(), reference["kind"].as_string());
    auto live = client_->get(gvk, namespace_of(object), reference["name"].as_string());
    if (!live) live = client_->get(gvk, "", reference["name"].as_string());
    return live && uid_of(*live) == reference["uid"].as_string() ? Owner::kThere : Owner::kGone;
  }
  // An owner in another namespace is no owner.
  if (!namespace_of(*known).empty() && namespace_of(*known) != namespace_of(object)) return Owner::kGone;
  return is_deleting(*known) && has_finalizer(*known, kForeground) ? Owner::kWaiting : Owner::kThere;
}

Status GarbageCollector::collect(const Value& object) {
  Value kept = Value::list();
  bool waiting = false, gone = false;
  for (const Value& reference : object["metadata"]["ownerReferences"].items()) {
    const Owner owner = look_up(object, reference);
    waiting |= owner == Owner::kWaiting;
    gone |= owner != Owner::kThere;
    if (owner == Owner::kThere) kept.push_back(reference);
  }
  if (!gone) return {};
  if (!kept.empty()) {
    Value metadata = Value::map({{"ownerReferences", kept}, {"resourceVersion", object["metadata"]["resourceVersion"]}});
    TAUT_TRY(patch(object, Value::map({{"metadata", metadata}})));
    return {};
  }
  RemoveOptions options;
  if (waiting && !cache_.dependents(uid_of(object)).empty()) options.propagation = "Foreground";
  return remove(object, options);
}

Status GarbageCollector::finish_foreground(const Value& owner) {
  bool blocked = false;
  for (const Value& dependent : cache_.dependents(uid_of(owner))) {
    blocked |= blocks(dependent, uid_of(owner));
    if (!is_deleting(dependent)) enqueue(ObjectId::of(dependent));
  }
  if (blocked) return {};
  Value fresh = owner;
  drop_finalizer(fresh, kForeground);
  auto done = patch(owner, finalizers_patch(fresh));
  return done || done.error().code() == Code::kNotFound ? Status() : fail(done.error());
}

Status GarbageCollector::finish_orphaning(const Value& owner) {
  for (const Value& dependent : cache_.dependents(uid_of(owner))) {
    Value kept = Value::list();
    for (const Value& reference : dependent["metadata"]["ownerReferences"].items()) {
      if (reference["uid"].as_string() != uid_of(owner)) kept.push_back(reference);
    }
    TAUT_TRY(patch(dependent, Value::map({{"metadata", Value::map({{"ownerReferences", kept.empty() ? Value() : kept}})}})));
  }
  Value fresh = owner;
  drop_finalizer(fresh, kOrphan);
  auto done = patch(owner, finalizers_patch(fresh));
  return done || done.error().code() == Code::kNotFound ? Status() : fail(done.error());
}

Status GarbageCollector::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found) return {};
  const Value object = *found;
  if (is_deleting(object)) {
    if (has_finalizer(object, kOrphan)) return finish_orphaning(object);
    if (has_finalizer(object, kForeground)) return finish_foreground(object);
    return {};
  }
  return object["metadata"]["ownerReferences"].empty() ? Status() : collect(object);
}

std::unique_ptr<Runtime> collect_garbage(FakeCluster& cluster, Scheduler& scheduler) {
  using namespace known;
  auto out = std::make_unique<Runtime>([&cluster](const std::string&) { return cluster.client(); }, scheduler, Options{});
  out->add<GarbageCollector>();
  out->watch({kDeployment, kReplicaSet, kStatefulSet, kDaemonSet, kRevision, kJob, kCronJob, kPod, kService, kEndpoints, kEndpointSlice});
  return out;
}

}  // namespace taut::sandbox::workloads
