// The end of a Unit: its objects are deleted wave by wave, the last created first; then its finalizer may go.
#include <algorithm>

#include "engine/messages.hh"
#include "engine/settler.hh"
#include "plan/intent.hh"

namespace taut::engine {
namespace {

// Objects that are to outlive their Unit.
bool is_kept(const Value& object) {
  auto option = plan::option_value(object, plan::kSyncOptionsAnnotation, "Delete");
  return option == "false" || annotation_of(object, "helm.sh/resource-policy") == "keep";
}

// Whether somebody must confirm before this object is deleted.
bool asks_first(const Value& object, const UnitSpec& unit) {
  return !object["metadata"].contains("deletionTimestamp") &&
         (plan::has_option(object, plan::kSyncOptionsAnnotation, "Delete=confirm") ||
          plan::has_option(unit.policy.options, "Delete=confirm"));
}

}  // namespace

void Settler::tear_down() {
  unit.sync.reset();
  unit.stage = OperationStage::kNone;
  if (unit.released) return;
  unit.kinds = kinds_to_watch();
  for (const Gvk& gvk : *unit.kinds) {
    engine.waiting_for_kind_[gvk].insert(&unit.spec.key);
    if (engine.live_.request(gvk)) engine.effects_.push_back(WatchKind{gvk});
  }
  for (const Gvk& gvk : *unit.kinds)
    if (!engine.live_.ready(gvk)) return;
  bool hooks = unit.spec.pre_delete || unit.spec.post_delete;
  if (hooks && !delete_hooks_known()) return;
  if (unit.spec.pre_delete && !unit.delete_hooks_ran && !run_delete_hooks(true)) return;
  if (unit.spec.cascade != Cascade::kOrphan && !delete_objects()) return;
  if (unit.spec.post_delete && !unit.delete_hooks_ran && !run_delete_hooks(false)) return;
  unit.delete_hooks_ran = true;
  if (hooks && !clean_up_delete_hooks()) return;
  engine.effects_.push_back(ReleaseUnit{unit.spec.key});
  notice(Notice::Kind::kDeleted);
  unit.released = true;
}

// True when all that was to go is gone. An object that asks for it keeps everything until somebody confirms.
bool Settler::delete_objects() {
  // Other rules know no waves for what goes.
  auto wave_of = [this](const Value& object) { return unit.spec.rules ? 0 : plan::wave_of(object); };
  std::vector<const Value*> left;
  int wave = INT_MIN;
  for (const LiveKey* key : engine.live_.owned_by(unit.spec.name)) {
    const Value* object = engine.live_.find(*key);
    const plan::ObjectRules* rules = unit.spec.rules.get();
    if (!object || (rules ? rules->keeps(*object) : is_kept(*object)) || excluded(Gvk::of(*object))) continue;
    if (unit.spec.listed_only && !is_listed(key->id)) continue;
    plan::Intent intent = plan::intent_of(*object, rules);
    if ((intent.pre_delete && unit.spec.pre_delete) || (intent.post_delete && unit.spec.post_delete)) continue;
    left.push_back(object);
    wave = std::max(wave, wave_of(*object));
  }
  if (left.empty()) return true;
  if (now < unit.delete_again) return false;
  auto unconfirmed = std::ranges::find_if(left, [&](const Value* object) { return asks_first(*object, unit.spec); });
  if (!unit.spec.rules && unconfirmed != left.end() && !unit.spec.confirmed(unit.spec.deleting_since)) {
    unit.sync_error = Condition{"DeletionConfirmationWarning",
                                fmt::format("Waiting for confirmation to delete {}: annotate the application with "
                                            "argocd.argoproj.io/deletion-approved and the present time",
                                            ObjectId::of(**unconfirmed).to_string()),
                                now};
    return false;
  }
  if (unit.sync_error && unit.sync_error->type == "DeletionConfirmationWarning") unit.sync_error.reset();
  for (const Value* object : left)
    if (wave_of(*object) == wave) tear_down(*object);
  return false;
}

// A hook that never ended still has the finalizer that keeps it until its end is seen: that goes first.
void Settler::tear_down(const Value& object) {
  ObjectId id = ObjectId::of(object);
  std::string uid = object["metadata"]["uid"].str();
  bool held = has_finalizer(object, plan::kHookFinalizer);
  if (!held && object["metadata"].contains("deletionTimestamp")) return;
  std::string asked = held ? uid + " finalizer" : uid;
  if (!unit.deleting.insert(asked).second) return;
  Ticket ticket = engine.next_ticket_++;
  unit.deletes[ticket] = asked;
  if (held) {
    plan::Step step;
    step.gvk = Gvk::of(object);
    step.id = id;
    engine.effects_.push_back(Apply{unit.spec.key, ticket, without_hook_finalizer(step, object, unit.spec)});
    return;
  }
  DeleteOptions options;
  options.propagation = unit.spec.cascade == Cascade::kForeground ? "Foreground" : "Background";
  options.uid = uid;
  engine.effects_.push_back(Delete{unit.spec.key, ticket, {Gvk::of(object), id.ns, id.name}, options});
}

// An answer to one of these requests; what failed is asked again later. False when the ticket is not of these.
bool Settler::torn_down(Ticket ticket, const std::optional<Error>& error) {
  auto it = unit.deletes.find(ticket);
  if (it == unit.deletes.end()) return false;
  if (error && error->code() != Code::kNotFound) {
    unit.deleting.erase(it->second);
    unit.delete_again = now + Retry{}.delay(unit.delete_failures++);
    unit.sync_error = Condition{"DeletionError", error->message(), now};
    engine.wake_unit(unit.spec.key, unit.delete_again);
  }
  unit.deletes.erase(it);
  return true;
}

}  // namespace taut::engine
