// Automated syncs that are over before an announcement would be written.
//
// An operation is announced so that whoever takes over finds it. An automated sync without hooks is found without that: its
// Unit is OutOfSync, and is synced again by the same rule. So its only word is its end; it is told of on the way when it has
// to wait, or lasts. What a process that dies over it has applied must be found too, also when the source does not name it
// any more: objects of a kind are looked for only where some status lists one, so the first of a kind is announced, and the
// others wait for that.
#include <algorithm>

#include "engine/settler.hh"

namespace taut::engine {

// What was applied by a sync that nobody knows of is seen as drift: that is healed only where the policy says so.
bool Settler::needs_no_announcement() const {
  const OperationState& state = *unit.status.operation;
  if (!state.operation.automated || state.operation.dry_run || state.operation.rollback_to || state.retries > 0) return false;
  if (!unit.spec.policy.self_heal || unit.override_ || unit.requested || unit.operation_asked || unit.terminate) return false;
  auto is_told = [](const plan::Step& step) { return step.action == plan::Action::kHook || step.implicit; };
  return std::ranges::none_of(unit.plan.steps, is_told) && !unit.plan.multi_step();
}

// Whether the status of a Unit, as it is in the cluster, has objects of a kind; while another is on its way there, both
// have: what was announced is what is told at the end.
bool Settler::lists(const UnitKey& key, const Gvk& gvk) {
  const UnitState* other = engine.find(key);
  if (!other || (other->writing && !other->announced) || !other->wrote_once || other->spec.deleting) return false;
  const UnitStatus& status = other->written ? *other->written : other->status;
  return std::ranges::any_of(status.resources, [&](const ResourceState& resource) { return resource.gvk == gvk; });
}

bool Settler::is_listed_somewhere(const Gvk& gvk) {
  auto known = engine.listed_by_.find(gvk);
  if (known != engine.listed_by_.end() && lists(known->second, gvk)) return true;
  auto [missed, fresh] = engine.missed_.try_emplace(gvk, engine.statuses_written_);
  if (!fresh && std::exchange(missed->second, engine.statuses_written_) == engine.statuses_written_) return false;
  const auto& units = engine.waiting_for_kind_[gvk];
  auto found = std::ranges::find_if(units, [&](const UnitKey* key) { return lists(*key, gvk); });
  if (found == units.end()) return false;
  engine.listed_by_[gvk] = **found;
  return true;
}

// Whether the Unit may go on as far as the kinds of its objects go. When some are not listed yet it is announced, unless
// another that has objects of them is being announced: then it waits for that.
bool Settler::kinds_are_listed() {
  std::vector<Gvk> unlisted;
  for (const plan::Step& step : unit.plan.steps)
    if (std::ranges::find(unlisted, step.gvk) == unlisted.end() && !is_listed_somewhere(step.gvk)) unlisted.push_back(step.gvk);
  if (unlisted.empty()) return true;
  auto is_led = [this](const Gvk& gvk) { return engine.pioneers_.contains(gvk); };
  if (std::ranges::any_of(unlisted, is_led)) {
    unit.awaits_turn = true;
    engine.followers_.insert(unit.spec.key);
    return false;
  }
  // One whose status could not be written holds nobody up.
  if (now < unit.write_again) return false;
  for (const Gvk& gvk : unlisted) engine.pioneers_[gvk] = unit.spec.key;
  unit.pioneer = true;
  return false;
}

// Its status is written, or will not be: those that waited for it look again.
void Engine::end_lead(UnitState& unit) {
  if (!std::exchange(unit.pioneer, false)) return;
  std::erase_if(pioneers_, [&](const auto& entry) { return entry.second == unit.spec.key; });
  for (const UnitKey& key : std::exchange(followers_, {})) {
    UnitState* follower = find(key);
    if (!follower) continue;
    follower->awaits_turn = false;
    touch(key);
  }
}

// They take turns: the first come to their end before others begin. A heal does not wait for those that were there before.
void Settler::consider_turn() {
  if (unit.pioneer) return;
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
  if (unit.stage != OperationStage::kAnnounced || unit.announced) engine.end_lead(unit);
  bool goes_on = unit.stage == OperationStage::kRunning && unit.sync && unit.sync->busy() && now - unit.written_at < kProgress;
  if (!unit.unannounced || goes_on) return;
  unit.unannounced = false;
  --engine.unannounced_;
}

}  // namespace taut::engine
