// From what a Unit asks for to the objects that it wants: revision, render, namespaces and marks.
#include <algorithm>
#include <unordered_map>

#include "engine/settler.hh"
#include "plan/compare.hh"

namespace taut::engine {
namespace {

const Gvk kCrd{"apiextensions.k8s.io", "v1", "CustomResourceDefinition"};

// The scope that a CustomResourceDefinition among the objects gives a kind.
std::optional<bool> scope_in(const std::vector<Value>& objects, const Gvk& gvk) {
  for (const Value& object : objects) {
    if (object["kind"].as_string() != kCrd.kind) continue;
    const Value& spec = object["spec"];
    if (spec["group"].as_string() == gvk.group && spec["names"]["kind"].as_string() == gvk.kind)
      return spec["scope"].as_string() != "Cluster";
  }
  return std::nullopt;
}

}  // namespace

std::string Settler::target_sha() const { return engine.revisions_.answer(unit.target()).sha; }

std::optional<Error> Settler::load_error() const {
  auto answer = engine.revisions_.answer(unit.target());
  if (answer.error) return answer.error;
  if (unit.failed_source && unit.failed == answer.sha && *unit.failed_source == unit.target()) return unit.render_error;
  return std::nullopt;
}

// "Failed to load target state: failed to generate manifest for source 1 of 2: ..."
std::string Settler::load_message(const Error& error) const {
  const Source& target = unit.target();
  bool resolved = !engine.revisions_.answer(target).error;
  size_t part = resolved ? unit.failed_part : engine.revisions_.failed_part(target);
  return fmt::format("Failed to load target state: failed to generate manifest for source {} of {}: {}", part + 1,
                     target.each().size(), error.to_string());
}

// Follows the revision and has it rendered when it moved. What could not be rendered is tried again only if the
// reason may pass by itself.
void Settler::follow_target() {
  const Source& target = unit.target();
  engine.revisions_.follow(unit.spec.key, target, now);
  engine.revisions_.ask(now, engine.effects_);
  auto answer = engine.revisions_.answer(target);
  if (answer.sha.empty() || answer.error) return;
  bool failed = unit.render_error && unit.failed_source && unit.failed == answer.sha && *unit.failed_source == target;
  bool again = failed && unit.render_error->transient() && now >= unit.render_retry;
  bool wanted = unit.render_again || again || (!failed && !unit.target_is_rendered(answer.sha));
  bool on_its_way = unit.rendering_source && unit.rendering == answer.sha && *unit.rendering_source == target;
  if (!wanted || (on_its_way && !unit.render_again)) return;
  engine.effects_.push_back(Render{unit.spec.key, unit.spec.name, unit.spec.destination.ns, target, answer.sha, unit.render_again, unit.spec.render_options});
  unit.rendering = answer.sha;
  unit.rendering_source = target;
  unit.render_again = false;
}

std::vector<Gvk> Settler::kinds_to_watch() const {
  std::vector<Gvk> kinds;
  auto add = [&](const Gvk& gvk) {
    if (std::ranges::find(kinds, gvk) == kinds.end()) kinds.push_back(gvk);
  };
  for (const Value& object : unit.objects)
    if (Gvk gvk = Gvk::of(object); !excluded(gvk)) add(gvk);
  // What an earlier sync left behind is found only where somebody looks.
  for (const ResourceState& resource : unit.status.resources)
    if (!excluded(resource.gvk)) add(resource.gvk);
  if (makes_namespace()) add({"", "v1", "Namespace"});
  for (const auto& [gvk, id] : unit.spec.checks) add(gvk);
  // A kind that is not served yet comes with its definition.
  bool unserved = std::ranges::any_of(kinds, [&](const Gvk& gvk) {
    const auto* kind = engine.live_.find_kind(gvk);
    return kind && kind->known && !kind->served;
  });
  if (unserved) add(kCrd);
  return kinds;
}

// Whether the destination's namespace is made where it is missing: the policy says so, or the operation that is on its way.
bool Settler::makes_namespace() const {
  if (unit.spec.destination.ns.empty()) return false;
  const auto& operation = unit.status.operation;
  bool asked = operation && !completed(operation->phase) && plan::has_option(operation->operation.options, "CreateNamespace=true");
  return asked || plan::has_option(unit.spec.policy.options, "CreateNamespace=true");
}

bool Settler::excluded(const Gvk& gvk) const { return unit.spec.permissions && unit.spec.permissions->excludes(gvk); }

// The object with what every object of this Unit carries.
Value Settler::labelled(Value object) const {
  for (const Entry& entry : unit.spec.labels.entries()) object.edit("metadata").edit("labels").set(entry.key(), entry.value);
  for (const Entry& entry : unit.spec.annotations.entries())
    object.edit("metadata").edit("annotations").set(entry.key(), entry.value);
  return object;
}

// The object where it will live: with the destination's namespace if it needs one and has none, without if it lives
// in none.
Value Settler::placed(const Value& object) const {
  Gvk gvk = Gvk::of(object);
  const auto* kind = engine.live_.find_kind(gvk);
  bool namespaced = kind && kind->served ? kind->namespaced : scope_in(unit.objects, gvk).value_or(true);
  Value out = object;
  if (!namespaced && !namespace_of(object).empty()) out.edit("metadata").erase("namespace");
  if (namespaced && namespace_of(object).empty() && !unit.spec.destination.ns.empty())
    out.edit("metadata").set("namespace", unit.spec.destination.ns);
  return out;
}

void Settler::note_kept() {
  std::string list;
  for (const auto& [id, pointers] : unit.kept) list += fmt::format("{}{} {}/{}", list.empty() ? "" : ", ", id.kind, id.ns, id.name);
  if (list.empty()) return;
  unit.target_conditions.push_back(
      {"GeneratedValuesWarning",
       "Templates make some values at random or of the time: they are kept as they are in the cluster, in " + list, now});
}

// All that the Unit needs to hold of the cluster is held from now on; what is known of other objects is forgotten.
void Settler::want_objects() {
  std::vector<LiveKey> keys;
  std::vector<UnitState::Memory> memories;
  for (const Value& object : unit.desired) {
    if (name_of(object).empty()) continue;
    keys.push_back({ObjectId::of(object), Gvk::of(object).version});
    memories.push_back({.id = std::hash<ObjectId>()(keys.back().id)});
  }
  std::ranges::sort(memories, {}, &UnitState::Memory::id);
  // The rules of a comparison may be others now.
  auto kept = memories.begin();
  for (UnitState::Memory& known : unit.memories) {
    kept = std::find_if(kept, memories.end(), [&](const UnitState::Memory& memory) { return memory.id >= known.id; });
    if (kept == memories.end() || kept->id != known.id) continue;
    kept->applied = known.applied;
    kept->result = std::move(known.result);
  }
  unit.memories = std::move(memories);
  if (makes_namespace())
    keys.push_back({{"", "Namespace", "", unit.spec.destination.ns}, "v1"});
  for (const auto& [gvk, id] : unit.spec.checks) keys.push_back({id, gvk.version});
  engine.live_.want(unit.spec.key, keys);
}

// The object as it is wanted: where it will live, and with every mark.
Value Settler::marked(const Value& object) const {
  Value out = labelled(placed(object));
  for (const Ownership* ownership : engine.ownerships_)
    if (ownership->marks(unit.spec)) out = ownership->mark(std::move(out), unit.spec);
  return plan::normalized(std::move(out));
}

// What the rendered objects become. One that is named again stands in the place of the first.
Settler::Wanted Settler::make_desired() const {
  Wanted out;
  std::unordered_map<ObjectId, size_t> places;
  for (size_t index = 0; index < unit.objects.size(); ++index) {
    if (excluded(Gvk::of(unit.objects[index]))) continue;
    Value object = marked(unit.objects[index]);
    ObjectId id = ObjectId::of(object);
    if (auto made = unit.generated.find(index); made != unit.generated.end() && !unit.spec.renew_generated) out.kept[id] = made->second;
    auto place = id.name.empty() ? places.end() : places.try_emplace(id, out.objects.size()).first;
    if (place == places.end() || place->second == out.objects.size()) {
      out.objects.push_back(std::move(object));
      continue;
    }
    ++out.repeats[id];
    out.objects[place->second] = std::move(object);
  }
  return out;
}

const std::vector<Value>& Settler::desired() {
  if (std::exchange(unit.desired_left_out, false)) unit.desired = make_desired().objects;
  return unit.desired;
}

void Settler::note_target(const Wanted& wanted) {
  unit.target_conditions.clear();
  bool before = false, after = false;
  for (const Value& object : unit.objects) {
    if (Gvk gvk = Gvk::of(object); excluded(gvk)) {
      unit.target_conditions.push_back(
          {"ExcludedResourceWarning",
           fmt::format("Resource {}/{} {} is excluded in the settings", gvk.group, gvk.kind, name_of(object)), now});
      continue;
    }
    plan::Intent intent = plan::intent_of(object, unit.spec.rules.get());
    before = before || intent.pre_delete;
    after = after || intent.post_delete;
  }
  for (const auto& [id, count] : wanted.repeats)
    unit.target_conditions.push_back(
        {"RepeatedResourceWarning",
         fmt::format("Resource {} appeared {} times among application resources.", id.to_string(), count + 1), now});
  note_kept();
  if (unit.override_ || unit.spec.deleting) return;
  unit.status.pre_delete_hooks = before;
  unit.status.post_delete_hooks = after;
}

void Settler::prepare() {
  if (unit.prepared) return;
  auto kinds = kinds_to_watch();
  bool known = true;
  for (const Gvk& gvk : kinds) {
    engine.waiting_for_kind_[gvk].insert(&unit.spec.key);
    if (engine.live_.request(gvk)) engine.effects_.push_back(WatchKind{gvk});
    known = known && engine.live_.kind(gvk).known;
  }
  // Most Units have the same kinds.
  if (*engine.last_kinds_ != kinds) engine.last_kinds_ = std::move(kinds);
  unit.kinds = engine.last_kinds_;
  if (!known) return;
  Wanted wanted = make_desired();
  unit.kept = std::move(wanted.kept);
  note_target(wanted);
  unit.desired = std::move(wanted.objects);
  unit.desired_left_out = false;
  want_objects();
  unit.prepared = true;
  unit.compared = false;
  unit.compare_needed = true;
}

}  // namespace taut::engine
