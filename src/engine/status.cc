// When a Unit's status is written, and with which conditions.
#include <algorithm>

#include "engine/settler.hh"

namespace taut::engine {

// A condition keeps its time while it says the same.
std::vector<Condition> Settler::conditions() {
  std::vector<Condition> out = unit.spec.errors;
  if (unit.spec.errors.empty()) {
    if (auto error = load_error()) out.push_back({"ComparisonError", load_message(*error), now});
    if (unit.unreadable) out.push_back(*unit.unreadable);
    out.insert(out.end(), unit.target_conditions.begin(), unit.target_conditions.end());
    out.insert(out.end(), unit.live_conditions.begin(), unit.live_conditions.end());
  }
  out.insert(out.end(), unit.spec.warnings.begin(), unit.spec.warnings.end());
  if (unit.sync_error) out.push_back(*unit.sync_error);
  if (unit.override_ && unit.override_->held)
    out.push_back({"AutoSyncHeldWarning",
                   fmt::format("Rolled back to revision {} (history id {}): automated sync is held there until the next sync",
                               unit.override_->source.asked(), unit.override_->history_id),
                   now});
  if (auto pending = trial()) out.push_back(std::move(*pending));
  if (auto why = cause()) out.push_back(std::move(*why));
  for (Condition& condition : out) {
    condition.since = now;
    for (const Condition& old : unit.status.conditions)
      if (old.type == condition.type && old.message == condition.message) condition.since = old.since;
  }
  return out;
}

// What passes while a sync runs is part of the sync: told is where it ends.
void Settler::tell_health() {
  HealthState state = unit.status.health.state;
  if (unit.stage != OperationStage::kNone || state == unit.told_health) return;
  engine.effects_.push_back(Notice{.unit = unit.spec.key,
                                   .kind = Notice::Kind::kHealthChanged,
                                   .message = std::string(health_name(state)),
                                   .before = std::string(health_name(unit.told_health))});
  unit.told_health = state;
}

bool Settler::only_revision_moved() const {
  UnitStatus moved = *unit.written;
  moved.revision = unit.status.revision;
  moved.compared_source = unit.status.compared_source;
  return moved == unit.status;
}

Urgency Settler::urgency() const {
  if (unit.stage != OperationStage::kNone || !unit.wrote_once) return Urgency::kSoon;
  auto phase = [](const UnitStatus& status) { return status.operation ? std::optional(status.operation->phase) : std::nullopt; };
  if (phase(unit.status) != phase(*unit.written)) return Urgency::kNow;
  return only_revision_moved() ? Urgency::kLater : Urgency::kSoon;
}

void Settler::write_status() {
  unit.status.conditions = conditions();
  unit.status.load_error.reset();
  if (auto error = load_error()) unit.status.load_error = LoadError{error->code(), error->to_string()};
  // Nothing is said before something is known, so that a restart does not wipe out what was known before.
  bool known = unit.compared || load_error() || unit.unreadable || !unit.spec.errors.empty() || unit.spec.deleting ||
               unit.stage != OperationStage::kNone;
  if (unit.writing || !known || now < unit.write_again) return;
  // What a sync has made of the objects is compared in this same step: one write tells both.
  if (unit.end_untold && unit.compare_needed && engine.dirty_.contains(unit.spec.key)) return;
  bool preparing = (unit.stage == OperationStage::kPreparing && !load_error()) || unit.awaits_turn;
  bool busy = unit.sync && unit.sync->busy();
  if (preparing || (busy && now - unit.written_at < kProgress)) return;
  bool announce = unit.stage == OperationStage::kAnnounced && !unit.announced;
  bool changed = !(unit.status == *unit.written) || !unit.wrote_once || announce;
  bool clear_refresh = unit.refresh_asked && !unit.compare_needed && unit.rendering.empty();
  // Taken over in the same write that announces it: a restart finds one or the other.
  bool clear_operation = unit.operation_asked && !unit.requested && (announce || unit.stage == OperationStage::kNone);
  if (!changed && !clear_refresh && !clear_operation) return;
  tell_health();
  Urgency how = clear_refresh ? Urgency::kNow : urgency();
  if (announce || clear_operation) how = std::min(how, unit.pioneer ? Urgency::kNow : Urgency::kSoon);
  engine.later_.erase(unit.spec.key);
  if (how == Urgency::kLater && engine.later_writes_ >= kMostLaterWrites) {
    engine.later_.insert(unit.spec.key);
    return;
  }
  unit.writing_later = how == Urgency::kLater;
  if (unit.writing_later) ++engine.later_writes_;
  unit.status.reconciled = now;
  unit.written = unit.status;
  unit.wrote_once = true;
  unit.writing = true;
  unit.end_untold = false;
  unit.written_at = now;
  unit.announcing = announce;
  if (clear_refresh) {
    unit.refresh_asked = false;
    notice(Notice::Kind::kRefreshed);
  }
  unit.clearing_refresh = clear_refresh;
  unit.clearing_operation = clear_operation;
  if (clear_operation) unit.operation_asked = false;
  engine.effects_.push_back(WriteStatus{unit.spec.key, unit.status, clear_operation, clear_refresh, how});
}

}  // namespace taut::engine
