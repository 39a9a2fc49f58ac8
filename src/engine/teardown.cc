// The end of a Unit: its objects are deleted wave by wave, the last created first; then its finalizer may go.
#include <algorithm>

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
  for (const Value* object : left) {
    std::string uid = (*object)["metadata"]["uid"].str();
    if (plan::wave_of(*object) != wave || (*object)["metadata"].contains("deletionTimestamp")) continue;
    if (!unit.deleting.insert(uid).second) continue;
    Ticket ticket = engine.next_ticket_++;
    unit.deletes[ticket] = uid;
    DeleteOptions options;
    options.propagation = unit.spec.cascade == Cascade::kForeground ? "Foreground" : "Background";
    options.uid = uid;
    ObjectId id = ObjectId::of(*object);
    engine.effects_.push_back(Delete{unit.spec.key, ticket, {Gvk::of(*object), id.ns, id.name}, options});
  }
}

}  // namespace taut::engine
