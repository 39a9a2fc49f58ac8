#include "plan/build.hh"

#include <algorithm>

#include "base/strings.hh"
#include "plan/order.hh"

namespace taut::plan {
namespace {

// A hook has a name of its own for each run, and stays until the sync has seen how it ended.
Value prepared_hook(const Value& desired, Phase phase, const BuildOptions& options) {
  Value hook = desired;
  if (name_of(hook).empty()) {
    std::string middle = to_lower(phase_name(phase));
    std::string name = hook["metadata"]["generateName"].str() + options.hook_prefix + '-' + middle + '-' + options.hook_suffix;
    hook.edit("metadata").set("name", name);
  }
  auto finalizers = hook["metadata"]["finalizers"].items();
  if (std::ranges::find(finalizers, Value(kHookFinalizer)) == finalizers.end())
    hook.edit("metadata").edit("finalizers").push_back(kHookFinalizer);
  return hook;
}

std::string change_reason(const std::vector<FieldChange>& changes) {
  for (const FieldChange& change : changes)
    if (!change.owner.empty()) return fmt::format("{} was set by {}", change.path, change.owner);
  return fmt::format("{} differs", changes.front().path);
}

Step base_step(const Pair& pair, const BuildOptions& options) {
  Step step;
  step.desired = pair.desired;
  step.live = pair.live;
  step.gvk = Gvk::of(step.object());
  step.id = ObjectId::of(step.object());
  step.intent = intent_of(step.object(), options.rules);
  step.wave = step.intent.wave;
  if (options.refuse) step.refused = options.refuse(step.gvk, step.object());
  return step;
}

Step resource_step(const Pair& pair, const BuildOptions& options) {
  Step step = base_step(pair, options);
  if (pair.desired.is_null()) {
    step.action = Action::kPrune;
    step.reason = "no longer wanted";
  } else if (pair.live.is_null()) {
    step.action = Action::kCreate;
    step.reason = "not in the cluster";
  } else {
    step.changes = options.compare(pair.desired, pair.live);
    step.action = step.changes.empty() ? Action::kUnchanged : Action::kChange;
    if (!step.changes.empty()) step.reason = change_reason(step.changes);
  }
  return step;
}

void add_hook_steps(const Pair& pair, const BuildOptions& options, std::vector<Step>& steps) {
  for (Phase phase : intent_of(pair.desired, options.rules).phases) {
    Pair hook{prepared_hook(pair.desired, phase, options), pair.live};
    if (options.live) hook.live = options.live(hook.desired);
    Step step = base_step(hook, options);
    step.action = Action::kHook;
    step.phase = phase;
    step.reason = fmt::format("{} hook", phase_name(phase));
    steps.push_back(std::move(step));
  }
}

}  // namespace

bool Selector::chooses(const ObjectId& id) const {
  return group == id.group && kind == id.kind && name == id.name && (ns.empty() || ns == id.ns);
}

Plan build(std::span<const Pair> pairs, const BuildOptions& options) {
  Plan plan{options.unit, options.revision, {}};
  for (const Pair& pair : pairs) {
    const Value& object = pair.desired.is_null() ? pair.live : pair.desired;
    Intent intent = intent_of(object, options.rules);
    if (intent.skip) continue;
    bool chosen = options.only.empty() || std::ranges::any_of(options.only, [&](const Selector& selector) {
      return selector.chooses(ObjectId::of(object));
    });
    if (intent.hook) {
      if (!pair.desired.is_null() && !options.skip_hooks && options.only.empty()) add_hook_steps(pair, options, plan.steps);
    } else if (chosen) {
      plan.steps.push_back(resource_step(pair, options));
    }
  }
  arrange_prunes(plan.steps, options.prune_last);
  order_steps(plan.steps);
  return plan;
}

}  // namespace taut::plan
