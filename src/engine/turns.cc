// Automated syncs that are over before an announcement would be written.
//
// An operation is announced so that whoever takes over finds it. An automated sync without hooks is found without that: its
// Unit is OutOfSync, and is synced again by the same rule. So its only word is its end; it is told of on the way when it has
// to wait, or lasts. What a process that dies over it has applied must be found too, also when the source does not name it
// any more: objects of a kind are looked for only where some status lists one, so the first of a kind is announced.
#include <algorithm>

#include "engine/settler.hh"

namespace taut::engine {

// What was applied by a sync that nobody knows of is seen as drift: that is healed only where the policy says so.
bool Settler::needs_no_announcement() const {
  const OperationState& state = *unit.status.operation;
  if (!state.operation.automated || state.operation.dry_run || state.operation.rollback_to || state.retries > 0) return false;
  if (!unit.spec.policy.self_heal || unit.override_ || unit.requested || unit.operation_asked || unit.terminate) return false;
  bool hooks = std::ranges::any_of(unit.plan.steps, [](const plan::Step& step) { return step.action == plan::Action::kHook; });
  return !hooks && !unit.plan.multi_step();
}

// Whether the status of a Unit, as it is in the cluster, has objects of a kind.
bool Settler::lists(const UnitKey& key, const Gvk& gvk) {
  const UnitState* other = engine.find(key);
  if (!other || other->writing || !other->wrote_once || other->spec.deleting) return false;
  const UnitStatus& status = other->written ? *other->written : other->status;
  return std::ranges::any_of(status.resources, [&](const ResourceState& resource) { return resource.gvk == gvk; });
}

bool Settler::kinds_are_listed() {
  return std::ranges::all_of(unit.plan.steps, [&](const plan::Step& step) {
    const Gvk& gvk = step.gvk;
    if (step.implicit) return false;
    auto known = engine.listed_by_.find(gvk);
    if (known != engine.listed_by_.end() && lists(known->second, gvk)) return true;
    auto [missed, fresh] = engine.missed_.try_emplace(gvk, engine.statuses_written_);
    if (!fresh && std::exchange(missed->second, engine.statuses_written_) == engine.statuses_written_) return false;
    const auto& units = engine.waiting_for_kind_[gvk];
    auto found = std::ranges::find_if(units, [&](const UnitKey* key) { return lists(*key, gvk); });
    if (found == units.end()) return false;
    engine.listed_by_[gvk] = **found;
    return true;
  });
}

// They take turns: the first come to their end before others begin. A heal does not wait for those that were there before.
void Settler::consider_turn() {
  if (unit.awaits_turn || !needs_no_announcement()) {
    if (!needs_no_announcement()) unit.awaits_turn = false;
    return;
  }
  if (engine.unannounced_ >= kMostUnannounced) {
    bool heals = unit.status.operation->operation.self_heal_attempts > 0;
    engine.turns_.insert(heals ? engine.turns_.begin() : engine.turns_.end(), unit.spec.key);
    unit.awaits_turn = true;
    return;
  }
  if (!kinds_are_listed()) return;
  unit.stage = OperationStage::kRunning;
  unit.unannounced = true;
  ++engine.unannounced_;
  unit.written_at = now;
  engine.wake_unit(unit.spec.key, now + kProgress);
}

// A turn ends with the sync, or when it has to wait or has lasted too long: then its status tells of it.
void Settler::end_turn() {
  bool goes_on = unit.stage == OperationStage::kRunning && unit.sync && unit.sync->busy() && now - unit.written_at < kProgress;
  if (!unit.unannounced || goes_on) return;
  unit.unannounced = false;
  --engine.unannounced_;
}

}  // namespace taut::engine
