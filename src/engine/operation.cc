// The life of an operation: prepared, announced in the status, run, ended or tried again.
#include <fmt/chrono.h>

#include <algorithm>

#include "base/strings.hh"
#include "engine/messages.hh"
#include "engine/settler.hh"

namespace taut::engine {
namespace {

// time.Kitchen: "3:04PM".
std::string kitchen(Time time) {
  auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(time).time_since_epoch().count() % 86400;
  auto hour = seconds / 3600, minute = seconds / 60 % 60;
  return fmt::format("{}:{:02}{}", hour % 12 == 0 ? 12 : hour % 12, minute, hour < 12 ? "AM" : "PM");
}

std::string join_conditions(const std::vector<Condition>& conditions) {
  std::vector<std::string> parts;
  for (const Condition& condition : conditions) parts.push_back(condition.type + ": " + condition.message);
  return join(parts, ";");
}

// A commit came between the announcement and the first step: what is applied, and what the history says was, is what was
// announced.
bool announced_another_target(const UnitState& unit) {
  if (unit.sync || !unit.status.operation) return false;
  const OperationState& state = *unit.status.operation;
  bool waits = unit.stage == OperationStage::kAnnounced || (unit.stage == OperationStage::kRunning && !state.operation.automated);
  return waits && unit.rendered != state.revision;
}

Shared<Source> without_manifests(const Shared<Source>& source) {
  if (source->manifests.empty()) return source;
  Source out = source;
  out.manifests.clear();
  return out;
}

}  // namespace

void Settler::consider_operation() {
  supersede();
  consider_timeout();
  if (unit.requested && unit.stage == OperationStage::kNone && !unit.end_untold) {
    Operation operation = std::move(*unit.requested);
    unit.requested.reset();
    start_operation(std::move(operation));
  }
  if (unit.stage != OperationStage::kNone && !unit.spec.errors.empty()) {
    fail_operation(join_conditions(unit.spec.errors));
    return;
  }
  if (unit.stage == OperationStage::kNone && !unit.end_untold && !consider_rollback()) consider_automated_sync();
  if (unit.stage == OperationStage::kRetrying && (now >= unit.retry_at || unit.terminate)) retry_operation();
  if (announced_another_target(unit)) {
    unit.stage = OperationStage::kPreparing;
    unit.announced = unit.announcing = false;
  }
  if (unit.stage == OperationStage::kPreparing) prepare_operation();
  if (unit.stage == OperationStage::kAnnounced && !unit.announced && !unit.announcing) consider_turn();
  if (unit.stage == OperationStage::kAnnounced && unit.announced) unit.stage = OperationStage::kRunning;
  if (unit.stage == OperationStage::kRunning && (unit.terminate || may_go_on())) run_operation();
  if (unit.stage == OperationStage::kNone && unit.requested && !unit.end_untold) engine.touch(unit.spec.key);
}

// What an operation asks for that differs from the spec is followed while it runs; a rollback, afterwards too.
void Settler::override_target(const Operation& operation) {
  Source source = operation.source ? *operation.source : unit.spec.source;
  if (!operation.revision.empty()) source = source.at(operation.revision);
  source.manifests = operation.manifests;
  if (source == unit.spec.source && !operation.rollback_to) return unit.override_.reset();
  unit.override_ = Override{std::move(source), operation.rollback_to.has_value(), operation.rollback_to.value_or(0)};
}

void Settler::start_operation(Operation operation) {
  if (operation.self_heal_attempts == 0) unit.heals.clear();
  if (!operation.automated) override_target(operation);
  if (unit.override_ && unit.override_->held) operation.rollback_to = unit.override_->history_id;
  OperationState state;
  state.operation = std::move(operation);
  state.started = now;
  state.source = unit.target();
  state.revision = target_sha();
  unit.status.operation = std::move(state);
  unit.stage = OperationStage::kPreparing;
  unit.announced = unit.announcing = unit.terminate = false;
  unit.sync_error.reset();
  notice(Notice::Kind::kSyncStarted, unit.status.operation->operation.automated
                                         ? fmt::format("Initiated automated sync to '{}'", target_sha())
                                         : fmt::format("Initiated sync to '{}'", unit.target().asked()));
  if (engine.options_.sync_timeout != Duration()) engine.wake_unit(unit.spec.key, now + engine.options_.sync_timeout);
  follow_target();
  // The namespace is looked at where an operation may make it.
  LiveKey place{{"", "Namespace", "", unit.spec.destination.ns}, "v1"};
  bool looked_at = std::ranges::any_of(engine.live_.wanted_by(unit.spec.key), [&](const LiveKey* key) { return *key == place; });
  if (makes_namespace() && !looked_at) unit.prepared = false;
  engine.touch(unit.spec.key);
}

// Goes on where an earlier process stopped.
void Settler::resume_operation() {
  if (!unit.status.operation) return;
  OperationState& state = *unit.status.operation;
  if (state.finished) unit.last_sync = *state.finished;
  if (state.operation.rollback_to) {
    unit.override_ = Override{state.source->at(state.revision), true, *state.operation.rollback_to};
  }
  if (completed(state.phase)) return;
  if (state.operation.automated) {
    state.operation.source.reset();
    state.operation.revision.clear();
  } else if (!state.operation.rollback_to) {
    override_target(state.operation);
  }
  if (engine.options_.sync_timeout != Duration()) engine.wake_unit(unit.spec.key, state.started + engine.options_.sync_timeout);
  unit.terminate = state.phase == OperationPhase::kTerminating;
  unit.terminate_reason = "Operation terminated";
  unit.stage = OperationStage::kPreparing;
  if (state.finished) {
    unit.stage = OperationStage::kRetrying;
    unit.retry_at = *state.finished + state.operation.retry.delay(std::max<int64_t>(0, state.retries - 1));
    engine.wake_unit(unit.spec.key, unit.retry_at);
  }
}

// Waits until the target of the operation is rendered and compared.
void Settler::prepare_operation() {
  if (unit.terminate) return fail_operation(unit.terminate_reason);
  if (const std::string& why = unit.status.operation->operation.unsupported; !why.empty()) return fail_operation(why);
  if (auto error = load_error(); error && !error->transient())
    return fail_operation("ComparisonError: Failed to load target state: " + error->to_string());
  bool ready = unit.target_is_rendered(target_sha()) && unit.prepared && unit.compared && !unit.compare_needed;
  if (!ready) return;
  OperationState& state = *unit.status.operation;
  state.phase = OperationPhase::kRunning;
  state.revision = unit.rendered;
  state.source = unit.rendered_source;
  bool shared = plan::has_option(state.operation.options, "FailOnSharedResource=true") ||
                plan::has_option(unit.spec.policy.options, "FailOnSharedResource=true");
  if (shared && !unit.live_conditions.empty())
    return fail_operation("Shared resource found: " + unit.live_conditions.front().message);
  unit.stage = OperationStage::kAnnounced;
  unit.announced = unit.announcing = false;
  list_coming_hooks();
}

// The namespace of the destination, when it is wanted and not among the objects. It carries no mark: it stays. One that
// is there is left as it is unless the policy gives it metadata: another Unit may have it among its objects.
void Settler::add_namespace(plan::Plan& plan) const {
  const std::string& name = unit.spec.destination.ns;
  if (!makes_namespace()) return;
  ObjectId id{"", "Namespace", "", name};
  for (const plan::Step& step : plan.steps)
    if (step.id == id && !step.desired.is_null()) return;
  const Value* live = engine.live_.find({id, "v1"});
  const Value& labels = unit.spec.policy.namespace_labels;
  const Value& annotations = unit.spec.policy.namespace_annotations;
  plan::Step step;
  step.implicit = true;
  step.gvk = {"", "v1", "Namespace"};
  step.id = id;
  step.desired = Value::map({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Value::map({{"name", name}})}});
  if (labels.is_map()) step.desired.edit("metadata").set("labels", labels);
  if (annotations.is_map()) step.desired.edit("metadata").set("annotations", annotations);
  if (live) {
    if (!labels.is_map() && !annotations.is_map()) return;
    step.live = *live;
    step.changes = plan::compare(step.desired, *live, {manager_of(step, unit.spec), nullptr});
    if (step.changes.empty()) return;
  }
  step.action = live ? plan::Action::kChange : plan::Action::kCreate;
  step.phase = plan::Phase::kPreSync;
  step.intent = plan::intent_of(step.desired);
  step.reason = "CreateNamespace=true";
  // Before everything else, whatever wave that has.
  step.wave = plan.steps.empty() || plan.steps.front().phase != plan::Phase::kPreSync ? 0 : plan.steps.front().wave;
  plan.steps.insert(plan.steps.begin(), std::move(step));
}

// An operation that a sync window shuts out is announced and waits, between its steps too.
bool Settler::may_go_on() {
  OperationState& state = *unit.status.operation;
  Gate::Answer answer = ask_gate(!state.operation.automated, state.started);
  if (answer.open) return true;
  state.message = "Sync operation blocked by sync window";
  if (!answer.reason.empty()) state.message += ": " + answer.reason;
  return false;
}

void Settler::run_operation() {
  if (!unit.sync) {
    if (!unit.prepared || !live_is_known()) {
      // What it waits for may never come, and nothing was begun that would have to be cleaned up.
      if (unit.terminate && unit.status.operation->results.empty()) fail_operation(unit.terminate_reason, OperationPhase::kFailed);
      return;
    }
    auto plan = make_plan(pairs(), &unit.status.operation->operation);
    add_namespace(plan);
    unit.sync = std::make_unique<Sync>(*unit.status.operation, std::move(plan));
    unit.attempted = !unit.status.operation->operation.dry_run;
  }
  if (unit.terminate) unit.sync->terminate(unit.terminate_reason);
  unit.sync->advance(world());
  if (completed(unit.status.operation->phase)) end_operation();
}

void Settler::fail_operation(std::string message, OperationPhase phase) {
  OperationState& state = *unit.status.operation;
  state.phase = phase;
  state.message = std::move(message);
  state.finished = now;
  end_operation();
}

// Ends the attempt: for good, or to be tried again. A server that is away does not use up an automated sync's
// attempts: it is tried until it answers.
void Settler::end_operation() {
  OperationState& state = *unit.status.operation;
  bool transient = unit.sync && unit.sync->transient();
  unit.sync.reset();
  bool failed = state.phase != OperationPhase::kSucceeded;
  const Retry& retry = state.operation.retry;
  bool left = retry.limit < 0 || state.retries < retry.limit || (transient && state.operation.automated);
  if (!failed || unit.terminate || !left || !unit.spec.errors.empty()) return conclude_operation();
  unit.retry_at = now + retry.delay(state.retries);
  ++state.retries;
  state.phase = OperationPhase::kRunning;
  state.finished = now;
  if (!state.message.ends_with('.')) state.message += '.';
  state.message += fmt::format(" Retrying attempt #{} at {}.", state.retries, kitchen(unit.retry_at));
  unit.stage = OperationStage::kRetrying;
  unit.compare_needed = true;
  engine.wake_unit(unit.spec.key, unit.retry_at);
}

void Settler::conclude_operation() {
  OperationState& state = *unit.status.operation;
  bool succeeded = state.phase == OperationPhase::kSucceeded;
  if (!succeeded && state.retries > 0) state.message += fmt::format(" (retried {} times).", state.retries);
  if (!state.finished) state.finished = now;
  unit.stage = OperationStage::kNone;
  unit.terminate = false;
  unit.end_untold = true;
  if (succeeded && !state.operation.dry_run && state.operation.resources.empty()) add_history();
  if (succeeded && !state.operation.dry_run) begin_trial();
  if (unit.override_ && !unit.override_->held) unit.override_.reset();
  state.source = without_manifests(state.source);
  if (state.operation.automated) unit.last_sync = now;
  unit.failed_syncs = succeeded ? 0 : unit.failed_syncs + 1;
  engine.effects_.push_back(Notice{.unit = unit.spec.key,
                                   .kind = Notice::Kind::kSyncFinished,
                                   .message = state.message,
                                   .failed = !succeeded,
                                   .elapsed = now - state.started,
                                   .revision = state.revision,
                                   .partial = !state.operation.resources.empty()});
  if (succeeded && state.operation.self_heal_attempts > 0) {
    std::optional<ObjectId> first;
    if (!state.results.empty()) first = state.results.front().id;
    notice(Notice::Kind::kHealed, state.message, first, false, now - unit.drift_since.value_or(state.started));
  }
  unit.drift_since.reset();
  unit.compare_needed = true;
  // Hooks that were listed to come, and did not, or went again.
  std::erase_if(unit.status.resources, [this](const ResourceState& r) {
    return r.hook && engine.live_.ready(r.gvk) && !engine.live_.find({r.id, r.gvk.version});
  });
  engine.touch(unit.spec.key);
}

void Settler::retry_operation() {
  OperationState& state = *unit.status.operation;
  if (unit.terminate) return fail_operation(unit.terminate_reason);
  state.message = fmt::format("Retrying operation. Attempt #{}", state.retries);
  state.finished.reset();
  state.results.clear();
  unit.stage = OperationStage::kPreparing;
  unit.compare_needed = true;
  engine.touch(unit.spec.key);
}

// An automated sync that only waits makes way for what somebody asks for (a rollback must not wait for its retries),
// and for a newer commit.
void Settler::supersede() {
  if (unit.stage != OperationStage::kRunning && unit.stage != OperationStage::kRetrying) return;
  OperationState& state = *unit.status.operation;
  if (!state.operation.automated || (unit.sync && unit.sync->busy())) return;
  if (unit.requested) {
    unit.terminate = true;
    unit.terminate_reason = "Operation terminated: superseded by a requested operation";
    return;
  }
  if (unit.override_ || !unit.prepared || unit.attempted) return;
  if (unit.rendered == state.revision || !unit.target_is_rendered(target_sha())) return;
  unit.terminate = true;
  unit.terminate_reason = fmt::format("Operation terminated: superseded by revision {}", unit.rendered);
}

// Kustomizations have timeouts of their own.
void Settler::consider_timeout() {
  Duration limit = engine.options_.sync_timeout;
  bool limited = limit != Duration() && unit.stage != OperationStage::kNone && unit.spec.judgement == Judgement::kArgo;
  if (!limited || unit.terminate || now < unit.status.operation->started + limit) return;
  unit.terminate = true;
  unit.terminate_reason = "Operation terminated, triggered by controller sync timeout";
}

void Settler::add_history() {
  const OperationState& state = *unit.status.operation;
  auto& history = unit.status.history;
  int64_t id = history.empty() ? 0 : history.back().id + 1;
  history.push_back({id, state.revision, without_manifests(state.source), state.started, now, state.operation.automated, state.operation.user});
  auto limit = static_cast<size_t>(std::max<int64_t>(0, unit.spec.history_limit));
  if (history.size() > limit) history.erase(history.begin(), history.end() - static_cast<ptrdiff_t>(limit));
}

}  // namespace taut::engine
