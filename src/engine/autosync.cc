// When a Unit is synced by itself. The rules are those of Argo CD's autoSync (controller/appcontroller.go, v3.5);
// what differs is said where it does.
#include <algorithm>

#include "engine/settler.hh"

namespace taut::engine {
namespace {

// Drift that comes back later than this after a heal is no repeat.
constexpr Duration kQuiet = std::chrono::seconds(3);

}  // namespace

void Settler::consider_automated_sync() {
  const Policy& policy = unit.spec.policy;
  bool deletion_error = unit.sync_error && unit.sync_error->type == "DeletionError";
  if (!deletion_error) unit.sync_error.reset();
  if (!policy.automated || unit.spec.deleting || !unit.compared || unit.compare_needed || !unit.spec.errors.empty()) return;
  if (unit.status.sync != SyncState::kOutOfSync || !unit.target_is_rendered(target_sha())) return;
  if (!policy.prune && only_prunes()) return;
  if (!unit.spec.waits_for.empty()) return;
  if (!ask_gate(false, std::nullopt).open) return;
  Operation operation;
  operation.automated = true;
  operation.prune = policy.prune;
  operation.options = policy.options;
  operation.retry = policy.retry.value_or(engine.options_.automated_retry);
  if (attempted_already() && !may_heal(operation)) return;
  if (policy.prune && !policy.allow_empty && wipes_out()) {
    unit.sync_error = Condition{
        "SyncError", fmt::format("Skipping sync attempt to [{}]: auto-sync will wipe out all resources", unit.rendered), now};
    return;
  }
  start_operation(std::move(operation));
}

// Comes back by itself when the answer may be another.
Gate::Answer Settler::ask_gate(bool manual, std::optional<Time> started) {
  if (!unit.spec.gate) return {};
  Gate::Answer answer = unit.spec.gate->ask(now, manual, started);
  if (!answer.open && answer.ask_again) engine.wake_unit(unit.spec.key, *answer.ask_again);
  return answer;
}

// The last sync was to this same revision of this same source, or to one that gave the same objects.
bool Settler::attempted_already() const {
  const auto& last = unit.status.operation;
  if (!last || !completed(last->phase) || last->operation.dry_run) return false;
  return unit.attempted || (last->revision == unit.rendered && last->source->raw == unit.rendered_source->raw);
}

// Heals at once. An object that drifts again right after it was healed waits, longer each time; the others do not wait
// for it. A failed sync is tried again the same way, while the condition tells of it.
bool Settler::may_heal(Operation& operation) {
  const OperationState& last = *unit.status.operation;
  bool failed = last.phase != OperationPhase::kSucceeded;
  if (failed)
    unit.sync_error = Condition{"SyncError", fmt::format("Failed last sync attempt to [{}]: {}", last.revision, last.message), now};
  if (!unit.spec.policy.self_heal) return false;
  if (failed) {
    Time since = unit.last_sync.value_or(last.finished.value_or(last.started));
    Time next = since + heal_pace().delay(std::max<int64_t>(0, unit.failed_syncs - 1));
    if (now < next) {
      engine.wake_unit(unit.spec.key, next);
      return false;
    }
  }
  for (const ResourceState& resource : unit.status.resources) {
    if (!resource.sync || *resource.sync == SyncState::kSynced) continue;
    if (!failed && !may_heal(resource.id)) continue;
    operation.resources.push_back({resource.id.group, resource.id.kind, resource.id.ns, resource.id.name});
    operation.self_heal_attempts = std::max(operation.self_heal_attempts, unit.heals[resource.id].count);
  }
  if (operation.resources.empty()) return false;
  operation.self_heal_attempts = std::max<int64_t>(1, operation.self_heal_attempts);
  const plan::Selector& first = operation.resources.front();
  notice(Notice::Kind::kDrift, "drift", ObjectId{first.group, first.kind, first.ns, first.name});
  return true;
}

Retry Settler::heal_pace() const {
  const auto& options = engine.options_;
  return {-1, false, options.self_heal_base, options.self_heal_factor, options.self_heal_cap};
}

bool Settler::may_heal(const ObjectId& id) {
  UnitState::Heal& heal = unit.heals[id];
  Duration delay = heal.count == 0 ? Duration{} : heal_pace().delay(heal.count - 1);
  if (now - heal.last > std::max(kQuiet, 2 * delay)) {
    heal.count = 0;
    delay = {};
  }
  if (now < heal.last + delay) {
    engine.wake_unit(unit.spec.key, heal.last + delay);
    return false;
  }
  ++heal.count;
  heal.last = now;
  return true;
}

bool Settler::only_prunes() const {
  return std::ranges::all_of(unit.status.resources, [](const ResourceState& resource) {
    return !resource.sync || *resource.sync == SyncState::kSynced || resource.requires_pruning;
  });
}

bool Settler::wipes_out() const {
  return std::ranges::all_of(unit.status.resources, [](const ResourceState& resource) { return resource.requires_pruning; });
}

}  // namespace taut::engine
