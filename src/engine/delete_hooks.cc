// Hooks around the deletion of a Unit, as Argo CD's PreDelete and PostDelete (controller/hook.go, v3.5): created from the
// target, waited for until they are healthy, and removed at the end if their delete policy says so. Which have run is
// seen from the hooks themselves, which stay until all is over: a restart goes on where it was, but for one in the moment
// in which the hooks are removed, after which those that are gone run once more.
#include <algorithm>

#include "engine/health_of.hh"
#include "engine/messages.hh"
#include "engine/settler.hh"
#include "plan/intent.hh"

namespace taut::engine {
namespace {

LiveKey key_of(const Value& object) { return {ObjectId::of(object), Gvk::of(object).version}; }

bool runs(const Value& object, bool before) {
  plan::Intent intent = plan::intent_of(object);
  return before ? intent.pre_delete : intent.post_delete;
}

std::string creation_mark(const Value& hook) { return "create " + ObjectId::of(hook).to_string(); }

bool goes(const Value& hook, HealthState worst) {
  plan::Intent intent = plan::intent_of(hook);
  bool silent = annotation_of(hook, plan::kHookDeletePolicyAnnotation).empty() &&
                annotation_of(hook, "helm.sh/hook-delete-policy").empty();
  return silent || (worst == HealthState::kHealthy && intent.delete_on_success) ||
         (worst == HealthState::kDegraded && intent.delete_on_failure);
}

}  // namespace

// The hooks of the target; one whose name is generated has the same for the whole of the deletion.
std::vector<Value> Settler::delete_hooks(bool before) {
  std::vector<Value> out;
  for (Value hook : desired()) {
    if (!runs(hook, before)) continue;
    if (name_of(hook).empty())
      hook.edit("metadata").set("name", fmt::format("{}{}-{}", hook["metadata"]["generateName"].as_string(),
                                                    before ? "predelete" : "postdelete",
                                                    unit.spec.deleting_since.time_since_epoch() / std::chrono::seconds(1)));
    out.push_back(std::move(hook));
  }
  return out;
}

// Whether the target is rendered. Without it nobody knows the hooks, and the Unit waits.
bool Settler::delete_hooks_known() {
  follow_target();
  if (auto error = load_error()) unit.sync_error = Condition{"DeletionError", load_message(*error), now};
  if (unit.rendered.empty()) return false;
  prepare();
  if (!unit.prepared) return false;
  return std::ranges::all_of(*unit.kinds, [&](const Gvk& gvk) { return engine.live_.ready(gvk); });
}

void Settler::create_delete_hook(const Value& hook) {
  if (now < unit.delete_again || !unit.deleting.insert(creation_mark(hook)).second) return;
  plan::Step step;
  step.gvk = Gvk::of(hook);
  step.id = ObjectId::of(hook);
  step.desired = hook;
  Ticket ticket = engine.next_ticket_++;
  unit.deletes[ticket] = creation_mark(hook);
  engine.effects_.push_back(Apply{unit.spec.key, ticket, apply_request(step, nullptr, unit.spec, {})});
}

// True when all have run. Those that failed are removed and tried again after a while.
bool Settler::run_delete_hooks(bool before) {
  bool done = true;
  std::string failed;
  for (const Value& hook : delete_hooks(before)) {
    const Value* live = engine.live_.find(key_of(hook));
    if (!live) {
      create_delete_hook(hook);
      done = false;
      continue;
    }
    auto health = health_of(*live, unit.spec, now);
    HealthState state = health ? health->state : HealthState::kHealthy;
    if (state == HealthState::kProgressing) done = false;
    if (state != HealthState::kDegraded) continue;
    failed += fmt::format("{}{}/{}", failed.empty() ? "" : ", ", namespace_of(hook), name_of(hook));
    unit.deleting.erase(creation_mark(hook));
    tear_down(*live);
  }
  if (failed.empty()) return done;
  if (unit.delete_again <= now) {
    unit.delete_again = now + Retry{}.delay(unit.delete_failures++);
    engine.wake_unit(unit.spec.key, unit.delete_again);
  }
  unit.sync_error = Condition{"DeletionError", fmt::format("{} hook(s) failed: {}", before ? "PreDelete" : "PostDelete", failed), now};
  return false;
}

// True when all hooks that are to go are gone.
bool Settler::clean_up_delete_hooks() {
  bool done = true;
  for (bool before : {true, false}) {
    std::vector<const Value*> hooks;
    HealthState worst = HealthState::kHealthy;
    for (const Value& hook : delete_hooks(before)) {
      const Value* live = engine.live_.find(key_of(hook));
      if (!live) continue;
      hooks.push_back(live);
      if (auto health = health_of(*live, unit.spec, now)) worst = std::max(worst, health->state);
    }
    for (const Value* hook : hooks) {
      if (!goes(*hook, worst)) continue;
      done = false;
      if (now >= unit.delete_again) tear_down(*hook);
    }
  }
  return done;
}

}  // namespace taut::engine
