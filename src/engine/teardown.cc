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

}  // namespace

void Settler::tear_down() {
  unit.sync.reset();
  unit.stage = OperationStage::kNone;
  if (unit.released) return;
  unit.kinds = kinds_to_watch();
  for (const Gvk& gvk : unit.kinds) {
    engine.waiting_for_kind_[gvk].insert(unit.spec.key);
    if (engine.live_.request(gvk)) engine.effects_.push_back(WatchKind{gvk});
  }
  for (const Gvk& gvk : unit.kinds)
    if (!engine.live_.ready(gvk)) return;
  std::vector<const Value*> left;
  int wave = INT_MIN;
  for (const LiveKey& key : engine.live_.owned_by(unit.spec.name)) {
    const Value* object = engine.live_.find(key);
    if (!object || is_kept(*object)) continue;
    left.push_back(object);
    wave = std::max(wave, plan::wave_of(*object));
  }
  if (left.empty()) {
    engine.effects_.push_back(ReleaseUnit{unit.spec.key});
    notice(Notice::Kind::kDeleted);
    unit.released = true;
    return;
  }
  if (now < unit.delete_again) return;
  for (const Value* object : left)
    if (plan::wave_of(*object) == wave) tear_down(*object);
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
