#include "engine/engine.hh"

#include <fmt/format.h>

#include <algorithm>

#include "engine/settler.hh"
#include "engine/state.hh"

namespace taut::engine {
namespace {

bool same_objects(const std::vector<Value>& a, const std::vector<Value>& b) {
  return std::ranges::equal(a, b, [](const Value& x, const Value& y) { return x.same(y) || x == y; });
}

Hash128 name_of_target(const std::vector<Value>& objects) {
  std::string all;
  for (const Value& object : objects) all += fmt::format("{:016x}\n", object.hash());
  return hash128(all);
}

}  // namespace

Engine::Engine(EngineOptions options, std::vector<const Ownership*> ownerships)
    : options_(options),
      ownerships_(std::move(ownerships)),
      live_(ownerships_),
      revisions_(options.poll_interval, options.poll_jitter) {}

Engine::~Engine() = default;

Effects Engine::step(std::span<const Event> events, Time now) {
  effects_.clear();
  for (const Event& event : events) std::visit([&](const auto& e) { take(e, now); }, event);
  revisions_.ask(now, effects_);
  // Looking at one Unit may touch another; each is looked at until nothing is left.
  for (UnitKey key; next_dirty(key);)
    if (UnitState* unit = find(key)) Settler{*this, *unit, now}.run();
  revisions_.ask(now, effects_);
  Effects out{std::move(effects_), revisions_.next()};
  effects_ = {};
  if (!timers_.empty() && (!out.wake || timers_.begin()->first < *out.wake)) out.wake = timers_.begin()->first;
  return out;
}

// The next Unit to look at; those whose status may wait come in turn, when a write of that sort may begin.
bool Engine::next_dirty(UnitKey& unit) {
  if (!dirty_.empty()) {
    unit = std::move(dirty_.extract(dirty_.begin()).value());
    return true;
  }
  if (!turns_.empty() && unannounced_ < kMostUnannounced) {
    unit = std::move(turns_.front());
    turns_.pop_front();
    if (UnitState* next = find(unit)) next->awaits_turn = false;
    return true;
  }
  if (later_.empty() || later_writes_ >= kMostLaterWrites) return false;
  auto it = later_.upper_bound(last_later_);
  unit = last_later_ = std::move(later_.extract(it == later_.end() ? later_.begin() : it).value());
  return true;
}

UnitState* Engine::find(const UnitKey& unit) {
  auto it = units_.find(unit);
  return it == units_.end() ? nullptr : it->second.get();
}

void Engine::touch(const UnitKey& unit) { dirty_.insert(unit); }

void Engine::touch_live(const std::set<UnitKey>& units, Time now) {
  for (const UnitKey& key : units) {
    UnitState* unit = find(key);
    if (!unit) continue;
    unit->compare_needed = true;
    if (unit->status.sync == SyncState::kSynced && unit->stage == OperationStage::kNone && !unit->drift_since)
      unit->drift_since = now;
    touch(key);
  }
}

void Engine::wake_unit(const UnitKey& unit, Time at) { timers_.emplace(at, unit); }

void Engine::take(const UnitSpecified& event, Time now) {
  auto& place = units_[event.spec.key];
  bool fresh = !place;
  if (!fresh && place->spec.fingerprint == event.spec.fingerprint) return;
  if (fresh) {
    place = std::make_unique<UnitState>();
    place->status = event.observed;
    place->written = event.observed;
    place->told_health = event.observed.health.state;
    place->written_at = now;
  } else if (place->spec.name != event.spec.name) {
    live_.unregister_unit(place->spec.name);
  }
  UnitState& unit = *place;
  bool moved = fresh || unit.spec.source != event.spec.source || unit.spec.destination != event.spec.destination;
  // Settings that change what a render gives have it made again.
  if (!fresh && unit.spec.render_options != event.spec.render_options) unit.rendered.clear();
  unit.spec = event.spec;
  live_.register_unit(unit.spec.name, unit.spec.key);
  unit.compare_needed = true;
  unit.prepared = false;
  if (moved && !fresh) {
    // What was held or failed was so for another spec.
    unit.override_.reset();
    unit.attempted = false;
    unit.heals.clear();
    unit.failed_syncs = 0;
  }
  if (fresh) {
    Settler{*this, unit, now}.resume_operation();
    Settler{*this, unit, now}.resume_trial();
  }
  touch(unit.spec.key);
}

void Engine::take(const UnitGone& event, Time) {
  UnitState* unit = find(event.unit);
  if (!unit) return;
  live_.want(event.unit, {});
  live_.unregister_unit(unit->spec.name);
  revisions_.unfollow(event.unit);
  for (auto& [gvk, units] : waiting_for_kind_) units.erase(&unit->spec.key);
  dirty_.erase(event.unit);
  if (unit->active) --active_;
  if (unit->unannounced) --unannounced_;
  end_lead(*unit);
  if (unit->explaining) --explaining_;
  if (unit->writing_later) --later_writes_;
  later_.erase(event.unit);
  units_.erase(event.unit);
}

void Engine::take(const OperationRequested& event, Time) {
  UnitState* unit = find(event.unit);
  if (!unit) return;
  unit->requested = event.operation;
  unit->operation_asked = true;
  touch(event.unit);
}

void Engine::take(const TerminateRequested& event, Time) {
  UnitState* unit = find(event.unit);
  if (!unit || unit->stage == OperationStage::kNone) return;
  unit->terminate = true;
  unit->terminate_reason = "Operation terminated";
  touch(event.unit);
}

void Engine::take(const RefreshRequested& event, Time now) {
  UnitState* unit = find(event.unit);
  if (!unit) return;
  unit->refresh_asked = true;
  unit->compare_needed = true;
  if (event.hard) unit->render_again = true;
  for (const Source& part : unit->target().each()) revisions_.hurry(part.repo, now);
  touch(event.unit);
}

void Engine::take(const RepositoryChanged& event, Time now) { revisions_.hurry(event.repo, now); }

void Engine::take(const RevisionResolved& event, Time now) {
  for (const UnitKey& unit : revisions_.resolved(event, now)) touch(unit);
}

void Engine::take(const Rendered& event, Time now) {
  UnitState* unit = find(event.unit);
  if (!unit || unit->rendering != event.sha) return;
  unit->rendering.clear();
  touch(event.unit);
  if (!event.result) {
    unit->render_error = event.result.error();
    unit->failed = event.sha;
    unit->failed_source = std::move(unit->rendering_source);
    unit->failed_part = event.failed_part;
    if (!unit->render_error->transient()) return;
    Retry retry;
    unit->render_retry = now + retry.delay(unit->render_failures++);
    wake_unit(event.unit, unit->render_retry);
    return;
  }
  unit->render_error.reset();
  unit->failed.clear();
  unit->failed_source.reset();
  unit->render_failures = 0;
  unit->rendered = event.sha;
  unit->rendered_source = std::move(*unit->rendering_source);
  unit->rendering_source.reset();
  unit->source_type = event.result->source_type;
  // A commit that changed none of its files leaves a Unit's objects as they are.
  if (same_objects(unit->objects, event.result->objects)) return;
  unit->compare_needed = true;
  unit->objects = event.result->objects;
  unit->status.target = name_of_target(unit->objects);
  unit->generated = event.result->generated;
  unit->attempted = false;
  unit->prepared = false;
}

void Engine::take(const KindKnown& event, Time now) {
  auto& kind = live_.kind(event.gvk);
  bool served_now = event.served && !kind.served;
  kind.known = true;
  kind.served = event.served;
  kind.namespaced = event.namespaced;
  if (served_now) kind.synced = false;
  for (const UnitKey* key : waiting_for_kind_[event.gvk]) {
    if (UnitState* unit = find(*key)) {
      unit->prepared = false;
      unit->compare_needed = true;
      if (served_now && unit->stage == OperationStage::kRetrying) unit->retry_at = now;
    }
    touch(*key);
  }
}

void Engine::take(const LiveChanged& event, Time now) { touch_live(live_.changed(event.gvk, event.object), now); }

void Engine::take(const LiveGone& event, Time now) { touch_live(live_.gone(event.gvk, event.id), now); }

// What was listed once stays known while the watch is down; it comes back with a list. An outage that lasts is told.
void Engine::take(const KindFailed& event, Time now) {
  auto& kind = live_.kind(event.gvk);
  if (!kind.error) kind.down_since = now;
  kind.error = event.error;
  for (const UnitKey* unit : waiting_for_kind_[event.gvk]) {
    touch(*unit);
    wake_unit(*unit, kind.down_since + kShortOutage);
  }
}

void Engine::take(const LiveSynced& event, Time) {
  auto& kind = live_.kind(event.gvk);
  kind.synced = true;
  bool was_down = std::exchange(kind.error, std::nullopt).has_value();
  for (const UnitKey* key : waiting_for_kind_[event.gvk]) {
    if (UnitState* unit = find(*key); unit && was_down) unit->compare_needed = true;
    touch(*key);
  }
}

void Engine::take(const Fetched& event, Time now) {
  if (auto waiting = fetching_.extract(event.id))
    for (const UnitKey& key : waiting.mapped())
      if (UnitState* unit = find(key); unit && unit->fetching.erase(event.id) > 0) touch(key);
  if (event.object)
    touch_live(live_.changed(event.gvk, *event.object), now);
  else if (event.object.error().code() == Code::kNotFound)
    touch_live(live_.gone(event.gvk, event.id), now);
}

void Engine::take(const Applied& event, Time now) {
  UnitState* unit = find(event.unit);
  if (!unit) return;
  touch(event.unit);
  Settler settler{*this, *unit, now};
  std::optional<Error> error;
  if (!event.result) error = event.result.error();
  if (settler.torn_down(event.ticket, error)) return;
  const plan::Step* step = unit->sync ? unit->sync->step_of(event.ticket) : nullptr;
  bool dry = unit->status.operation && unit->status.operation->operation.dry_run;
  if (step && event.result && !dry) {
    touch_live(live_.changed(step->gvk, event.result->object), now);
    unit->compare_needed = true;
    if (step->action != plan::Action::kHook) {
      auto& memory = unit->memory_of(step->id);
      memory.applied = step->desired.hash();
      memory.result = event.result->object;
      if (step->action != plan::Action::kUnchanged)
        settler.notice(Notice::Kind::kApplied, event.result->created ? "created" : "configured", step->id);
    }
  }
  if (unit->sync) unit->sync->applied(event.ticket, event.result, settler.world());
}

void Engine::take(const Deleted& event, Time now) {
  UnitState* unit = find(event.unit);
  if (!unit) return;
  touch(event.unit);
  Settler settler{*this, *unit, now};
  std::optional<Error> error;
  if (!event.result) error = event.result.error();
  if (settler.torn_down(event.ticket, error)) return;
  const plan::Step* step = unit->sync ? unit->sync->step_of(event.ticket) : nullptr;
  if (step && event.result && step->action == plan::Action::kPrune)
    settler.notice(Notice::Kind::kPruned, "pruned", step->id);
  if (unit->sync) unit->sync->deleted(event.ticket, event.result, settler.world());
}

void Engine::take(const StatusWritten& event, Time now) {
  UnitState* unit = find(event.unit);
  if (!unit) return;
  unit->writing = false;
  if (std::exchange(unit->writing_later, false)) --later_writes_;
  bool clearing_operation = std::exchange(unit->clearing_operation, false);
  bool clearing_refresh = std::exchange(unit->clearing_refresh, false);
  touch(event.unit);
  if (event.result) {
    ++statuses_written_;
    end_lead(*unit);
    unit->write_failures = 0;
    unit->announced = (unit->announced || unit->announcing) && unit->stage != OperationStage::kNone;
    unit->announcing = false;
    return;
  }
  end_lead(*unit);
  unit->announcing = false;
  unit->operation_asked = unit->operation_asked || clearing_operation;
  unit->refresh_asked = unit->refresh_asked || clearing_refresh;
  unit->wrote_once = false;
  unit->released = false;
  Retry retry{-1, false, std::chrono::milliseconds(500), 2, std::chrono::seconds(30)};
  unit->write_again = now + retry.delay(unit->write_failures++);
  wake_unit(event.unit, unit->write_again);
}

void Engine::take(const Explained& event, Time now) {
  UnitState* unit = find(event.unit);
  if (!unit) return;
  if (std::exchange(unit->explaining, false)) --explaining_;
  unit->explained = event.reason;
  // Asked again while it stays red: causes show one after the other.
  Retry retry{-1, false, std::chrono::seconds(5), 2, std::chrono::minutes(5)};
  unit->explain_at = now + retry.delay(unit->explain_count++);
  wake_unit(event.unit, unit->explain_at);
  touch(event.unit);
}

void Engine::take(const Tick&, Time now) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    touch(timers_.begin()->second);
    timers_.erase(timers_.begin());
  }
}

const UnitStatus* Engine::status(const UnitKey& unit) const {
  auto it = units_.find(unit);
  return it == units_.end() ? nullptr : &it->second->status;
}

const plan::Plan* Engine::plan(const UnitKey& key) {
  UnitState* unit = find(key);
  if (!unit || !unit->compared) return nullptr;
  if (unit->plan_left_out && !unit->prepared) return nullptr;  // of what is to be compared next nothing is known yet
  if (unit->plan_left_out) Settler{*this, *unit, Time{}}.restore_plan();
  return &unit->plan;
}

std::vector<UnitKey> Engine::units() const {
  std::vector<UnitKey> out;
  for (const auto& [key, unit] : units_) out.push_back(key);
  return out;
}

}  // namespace taut::engine
