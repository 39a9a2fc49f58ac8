#include "engine/sync.hh"

#include <algorithm>

#include "base/strings.hh"
#include "engine/health_of.hh"
#include "engine/messages.hh"

namespace taut::engine {
namespace {

using plan::Action;
using plan::Phase;

const Value* find_condition(const Value& object, std::string_view type) {
  for (const Value& condition : object["status"]["conditions"].items())
    if (condition["type"].as_string() == type) return &condition;
  return nullptr;
}

bool is_crd(const plan::Step& step) {
  return step.gvk.kind == "CustomResourceDefinition" && step.gvk.group == "apiextensions.k8s.io";
}

bool established(const Value& crd) {
  const Value* condition = find_condition(crd, "Established");
  return condition && (*condition)["status"].as_string() == "True";
}

}  // namespace

Sync::Sync(OperationState& state, plan::Plan plan) : state_(state), plan_(std::move(plan)) {
  multi_step_ = plan_.multi_step();
  for (const auto& step : plan_.steps) tasks_.push_back({.step = &step});
  adopt_results();
}

// A hook that ended before a restart keeps its end; everything else is looked at anew.
void Sync::adopt_results() {
  auto old = std::move(state_.results);
  state_.results.clear();
  for (const TaskResult& result : old) {
    if (!result.hook || !result.state || !completed(*result.state)) continue;
    for (Task& task : tasks_) {
      if (task.step->action != Action::kHook || task.step->id != result.id || task.step->phase != result.phase) continue;
      task.stage = *result.state == OperationPhase::kSucceeded ? Stage::kSucceeded : Stage::kFailed;
      task.message = result.message;
      state_.results.push_back(result);
    }
  }
}

const Value* Sync::live_of(const Task& task, const World& world) const {
  return world.live.find({task.step->id, task.step->gvk.version});
}

bool Sync::option(const World& world, std::string_view option, const Value& object) const {
  return plan::has_option(object, plan::kSyncOptionsAnnotation, option) ||
         plan::has_option(state_.operation.options, option) || plan::has_option(world.spec.policy.options, option);
}

const plan::Step* Sync::step_of(Ticket ticket) const {
  auto it = tickets_.find(ticket);
  bool carried_out = it != tickets_.end() && tasks_[it->second].stage != Stage::kMigrating;
  return carried_out ? tasks_[it->second].step : nullptr;
}

void Sync::terminate(std::string message) {
  terminating_ = true;
  termination_ = std::move(message);
}

void Sync::advance(World world) {
  while (!completed(state_.phase)) {
    if (terminating_) return end_terminated(world);
    if (finishing_) {
      if (tickets_.empty() && cleanup_.empty()) finish(world);
      return;
    }
    if (group_.begin == group_.end && !next_group()) {
      finishing_ = true;
      clean_up_hooks(world, failure_.empty());
      continue;
    }
    if (!run_group(world)) return say_what_is_awaited();
    finish_group();
  }
}

// The next (phase, wave) with tasks that have not ended. The SyncFail phase runs only after a failure.
bool Sync::next_group() {
  for (size_t i = group_.end; i < tasks_.size();) {
    size_t end = i + 1;
    const plan::Step& first = *tasks_[i].step;
    while (end < tasks_.size() && tasks_[end].step->phase == first.phase && tasks_[end].step->wave == first.wave) ++end;
    if ((first.phase == Phase::kSyncFail) == failing_) {
      group_ = {i, end};
      return true;
    }
    i = end;
  }
  return false;
}

bool Sync::run_group(World& world) {
  auto begin = tasks_.begin() + static_cast<ptrdiff_t>(group_.begin);
  auto end = tasks_.begin() + static_cast<ptrdiff_t>(group_.end);
  std::for_each(begin, end, [&](Task& task) { check(task, world); });

  // What goes away goes first; what comes waits until those deletes are answered.
  for (auto task = begin; task != end; ++task)
    if (task->stage == Stage::kPending && task->step->action == Action::kPrune) start_prune(*task, world);
  for (auto task = begin; task != end; ++task)
    if (task->stage == Stage::kPending && task->step->action == Action::kHook) start_hook_removal(*task, world);
  auto is_in = [](Stage stage) { return [stage](const Task& task) { return task.stage == stage; }; };
  if (std::any_of(begin, end, [&](const Task& task) { return unconfirmed(task); })) return false;
  bool removing = std::any_of(begin, end, is_in(Stage::kRemoving)) || std::any_of(begin, end, is_in(Stage::kReleasing));
  if (removing) return false;

  // Kinds go one after the other, all objects of a kind at once.
  for (auto task = begin; task != end;) {
    auto run_end = std::find_if(task, end, [&](const Task& t) { return t.step->gvk.kind != task->step->gvk.kind; });
    for (auto t = task; t != run_end; ++t)
      if (t->stage == Stage::kPending) start_apply(*t, world);
    bool unfinished = std::any_of(task, run_end, is_in(Stage::kApplying)) || std::any_of(task, run_end, is_in(Stage::kMigrating)) || std::any_of(task, run_end, is_in(Stage::kPending));
    if (unfinished) return false;
    task = run_end;
  }
  std::for_each(begin, end, [&](Task& task) { check(task, world); });
  return std::all_of(begin, end, [](const Task& task) { return terminal(task.stage); });
}

void Sync::start_prune(Task& task, World& world) {
  const Value& object = task.step->live;
  auto skip = [&](std::string message) {
    record(task, ResultCode::kPruneSkipped, OperationPhase::kSucceeded, std::move(message));
    task.stage = Stage::kSucceeded;
  };
  if (!task.step->refused.empty()) return skip(task.step->refused);
  if (!state_.operation.prune) return skip("ignored (requires pruning)");
  auto prune = plan::option_value(object, plan::kSyncOptionsAnnotation, "Prune");
  if (!prune) prune = plan::option_value(state_.operation.options, "Prune");
  if (prune == "false") return skip("ignored (no prune)");
  if (state_.operation.dry_run) {
    record(task, ResultCode::kPruned, OperationPhase::kSucceeded, "pruned (dry run)");
    task.stage = Stage::kSucceeded;
    return;
  }
  // It waits, and all of its wave with it.
  if (prune == "confirm" && !world.spec.confirmed(state_.started)) return;
  if (object["metadata"].contains("deletionTimestamp")) {
    task.stage = Stage::kVanishing;
    return check_vanishing(task, world);
  }
  auto propagation = plan::option_value(state_.operation.options, "PrunePropagationPolicy").value_or("foreground");
  delete_object(task, world, propagation == "orphan" ? "Orphan" : propagation == "background" ? "Background" : "Foreground");
}

// A prune that waits for somebody to confirm it.
bool Sync::unconfirmed(const Task& task) const {
  return task.step->action == Action::kPrune && task.stage == Stage::kPending;
}

void Sync::delete_object(Task& task, World& world, const std::string& propagation) {
  const Value* live = live_of(task, world);
  Ticket ticket = world.next_ticket++;
  tickets_[ticket] = static_cast<size_t>(&task - tasks_.data());
  DeleteOptions options;
  options.propagation = propagation;
  options.uid = live ? (*live)["metadata"]["uid"].str() : std::string();
  world.effects.push_back(Delete{world.spec.key, ticket, {task.step->gvk, task.step->id.ns, task.step->id.name}, options});
  task.stage = Stage::kRemoving;
}

// An earlier run of a hook is removed before the next is created, its finalizer first. A hook that this very
// operation made before a restart is taken over as it is.
void Sync::start_hook_removal(Task& task, World& world) {
  const Value* live = live_of(task, world);
  if (!live || state_.operation.dry_run || task.removed) return;
  if (annotation_of(*live, kOperationAnnotation) == operation_mark(state_)) {
    task.stage = Stage::kWaiting;
    return;
  }
  if (!task.step->intent.delete_before_creation) return;
  if (has_finalizer(*live, plan::kHookFinalizer)) return remove_finalizer(task, world, Stage::kReleasing);
  delete_object(task, world, "Background");
}

void Sync::remove_finalizer(Task& task, World& world, Stage stage) {
  const Value* live = live_of(task, world);
  Ticket ticket = world.next_ticket++;
  tickets_[ticket] = static_cast<size_t>(&task - tasks_.data());
  world.effects.push_back(Apply{world.spec.key, ticket, without_hook_finalizer(*task.step, *live, world.spec)});
  task.stage = stage;
}

void Sync::start_apply(Task& task, World& world) {
  const plan::Step& step = *task.step;
  if (!step.refused.empty()) {
    record(task, ResultCode::kSyncFailed, OperationPhase::kFailed, step.refused);
    task.stage = Stage::kFailed;
    return;
  }
  if (step.action == Action::kUnchanged) {
    record(task, ResultCode::kSynced, OperationPhase::kRunning, object_message(step, "unchanged"));
    task.stage = Stage::kWaiting;
    return;
  }
  if (unserved(task, world) && definition_to_come(task)) return;
  if (unserved(task, world) && !option(world, "SkipDryRunOnMissingResource=true", step.desired)) {
    transient_ = true;
    record(task, ResultCode::kSyncFailed, OperationPhase::kFailed, missing_kind_message(step));
    task.stage = Stage::kFailed;
    return;
  }
  if (start_migration(task, world)) return;
  ApplyMode mode;
  mode.dry_run = state_.operation.dry_run;
  mode.replace = !step.implicit && option(world, "Replace=true", step.desired);
  mode.respect_ignore = option(world, "RespectIgnoreDifferences=true", step.desired);
  mode.validate = !option(world, "Validate=false", step.desired);
  if (step.action == Action::kHook) mode.operation_mark = operation_mark(state_);
  Ticket ticket = world.next_ticket++;
  tickets_[ticket] = static_cast<size_t>(&task - tasks_.data());
  world.effects.push_back(Apply{world.spec.key, ticket, apply_request(step, live_of(task, world), world.spec, mode)});
  task.stage = Stage::kApplying;
}

// Fields that kubectl applied on the client's side are the server's "kubectl-client-side-apply" until they are handed
// over: without that, what is no longer wanted of them would stay.
bool Sync::start_migration(Task& task, World& world) {
  const plan::Step& step = *task.step;
  const Value* live = live_of(task, world);
  bool wanted = live && !step.implicit && !task.migrated && !state_.operation.dry_run && step.action == Action::kChange &&
                !option(world, "ClientSideApplyMigration=false", step.desired) && !option(world, "Replace=true", step.desired);
  auto request = wanted ? migration_request(step, *live, world.spec) : std::nullopt;
  if (!request) return false;
  Ticket ticket = world.next_ticket++;
  tickets_[ticket] = static_cast<size_t>(&task - tasks_.data());
  world.effects.push_back(Apply{world.spec.key, ticket, std::move(*request)});
  task.stage = Stage::kMigrating;
  return true;
}

// Force=true recreates an object, but only when the server said that a field cannot be changed, and once.
bool Sync::may_recreate(const Task& task, const Error& error, const World& world) const {
  bool forced = state_.operation.force || task.step->intent.recreate || option(world, "Force=true", task.step->desired);
  return forced && !task.removed && !state_.operation.dry_run && error.code() == Code::kInvalid &&
         says_immutable(error.message()) && live_of(task, world);
}

bool Sync::unserved(const Task& task, const World& world) const {
  const auto* kind = world.live.find_kind(task.step->gvk);
  return kind && kind->known && !kind->served;
}

// The kind's definition is part of this sync and has not failed: the object waits until the kind is served.
bool Sync::definition_to_come(const Task& task) const {
  return std::ranges::any_of(tasks_, [&](const Task& other) {
    const Value& spec = other.step->desired["spec"];
    return is_crd(*other.step) && other.stage != Stage::kFailed && spec["group"].as_string() == task.step->gvk.group &&
           spec["names"]["kind"].as_string() == task.step->gvk.kind;
  });
}

bool Sync::applied(Ticket ticket, const Result<WriteResult>& result, World world) {
  auto it = tickets_.find(ticket);
  if (it == tickets_.end()) return cleanup_.erase(ticket) > 0;
  Task& task = tasks_[it->second];
  tickets_.erase(it);
  if (!result && result.error().transient()) transient_ = true;
  if (task.stage == Stage::kReleasing) {
    if (result || result.error().code() == Code::kNotFound) {
      delete_object(task, world, "Background");
    } else {
      record(task, ResultCode::kNone, OperationPhase::kError, "failed to remove hook finalizer: " + result.error().message());
      task.stage = Stage::kFailed;
    }
  } else if (task.stage == Stage::kMigrating) {
    // The apply says what is wrong, if something is.
    task.migrated = true;
    task.stage = Stage::kPending;
  } else if (task.stage == Stage::kConcluding) {
    bool success = std::ranges::any_of(state_.results, [&](const TaskResult& r) {
      return r.id == task.step->id && r.phase == task.step->phase && r.state == OperationPhase::kSucceeded;
    });
    task.stage = success ? Stage::kSucceeded : Stage::kFailed;
  } else if (!result && may_recreate(task, result.error(), world)) {
    delete_object(task, world, "Background");
  } else if (!result) {
    record(task, ResultCode::kSyncFailed, OperationPhase::kFailed, result.error().message());
    task.stage = Stage::kFailed;
  } else {
    std::string verb = result->created ? "created" : "configured";
    if (state_.operation.dry_run) verb += " (dry run)";
    auto state = state_.operation.dry_run ? OperationPhase::kSucceeded : OperationPhase::kRunning;
    record(task, ResultCode::kSynced, state, object_message(*task.step, verb));
    task.stage = state_.operation.dry_run ? Stage::kSucceeded : Stage::kWaiting;
  }
  return true;
}

bool Sync::deleted(Ticket ticket, const Status& result, World world) {
  auto it = tickets_.find(ticket);
  if (it == tickets_.end()) return cleanup_.erase(ticket) > 0;
  Task& task = tasks_[it->second];
  tickets_.erase(it);
  if (!result && result.error().transient()) transient_ = true;
  bool hook = task.step->action == Action::kHook;
  bool prune = task.step->action == Action::kPrune;
  if (!result && result.error().code() != Code::kNotFound) {
    if (hook)
      record(task, ResultCode::kNone, OperationPhase::kError, "failed to delete resource: " + result.error().message());
    else
      record(task, ResultCode::kSyncFailed, OperationPhase::kFailed, result.error().message());
    task.stage = Stage::kFailed;
    return true;
  }
  if (prune) record(task, ResultCode::kPruned, OperationPhase::kSucceeded, "pruned");
  task.stage = Stage::kVanishing;
  check_vanishing(task, world);
  return true;
}

// Gone, or there again as another object.
void Sync::check_vanishing(Task& task, World& world) {
  const Value* live = live_of(task, world);
  if (live && (*live)["metadata"]["uid"] == task.step->live["metadata"]["uid"]) return;
  if (task.step->action != Action::kPrune) {
    task.removed = true;
    task.stage = Stage::kPending;
    return;
  }
  if (task.message.empty()) record(task, ResultCode::kPruned, OperationPhase::kSucceeded, "pruned");
  task.stage = Stage::kSucceeded;
}

void Sync::check(Task& task, World& world) {
  if (task.stage == Stage::kVanishing) return check_vanishing(task, world);
  if (task.stage != Stage::kWaiting) return;
  const plan::Step& step = *task.step;
  const Value* live = live_of(task, world);
  auto end = [&](bool success, std::string message) {
    record(task, success ? ResultCode::kSynced : ResultCode::kSyncFailed,
           success ? OperationPhase::kSucceeded : OperationPhase::kFailed, std::move(message));
    task.stage = success ? Stage::kSucceeded : Stage::kFailed;
  };
  if (!live) {
    // A kind that is not served yet shows nothing: the wave goes on and the comparison tells.
    if (!world.live.ready(step.gvk) || !world.live.find_kind(step.gvk)->served) return end(true, {});
    return end(false, fmt::format("Resource {}/{}/{} is missing, it might have been deleted", step.gvk.group,
                                  step.gvk.kind, step.id.name));
  }
  if (is_crd(step) && !established(*live)) return;
  bool hook = step.action == Action::kHook;
  if (!hook && (!multi_step_ || !step.intent.awaited)) return end(true, {});
  auto health = settled_health_of(*live, world.spec, world.now);
  HealthState state = health ? health->state : HealthState::kHealthy;
  std::string message = health ? health->message : std::string();
  if (state != HealthState::kHealthy && state != HealthState::kDegraded) return;
  bool success = state == HealthState::kHealthy;
  if (hook) return conclude_hook(task, world, success, message);
  if (success) return end(true, std::move(message));
  record(task, ResultCode::kSynced, OperationPhase::kFailed, std::move(message));
  task.stage = Stage::kFailed;
}

void Sync::conclude_hook(Task& task, World& world, bool succeeded, const std::string& message) {
  record(task, ResultCode::kSynced, succeeded ? OperationPhase::kSucceeded : OperationPhase::kFailed, message);
  const Value* live = live_of(task, world);
  if (live && has_finalizer(*live, plan::kHookFinalizer)) return remove_finalizer(task, world, Stage::kConcluding);
  task.stage = succeeded ? Stage::kSucceeded : Stage::kFailed;
}

// After a group: on with the next, or to the SyncFail hooks, or to the end.
void Sync::finish_group() {
  bool failed = false, apply_failed = false;
  std::set<std::string> messages;
  for (size_t i = group_.begin; i < group_.end; ++i) {
    if (tasks_[i].stage != Stage::kFailed) continue;
    failed = true;
    auto result = std::ranges::find_if(state_.results, [&](const TaskResult& r) {
      return r.id == tasks_[i].step->id && r.phase == tasks_[i].step->phase;
    });
    if (result != state_.results.end() && result->code == ResultCode::kSyncFailed) {
      apply_failed = true;
      if (!tasks_[i].message.empty()) messages.insert(tasks_[i].message);
    }
  }
  if (!failed) {
    group_.begin = group_.end;
    return;
  }
  std::string message = failing_ ? "one or more SyncFail hooks failed"
                        : apply_failed ? "one or more objects failed to apply"
                                       : "one or more synchronization tasks completed unsuccessfully";
  if (!messages.empty()) message += ", reason: " + join(messages, ",");
  failure_ += (failure_.empty() ? "" : "\n") + message;
  bool was_failing = failing_;
  failing_ = true;
  group_.begin = group_.end;
  if (!was_failing) group_ = {0, 0};
}

// Hooks that ask for it are deleted when the sync has ended well or badly.
void Sync::clean_up_hooks(World& world, bool success) {
  for (Task& task : tasks_) {
    if (task.step->action != Action::kHook || state_.operation.dry_run || !terminal(task.stage)) continue;
    bool wanted = success ? task.step->intent.delete_on_success : task.step->intent.delete_on_failure;
    const Value* live = live_of(task, world);
    if (!wanted || !live) continue;
    Ticket ticket = world.next_ticket++;
    cleanup_.insert(ticket);
    DeleteOptions options;
    options.uid = (*live)["metadata"]["uid"].str();
    world.effects.push_back(Delete{world.spec.key, ticket, {task.step->gvk, task.step->id.ns, task.step->id.name}, options});
  }
}

void Sync::finish(World& world) {
  state_.finished = world.now;
  if (!failure_.empty()) {
    state_.phase = OperationPhase::kFailed;
    state_.message = failure_;
    return;
  }
  bool hooks = std::ranges::any_of(tasks_, [](const Task& task) { return task.step->action == Action::kHook; });
  bool all_run = !tasks_.empty() && !hooks && !multi_step_;
  state_.phase = OperationPhase::kSucceeded;
  state_.message = all_run ? "successfully synced (all tasks run)" : "successfully synced (no more tasks)";
}

void Sync::end_terminated(World& world) {
  for (Task& task : tasks_) {
    bool running = task.step->action == Action::kHook && task.stage == Stage::kWaiting;
    const Value* live = live_of(task, world);
    if (!running || !live) continue;
    record(task, ResultCode::kSynced, OperationPhase::kFailed, "Terminated");
    if (has_finalizer(*live, plan::kHookFinalizer)) return remove_finalizer(task, world, Stage::kReleasing);
    delete_object(task, world, "Background");
  }
  if (busy()) return;
  state_.finished = world.now;
  state_.phase = OperationPhase::kFailed;
  state_.message = termination_;
}

void Sync::record(Task& task, ResultCode code, std::optional<OperationPhase> state, std::string message) {
  if (!message.empty()) task.message = std::move(message);
  auto it = std::ranges::find_if(state_.results, [&](const TaskResult& result) {
    return result.id == task.step->id && result.phase == task.step->phase;
  });
  if (it == state_.results.end()) {
    state_.results.push_back({task.step->gvk, task.step->id, code, "", task.step->action == Action::kHook, state,
                              task.step->phase});
    it = std::prev(state_.results.end());
  }
  if (code != ResultCode::kNone) it->code = code;
  it->state = state;
  it->message = task.message;
}

void Sync::say_what_is_awaited() {
  std::vector<const Task*> waiting;
  bool deletion = false;
  for (size_t i = group_.begin; i < group_.end; ++i) {
    if (terminal(tasks_[i].stage)) continue;
    waiting.push_back(&tasks_[i]);
    deletion = deletion || tasks_[i].stage == Stage::kVanishing;
  }
  state_.message = busy() || waiting.empty() ? "one or more tasks are running" : std::string();
  if (!state_.message.empty()) return;
  auto asking = std::ranges::count_if(waiting, [&](const Task* t) { return unconfirmed(*t); });
  if (asking > 0) {
    const plan::Step& step = *(*std::ranges::find_if(waiting, [&](const Task* t) { return unconfirmed(*t); }))->step;
    state_.message = fmt::format("Waiting for pruning confirmation of {}/{}/{}", step.gvk.api_version(), step.gvk.kind, step.id.name);
    if (asking > 1) state_.message += fmt::format(" and {} more resources", asking - 1);
    return;
  }
  auto hook = std::ranges::find_if(waiting, [](const Task* t) { return t->step->action == Action::kHook; });
  const Task& first = hook == waiting.end() ? *waiting.front() : **hook;
  bool all_hooks = std::ranges::all_of(waiting, [](const Task* t) { return t->step->action == Action::kHook; });
  std::string_view reason = hook == waiting.end() ? "healthy state of" : "completion of hook";
  if (deletion) reason = hook == waiting.end() ? "deletion of" : "deletion of hook";
  state_.message = fmt::format("waiting for {} {}/{}/{}", reason, first.step->gvk.group, first.step->gvk.kind, first.step->id.name);
  if (waiting.size() > 1)
    state_.message += fmt::format(" and {} more {}", waiting.size() - 1, all_hooks ? "hooks" : "resources");
}

}  // namespace taut::engine
