#include "engine/settler.hh"

namespace taut::engine {

void Settler::notice(Notice::Kind kind, std::string message, std::optional<ObjectId> object, bool failed, Duration elapsed) {
  engine.effects_.push_back(Notice{unit.spec.key, kind, std::move(message), std::move(object), failed, elapsed});
}

// A kind that cannot be listed leaves the whole Unit unknown, and so does a cluster that went away and stays away.
void Settler::note_unreadable_kinds() {
  unit.unreadable.reset();
  for (const Gvk& gvk : *unit.kinds) {
    const auto* kind = engine.live_.find_kind(gvk);
    if (!kind || !kind->error || (kind->synced && now < kind->down_since + kShortOutage)) continue;
    bool away = kind->synced && kind->error->transient();
    std::string what = away ? fmt::format("failed to get cluster info for \"{}\": error synchronizing cache state", unit.spec.destination.server)
                            : fmt::format("failed to list resources of kind {}", gvk.to_string());
    unit.unreadable =
        Condition{"ComparisonError", fmt::format("Failed to load live state: {}: {}", what, kind->error->message()), now};
    unit.status.sync = SyncState::kUnknown;
    return;
  }
}

void Settler::run() {
  wake();
  settle();
  bool active = unit.stage != OperationStage::kNone;
  if (active != unit.active) engine.active_ += active ? 1 : -1;
  unit.active = active;
  end_turn();
  rest();
}

void Settler::settle() {
  if (unit.spec.deleting && (unit.spec.cascade != Cascade::kOrphan || unit.spec.pre_delete || unit.spec.post_delete)) {
    tear_down();
    write_status();
    return;
  }
  if (!unit.spec.errors.empty()) {
    unit.status.sync = SyncState::kUnknown;
    unit.status.health = {HealthState::kUnknown, ""};
    consider_operation();
    write_status();
    return;
  }
  follow_target();
  if (!unit.rendered.empty()) {
    prepare();
    // While requests of a sync are on their way each answer changes something: it is compared when they are in.
    bool busy = unit.sync && unit.sync->busy();
    if (unit.prepared && unit.compare_needed && !busy && live_is_known()) compare();
    if (unit.compared && !unit.compare_needed && !busy) note_revision();
  }
  note_unreadable_kinds();
  // A server that is away says nothing about the objects; a source that is wrong does.
  if (auto error = load_error(); error && (unit.rendered.empty() || !error->transient())) {
    unit.status.sync = SyncState::kUnknown;
    for (ResourceState& resource : unit.status.resources)
      if (resource.sync) resource.sync = SyncState::kUnknown;
  }
  consider_operation();
  consider_cause();
  write_status();
}

}  // namespace taut::engine
