// A Unit that asks for it is rolled back when a new revision is Degraded at the end of its trial, or is still Progressing
// and never was Healthy. What breaks later is not its doing. Nothing of the kind is in Argo CD.
#include <algorithm>

#include "engine/settler.hh"

namespace taut::engine {
namespace {

constexpr std::string_view kType = "RevisionOnTrialInfo";
// Objects look Healthy for a moment until their controllers have seen the change.
constexpr Duration kProof = std::chrono::seconds(10);

}  // namespace

// The newest entry of the history with another revision than the last one.
const History* Settler::last_different() const {
  const auto& history = unit.status.history;
  for (auto entry = history.rbegin(); entry != history.rend(); ++entry)
    if (entry->revision != history.back().revision) return &*entry;
  return nullptr;
}

// A sync to a new revision has succeeded.
void Settler::begin_trial() {
  const Operation& operation = unit.status.operation->operation;
  bool fresh = unit.status.history.size() >= 2 && unit.status.history.back().deployed == now &&
               unit.status.history.back().revision != unit.status.history[unit.status.history.size() - 2].revision;
  if (!fresh || !unit.spec.rollback_after || operation.rollback_to || !last_different()) return;
  unit.trial = now + *unit.spec.rollback_after;
  unit.trial_healthy.reset();
  unit.trial_proved = false;
}

void Settler::resume_trial() {
  if (!unit.spec.rollback_after || unit.status.history.empty()) return;
  for (const Condition& condition : unit.status.conditions)
    if (condition.type == kType) unit.trial = unit.status.history.back().deployed + *unit.spec.rollback_after;
}

void Settler::watch_trial(HealthState state) {
  if (unit.trial_healthy && now - *unit.trial_healthy >= kProof) unit.trial_proved = true;
  if (state != HealthState::kHealthy) return unit.trial_healthy.reset();
  if (!unit.trial_healthy) unit.trial_healthy = now;
}

// True when a rollback was started.
bool Settler::consider_rollback() {
  if (!unit.trial || unit.requested || !unit.compared || unit.compare_needed || load_error()) return false;
  HealthState state = unit.status.health.state;
  const History* before = last_different();
  if (!unit.spec.rollback_after || !before || unit.override_) {
    unit.trial.reset();
    return false;
  }
  watch_trial(state);
  if (now < *unit.trial) {
    engine.wake_unit(unit.spec.key, *unit.trial);
    return false;
  }
  unit.trial.reset();
  bool passed = state == HealthState::kHealthy || state == HealthState::kSuspended || (state == HealthState::kProgressing && unit.trial_proved);
  if (passed) return false;
  notice(Notice::Kind::kRolledBack,
         fmt::format("Revision {} was not Healthy {} after its sync ({}): rolled back to {}", unit.status.history.back().revision,
                     format_go_duration(*unit.spec.rollback_after), health_name(state), before->revision));
  Operation operation;
  operation.revision = before->revision;
  operation.source = *before->source;
  operation.prune = unit.spec.policy.prune;
  operation.options = unit.spec.policy.options;
  operation.retry = unit.spec.policy.retry.value_or(engine.options_.automated_retry);
  operation.rollback_to = before->id;
  operation.user = "rollback-after";
  start_operation(std::move(operation));
  return true;
}

std::optional<Condition> Settler::trial() const {
  const History* before = last_different();
  if (!unit.trial || !before) return std::nullopt;
  return Condition{std::string(kType),
                   fmt::format("Revision {} is rolled back to {} unless it is Healthy at {}", unit.status.history.back().revision, before->revision,
                               format_rfc3339(*unit.trial)),
                   now};
}

}  // namespace taut::engine
