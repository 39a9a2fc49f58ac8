#include "plan/print.hh"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "value/json.hh"

namespace taut::plan {
namespace {

struct Style {
  std::string_view mark;
  std::string_view color;
};

Style style_of(Action action) {
  switch (action) {
    case Action::kCreate: return {"+", "\x1b[32m"};
    case Action::kChange: return {"~", "\x1b[33m"};
    case Action::kRecreate: return {"!", "\x1b[35m"};
    case Action::kPrune: return {"-", "\x1b[31m"};
    case Action::kHook: return {">", "\x1b[36m"};
    case Action::kUnchanged: return {" ", ""};
  }
  return {" ", ""};
}

std::string name_of_step(const Step& step) {
  std::string kind = step.gvk.group.empty() ? step.gvk.kind : fmt::format("{}.{}", step.gvk.kind, step.gvk.group);
  return step.id.ns.empty() ? fmt::format("{} {}", kind, step.id.name)
                            : fmt::format("{} {}/{}", kind, step.id.ns, step.id.name);
}

// Long values are cut: a plan is read, not parsed.
std::string shown(const Value& value) {
  std::string text = to_json(value);
  if (text.size() > 100) text = text.substr(0, 97) + "...";
  return text;
}

std::string change_line(const FieldChange& change) {
  std::string owner = change.owner.empty() ? "" : fmt::format("   ({})", change.owner);
  if (change.before.is_null()) return fmt::format("    + {}: {}{}\n", change.path, shown(change.after), owner);
  if (change.after.is_null()) return fmt::format("    - {}: {}{}\n", change.path, shown(change.before), owner);
  return fmt::format("    ~ {}: {} -> {}{}\n", change.path, shown(change.before), shown(change.after), owner);
}

std::string step_text(const Step& step, const PrintOptions& options) {
  Style style = style_of(step.action);
  std::string where;
  if (step.phase != Phase::kSync) where += fmt::format(" [{}]", phase_name(step.phase));
  if (step.wave != 0) where += fmt::format(" [wave {}]", step.wave);
  bool color = options.color && !style.color.empty();
  std::string out = fmt::format("{}{} {} {}{}{}\n", color ? style.color : "", style.mark, action_name(step.action),
                                name_of_step(step), where, color ? "\x1b[0m" : "");
  if (!step.refused.empty()) out += fmt::format("    refused: {}\n", step.refused);
  for (const FieldChange& change : step.changes) out += change_line(change);
  return out;
}

}  // namespace

std::string to_text(const Plan& plan, const PrintOptions& options) {
  std::array<size_t, 6> counts{};
  std::string out;
  for (const Step& step : plan.steps) {
    ++counts[static_cast<size_t>(step.action)];
    if (step.action != Action::kUnchanged || options.unchanged) out += step_text(step, options);
  }
  static constexpr std::array<std::pair<Action, std::string_view>, 6> kCounted = {
      {{Action::kCreate, "to create"}, {Action::kChange, "to change"}, {Action::kRecreate, "to recreate"},
       {Action::kPrune, "to prune"}, {Action::kHook, "hooks"}, {Action::kUnchanged, "unchanged"}}};
  std::string summary;
  for (const auto& [action, words] : kCounted) {
    size_t count = counts[static_cast<size_t>(action)];
    if (count == 0) continue;
    summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", count, words);
  }
  return out + (summary.empty() ? "nothing to do" : summary) + '\n';
}

}  // namespace taut::plan
