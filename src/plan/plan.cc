#include "plan/plan.hh"

#include <fmt/format.h>

#include <algorithm>

#include "value/json.hh"

namespace taut::plan {

std::string_view action_name(Action action) {
  switch (action) {
    case Action::kUnchanged: return "unchanged";
    case Action::kCreate: return "create";
    case Action::kChange: return "change";
    case Action::kRecreate: return "recreate";
    case Action::kPrune: return "prune";
    case Action::kHook: return "hook";
  }
  return "unchanged";
}

size_t Plan::changes() const {
  return std::ranges::count_if(steps, [](const Step& step) { return step.action != Action::kUnchanged; });
}

bool Plan::multi_step() const {
  const Step* first = nullptr;
  for (const Step& step : steps) {
    if (step.implicit) continue;
    if (!first) first = &step;
    if (step.phase != first->phase || step.wave != first->wave) return true;
  }
  return false;
}

Hash128 Plan::digest() const {
  std::string text = unit + '\n' + revision + '\n';
  for (const Step& step : steps) {
    text += fmt::format("{} {} {} {}\n", action_name(step.action), step.id.to_string(), phase_name(step.phase),
                        step.wave);
    if (step.action == Action::kUnchanged) continue;
    append_json(step.desired, text);
    for (const FieldChange& change : step.changes) text += change.path + '\n';
  }
  return hash128(text);
}

}  // namespace taut::plan
