// Desired against live: the sync status, the health and the conditions of a Unit.
#include <algorithm>
#include <set>
#include <unordered_set>

#include "engine/health_of.hh"
#include "plan/kept.hh"
#include "engine/settler.hh"
#include "plan/compare.hh"

namespace taut::engine {
namespace {

LiveKey key_of(const Value& object) { return {ObjectId::of(object), Gvk::of(object).version}; }

void collect_images(const Value& object, std::set<std::string>& images) {
  const Value& spec = object["spec"];
  const Value* pod_specs[] = {&spec["template"]["spec"], &spec["jobTemplate"]["spec"]["template"]["spec"],
                              object["kind"].as_string() == "Pod" ? &spec : &spec["template"]["spec"]};
  for (const Value* pod_spec : pod_specs)
    for (const char* list : {"containers", "initContainers"})
      for (const Value& container : (*pod_spec)[list].items())
        if (!container["image"].as_string().empty()) images.insert(container["image"].str());
}

// "apps/Deployment:default/web, ...", at most three, as Argo CD 3.5 says what made an application unhealthy.
std::string format_causes(const std::vector<const Value*>& causes) {
  std::string out;
  for (size_t i = 0; i < causes.size() && i < 3; ++i) {
    ObjectId id = ObjectId::of(*causes[i]);
    std::string kind = id.group.empty() ? id.kind : id.group + "/" + id.kind;
    std::string name = id.ns.empty() ? id.name : id.ns + "/" + id.name;
    out += fmt::format("{}{}:{}", i == 0 ? "" : ", ", kind, name);
  }
  if (causes.size() > 3) out += fmt::format(" and {} more", causes.size() - 3);
  return out;
}

// Adds up the health of objects.
class HealthSum {
 public:
  void add(const Value& live, const UnitSpec& unit, Time now, std::optional<Health>& own) {
    any_ = true;
    if (live.is_null()) return;
    any_live_ = true;
    own = health_of(live, unit, now);
    if (!own || annotation_of(live, plan::kIgnoreHealthAnnotation) == "true") return;
    if (own->state > state_) {
      state_ = own->state;
      message_ = own->message;
      causes_.clear();
    }
    if (own->state == state_ && state_ != HealthState::kHealthy) causes_.push_back(&live);
  }
  Health result() const {
    if (any_ && !any_live_ && HealthState::kMissing > state_) return {HealthState::kMissing, ""};
    std::string message = format_causes(causes_);
    if (!message_.empty()) message += ": " + message_;
    return {state_, message};
  }

 private:
  bool any_ = false;
  bool any_live_ = false;
  HealthState state_ = HealthState::kHealthy;
  std::string message_;  // of the first cause
  std::vector<const Value*> causes_;
};

}  // namespace

// All kinds are listed and every wanted object that exists is held.
bool Settler::live_is_known() {
  for (const Gvk& gvk : *unit.kinds)
    if (!engine.live_.ready(gvk)) return false;
  for (const LiveKey* key : engine.live_.wanted_by(unit.spec.key)) {
    const ObjectId& id = key->id;
    if (engine.live_.presence(*key) != LiveStore::Presence::kUnread || !unit.fetching.insert(id).second) continue;
    engine.fetching_[id].insert(unit.spec.key);
    engine.effects_.push_back(Fetch{{id.group, key->version, id.kind}, id});
  }
  return unit.fetching.empty();
}

std::vector<plan::Pair> Settler::pairs() {
  std::vector<plan::Pair> out;
  std::set<ObjectId> wanted;
  for (const Value& object : desired()) {
    LiveKey key = key_of(object);
    wanted.insert(key.id);
    const Value* live = engine.live_.find(key);
    if (!live && unit.spec.rules && unit.spec.rules->leaves_alone(object, Value())) continue;
    auto kept = unit.kept.find(key.id);
    Value desired = live && kept != unit.kept.end() ? plan::with_kept(object, *live, kept->second) : object;
    out.push_back({std::move(desired), live ? *live : Value()});
  }
  std::set<ObjectId> extra;
  auto left_behind = [this](const ObjectId& id, const Value& live) {
    if (unit.spec.listed_only && (!unit.spec.policy.prune || !is_listed(id))) return false;
    return !unit.spec.rules || !unit.spec.rules->keeps(live);
  };
  for (const LiveKey* key : engine.live_.owned_by(unit.spec.name)) {
    const Value* live = engine.live_.find(*key);
    bool extraneous = live && !wanted.contains(key->id) && !excluded(Gvk::of(*live)) && left_behind(key->id, *live);
    if (extraneous && extra.insert(key->id).second) out.push_back({nullptr, *live});
  }
  return out;
}

std::vector<plan::FieldChange> Settler::changes_of(const Value& desired, const Value& live) {
  if (unit.spec.rules && unit.spec.rules->leaves_alone(desired, live)) return {};
  auto& memory = unit.memory_of(ObjectId::of(desired));
  if (memory.desired == desired.hash() && memory.live == live.hash()) return memory.changes;
  Value baseline;
  if (memory.applied == desired.hash()) baseline = memory.result;
  auto seen = [&](const Value& object) {
    Value out = plan::without_ignored(object, unit.spec.ignore);
    return unit.spec.normalizer ? unit.spec.normalizer->normalize(std::move(out)) : out;
  };
  Value owned = live;
  if (Value entries = unit.spec.rules ? unit.spec.rules->taken_over(desired, live, unit.spec.field_manager) : Value(); !entries.is_null())
    owned.edit("metadata").set("managedFields", std::move(entries));
  auto changes = plan::compare(seen(desired), seen(owned), {unit.spec.field_manager, baseline});
  plan::drop_ignored(changes, desired, unit.spec.ignore);
  memory.desired = desired.hash();
  memory.live = live.hash();
  memory.changes = changes;
  return changes;
}

plan::Plan Settler::make_plan(const std::vector<plan::Pair>& pairs, const Operation* operation) {
  plan::BuildOptions options;
  options.unit = unit.spec.name;
  options.revision = unit.rendered;
  options.rules = unit.spec.rules.get();
  options.ignore = unit.spec.ignore;
  options.compare = [this](const Value& desired, const Value& live) { return changes_of(desired, live); };
  options.live = [this](const Value& hook) {
    const Value* live = engine.live_.find(key_of(hook));
    return live ? *live : Value();
  };
  options.refuse = [this](const Gvk& gvk, const Value& object) -> std::string {
    const auto* kind = engine.live_.find_kind(gvk);
    bool namespaced = !kind || !kind->served ? !namespace_of(object).empty() : kind->namespaced;
    return unit.spec.permissions ? unit.spec.permissions->refusal(gvk, object, namespaced) : std::string();
  };
  if (operation) {
    options.only = operation->resources;
    options.skip_hooks = operation->skip_hooks;
    options.prune_last = plan::has_option(operation->options, "PruneLast=true") ||
                         plan::has_option(unit.spec.policy.options, "PruneLast=true");
    const OperationState& state = *unit.status.operation;
    options.hook_prefix = unit.rendered.substr(0, 7);
    options.hook_suffix = std::to_string(state.started.time_since_epoch() / std::chrono::seconds(1));
  }
  return plan::build(pairs, options);
}

void Settler::compare() {
  unit.compare_needed = false;
  auto found = pairs();
  unit.plan = make_plan(found, nullptr);
  unit.plan_left_out = false;
  unit.compared = true;
  unit.live_conditions.clear();
  note_shared(found);
  judge(found);
  if (unit.status.sync == SyncState::kSynced && unit.stage == OperationStage::kNone) unit.drift_since.reset();
}

// A commit that changed nothing here needs no comparison.
void Settler::note_revision() {
  if (!unit.plan_left_out) unit.plan.revision = unit.rendered;
  unit.status.revision = unit.rendered;
  unit.status.compared_source = unit.rendered_source;
  unit.status.source_type = unit.source_type;
}

// An object of which two Units say that it is theirs.
void Settler::note_shared(const std::vector<plan::Pair>& pairs) {
  for (const plan::Pair& pair : pairs) {
    if (pair.live.is_null()) continue;
    std::string owner = engine.live_.owner_of(pair.live);
    if (owner.empty() || owner == unit.spec.name) continue;
    std::string other = owner;
    std::ranges::replace(other, '_', '/');
    std::string_view self = unit.spec.key;
    size_t cut = self.rfind('/', self.rfind('/') - 1);
    unit.live_conditions.push_back({"SharedResourceWarning",
                                    fmt::format("{}/{} is part of applications {} and {}", pair.live["kind"].as_string(),
                                                name_of(pair.live), self.substr(cut + 1), other),
                                    now});
  }
}

// Whether the status names an object as one of the Unit's.
bool Settler::is_listed(const ObjectId& id) const {
  return std::ranges::any_of(unit.status.resources, [&](const ResourceState& resource) { return resource.id == id; });
}

// The health of what others own.
void Settler::judge_checks() {
  unit.status.checks.clear();
  for (const auto& [gvk, id] : unit.spec.checks) {
    const Value* live = engine.live_.find({id, gvk.version});
    ResourceState check{gvk, id, {}, Health{HealthState::kMissing, ""}, false, false, 0};
    if (live) check.health = health_of(*live, unit.spec, now);
    unit.status.checks.push_back(std::move(check));
  }
}

// The sync state of one object goes into `resource`; what it means for the Unit is returned.
SyncState Settler::judge_sync(const plan::Pair& pair, const plan::Step* step, ResourceState& resource) const {
  if (!step) return SyncState::kSynced;
  bool differs = step->action != plan::Action::kUnchanged;
  resource.sync = differs ? SyncState::kOutOfSync : SyncState::kSynced;
  if (!step->refused.empty()) resource.sync = SyncState::kUnknown;
  resource.requires_pruning = step->action == plan::Action::kPrune;
  bool tolerated = resource.requires_pruning &&
                   plan::has_option(pair.live, plan::kCompareOptionsAnnotation, "IgnoreExtraneous");
  return differs && !tolerated ? SyncState::kOutOfSync : SyncState::kSynced;
}

// Health is the worst of what is managed; missing objects count only when all are missing (Argo CD,
// controller/state.go and health.go).
void Settler::judge(const std::vector<plan::Pair>& pairs) {
  std::unordered_map<ObjectId, const plan::Step*> steps;
  for (const plan::Step& step : unit.plan.steps)
    if (step.action != plan::Action::kHook) steps[step.id] = &step;
  unit.status.resources.clear();
  SyncState sync = SyncState::kSynced;
  HealthSum health;
  std::set<std::string> images;
  for (const plan::Pair& pair : pairs) {
    const Value& object = pair.live.is_null() ? pair.desired : pair.live;
    plan::Intent intent = plan::intent_of(object, unit.spec.rules.get());
    if (intent.skip || (intent.hook && pair.live.is_null())) continue;
    ResourceState resource{Gvk::of(object), ObjectId::of(object), {}, {}, intent.hook, false, 0};
    resource.wave = pair.desired.is_null() ? 0 : intent.wave;
    collect_images(object, images);
    auto step = steps.find(resource.id);
    if (!intent.hook) {
      sync = std::max(sync, judge_sync(pair, step == steps.end() ? nullptr : step->second, resource));
      health.add(pair.live, unit.spec, now, resource.health);
    }
    unit.status.resources.push_back(std::move(resource));
  }
  unit.status.sync = sync;
  unit.status.images.assign(images.begin(), images.end());
  judge_checks();
  list_coming_objects();
  list_coming_hooks();
  std::ranges::stable_sort(unit.status.resources, {}, [](const ResourceState& r) { return r.id; });
  unit.status.health = health.result();
}

// What a sync is still to apply is told as long as it runs, also when a newer commit does not have it: whoever takes over
// looks for its kind. So are its hooks; those of the present commit are told in any case.
void Settler::list_coming_objects() {
  if (!unit.sync) return;
  const OperationState& state = *unit.status.operation;
  bool hooks = state.revision != unit.rendered && !state.operation.dry_run;
  std::unordered_set<ObjectId> listed;
  for (const ResourceState& resource : unit.status.resources) listed.insert(resource.id);
  for (const plan::Step& step : unit.sync->plan().steps) {
    bool hook = step.action == plan::Action::kHook;
    bool comes = !step.desired.is_null() && !step.implicit && (!hook || hooks);
    if (!comes || !listed.insert(step.id).second) continue;
    if (hook)
      unit.status.resources.push_back({step.gvk, step.id, {}, {}, true, false, step.wave});
    else
      unit.status.resources.push_back({step.gvk, step.id, SyncState::kOutOfSync, {}, false, true, 0});
  }
}

// The hooks that the operation on its way is to make are told before it begins: a process that takes over looks for
// their kinds, even when its revision has none of them.
void Settler::list_coming_hooks() {
  if (unit.stage == OperationStage::kNone) return;
  const Operation& operation = unit.status.operation->operation;
  if (operation.skip_hooks || operation.dry_run || !operation.resources.empty()) return;
  std::unordered_set<ObjectId> listed;
  for (const ResourceState& resource : unit.status.resources) listed.insert(resource.id);
  for (const Value& object : desired()) {
    plan::Intent intent = plan::intent_of(object, unit.spec.rules.get());
    if (!intent.hook || intent.skip || intent.phases.empty()) continue;
    ObjectId id = ObjectId::of(object);
    if (id.name.empty()) id.name = object["metadata"]["generateName"].str();
    if (listed.insert(id).second) unit.status.resources.push_back({Gvk::of(object), id, {}, {}, true, false, intent.wave});
  }
}

}  // namespace taut::engine
