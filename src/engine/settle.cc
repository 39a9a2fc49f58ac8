#include "engine/settler.hh"

namespace taut::engine {

void Settler::notice(Notice::Kind kind, std::string message, std::optional<ObjectId> object, bool failed, Duration elapsed) {
  engine.effects_.push_back(Notice{unit.spec.key, kind, std::move(message), std::move(object), failed, elapsed});
}

void Settler::run() {
  if (unit.spec.deleting && unit.spec.cascade != Cascade::kOrphan) {
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
    if (unit.prepared && unit.compare_needed && live_is_known()) compare();
  }
  // A server that is away says nothing about the objects; a source that is wrong does.
  if (auto error = load_error(); error && (unit.rendered.empty() || !error->transient())) {
    unit.status.sync = SyncState::kUnknown;
    for (ResourceState& resource : unit.status.resources)
      if (resource.sync) resource.sync = SyncState::kUnknown;
  }
  consider_operation();
  write_status();
}

}  // namespace taut::engine
