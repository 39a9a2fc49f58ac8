#include "dialect/argo/appset/progressive.hh"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/strings.hh"
#include "object/id.hh"

namespace taut::argo::appset {
namespace {

constexpr std::string_view kWaiting = "Waiting", kPending = "Pending", kProgressing = "Progressing", kHealthy = "Healthy";

const Value& steps_of(const Value& application_set) { return application_set["spec"]["strategy"]["rollingSync"]["steps"]; }

bool label_matches(const Value& expression, const Value& application) {
  std::string_view mode = expression["operator"].as_string();
  const Value* label = application["metadata"]["labels"].find(expression["key"].as_string());
  if (!label) return mode != "In";
  bool listed = std::ranges::any_of(expression["values"].items(), [&](const Value& value) { return value == *label; });
  return (mode == "In" && listed) || (mode == "NotIn" && !listed);
}

bool in_step(const Value& step, const Value& application) {
  return std::ranges::all_of(step["matchExpressions"].items(), [&](const Value& expression) { return label_matches(expression, application); });
}

// The Applications of each step, and the first step of each Application.
struct Steps {
  std::vector<std::vector<std::string>> names;
  std::map<std::string, size_t> first;
  std::map<std::string, std::string> several;  // the steps of an Application that more than one selects: "1-2"

  Steps(const Value& application_set, std::span<const Value> applications) : names(steps_of(application_set).size()) {
    for (const Value& application : applications) {
      size_t index = 0;
      for (const Value& step : steps_of(application_set).items()) {
        if (in_step(step, application)) {
          names[index].emplace_back(name_of(application));
          auto [it, only] = first.try_emplace(std::string(name_of(application)), index);
          if (!only) {
            std::string& steps = several.try_emplace(it->first, std::to_string(it->second + 1)).first->second;
            steps += fmt::format("-{}", index + 1);
          }
        }
        ++index;
      }
    }
  }
  // From 1; "-1" for an Application that no step selects.
  std::string shown(const std::string& name) const {
    auto it = first.find(name);
    return it == first.end() ? "-1" : std::to_string(it->second + 1);
  }
};

Value revisions_of(const Value& application) {
  const Value& sync = application["status"]["sync"];
  if (!sync["revisions"].empty()) return sync["revisions"];
  return sync["revision"].as_string().empty() ? Value::list() : Value::list({sync["revision"]});
}

bool has_error(const Value& application) {
  return std::ranges::any_of(application["status"]["conditions"].items(), [](const Value& condition) {
    std::string_view type = condition["type"].as_string();
    return type == "InvalidSpecError" || type == "UnknownError";
  });
}

bool after(const Value& time, const Value& other) {
  auto a = parse_rfc3339(time.as_string()), b = parse_rfc3339(other.as_string());
  return a && b && *a > *b;
}

bool same_list(const Value& a, const Value& b) { return (a.empty() && b.empty()) || a == b; }

// One Application's status, moved on by what the Application says.
class Advance {
 public:
  Advance(const Value& application, Time now) : application_(application), now_(now) {}

  Value from(const Value& old, std::string step, bool spec_changed) {
    status_ = old;
    if (status_.is_null()) {
      status_ = Value::map({{"application", name_of(application_)}, {"targetRevisions", revisions_of(application_)}});
      move(kWaiting, "No Application status found, defaulting status to Waiting");
    }
    std::string before = old.is_null() ? std::string(kWaiting) : old["status"].str();
    status_.set("step", std::move(step));
    note_changes(spec_changed);
    if (status_["status"].as_string() == kWaiting)
      leave_waiting();
    else if (before == kPending)
      leave_pending();
    else if (before == kProgressing && synced() && healthy())
      move(kHealthy, "Application resource became Healthy, updating status from Progressing to Healthy");
    return status_;
  }

 private:
  bool synced() const { return application_["status"]["sync"]["status"].as_string() == "Synced"; }
  bool healthy() const { return application_["status"]["health"]["status"].as_string() == "Healthy"; }

  void move(std::string_view to, std::string_view message) {
    status_.set("status", to);
    status_.set("message", message);
    status_.set("lastTransitionTime", format_rfc3339(now_));
  }

  void note_changes(bool spec_changed) {
    bool revised = !same_list(status_["targetRevisions"], revisions_of(application_));
    if (!revised && !spec_changed) return;
    status_.set("targetRevisions", revisions_of(application_));
    std::string_view what = revised && spec_changed ? " (revision and spec differ)" : revised ? "" : " (spec differs)";
    move(kWaiting, fmt::format("Application has pending changes{}, setting status to Waiting", what));
  }

  // What is synced already needs no sync.
  void leave_waiting() {
    if (!synced()) return;
    if (healthy())
      move(kHealthy, "Application resource has synced, updating status to Healthy");
    else
      move(kProgressing, "Application resource has synced, updating status to Progressing");
  }

  // A sync that began after the status became Pending is the one that was asked for.
  void leave_pending() {
    const Value& operation = application_["status"]["operationState"];
    if (after(operation["startedAt"], status_["lastTransitionTime"])) {
      std::string_view phase = operation["phase"].as_string();
      bool completed = phase == "Succeeded" || phase == "Failed" || phase == "Error";
      move(kProgressing, phase == "Succeeded" ? "Application resource completed a sync successfully, updating status from Pending to Progressing"
                         : completed          ? "Application resource completed a sync, updating status from Pending to Progressing"
                                              : "Application resource became Progressing, updating status from Pending to Progressing");
      return;
    }
    bool looked_at = after(application_["status"]["reconciledAt"], status_["lastTransitionTime"]);
    if (looked_at && has_error(application_)) move(kProgressing, "Application resource has error and cannot sync, updating status to Progressing");
  }

  const Value& application_;
  const Time now_;
  Value status_;
};

// "25%" is 25; nothing for what is no percentage.
std::optional<size_t> percentage(std::string_view text) {
  size_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || std::string_view(end, text.data() + text.size()) != "%") return std::nullopt;
  return number;
}

// How many Applications of a step may be on their way at once; nothing: all. A share of them is rounded down, but is
// at least one.
std::optional<size_t> most_at_once(const Value& step, size_t total) {
  const Value& most = step["maxUpdate"];
  if (most.is_null()) return std::nullopt;
  if (!most.is_string()) return static_cast<size_t>(std::max<int64_t>(0, most.as_int()));
  auto share = percentage(most.as_string());
  if (!share) return 1;
  return *share == 0 ? 0 : std::max<size_t>(1, total * *share / 100);
}

// "Step 2 has an invalid x: 5", "Steps 1, 2 have invalid xs: [5, 6]".
std::string told(std::span<const std::pair<size_t, std::string>> wrong, std::string_view one, std::string_view many, bool brackets) {
  std::string steps, values;
  for (const auto& [step, value] : wrong) {
    steps += fmt::format("{}{}", steps.empty() ? "" : ", ", step);
    values += fmt::format("{}{}", values.empty() ? "" : ", ", value);
  }
  if (wrong.size() == 1) return fmt::format("Step {} {}: {}", steps, one, values);
  return fmt::format(fmt::runtime(brackets ? "Steps {} {}: [{}]" : "Steps {} {}: {}"), steps, many, values);
}

// The gravest fault of the steps, in Argo CD's words; nothing when there is none.
std::string fault_of(const Value& application_set, const Steps& steps) {
  std::vector<std::pair<size_t, std::string>> operators, limits;
  std::string empty;
  size_t number = 0;
  for (const Value& step : steps_of(application_set).items()) {
    ++number;
    for (const Value& expression : step["matchExpressions"].items()) {
      std::string mode = expression["operator"].str();
      if (mode != "In" && mode != "NotIn") operators.emplace_back(number, mode);
    }
    const Value& most = step["maxUpdate"];
    if (most.is_string() && !percentage(most.as_string())) limits.emplace_back(number, most.str());
    if (steps.names[number - 1].empty()) empty += fmt::format("{}{}", empty.empty() ? "" : " ", number);
  }
  if (!operators.empty())
    return told(operators, "has invalid matchExpression operators", "have invalid matchExpression operators", false) +
           ". Supported Operators are 'In' and 'NotIn'";
  if (!steps.several.empty()) {
    std::vector<std::string> names, where;
    for (const auto& [name, selected] : steps.several) {
      names.push_back(name);
      where.push_back(selected);
    }
    return names.size() == 1 ? fmt::format("Application '{}' is selected by multiple steps: ({})", names[0], where[0])
                             : fmt::format("Applications '{}' are selected by multiple steps: [({})]", fmt::join(names, "', '"), fmt::join(where, "), ("));
  }
  if (!limits.empty()) return told(limits, "has an invalid maxUpdate value", "have invalid maxUpdate values", true);
  return empty.empty() ? "" : fmt::format("Steps [{}] have no applications matching their criteria", empty);
}

// Every step up to the first that is not through.
std::set<std::string> may_sync(const Steps& steps, const std::map<std::string, Value>& statuses) {
  std::set<std::string> out;
  for (const auto& names : steps.names) {
    out.insert(names.begin(), names.end());
    bool through = std::ranges::all_of(names, [&](const std::string& name) {
      auto it = statuses.find(name);
      return it != statuses.end() && it->second["status"].as_string() == kHealthy;
    });
    if (!through) break;
  }
  return out;
}

// Waiting becomes Pending for as many as may be on their way.
void promote(const Value& application_set, const Steps& steps, const std::set<std::string>& allowed, std::map<std::string, Value>& statuses, Time now) {
  std::vector<size_t> total(steps.names.size()), under_way(steps.names.size());
  auto step_of = [&](const std::string& name) {
    auto it = steps.first.find(name);
    return it == steps.first.end() ? 0 : it->second;
  };
  for (const auto& [name, status] : statuses) {
    ++total[step_of(name)];
    std::string_view state = status["status"].as_string();
    if (state == kPending || state == kProgressing) ++under_way[step_of(name)];
  }
  for (auto& [name, status] : statuses) {
    size_t step = step_of(name);
    auto most = most_at_once(steps_of(application_set).items()[step], total[step]);
    if (status["status"].as_string() != kWaiting || !allowed.contains(name) || (most && under_way[step] >= *most)) continue;
    status.set("status", kPending);
    status.set("message", "Application moved to Pending status, watching for the Application resource to start Progressing");
    status.set("lastTransitionTime", format_rfc3339(now));
    ++under_way[step];
  }
}

Value progress_condition(const Steps& steps, const std::map<std::string, Value>& statuses) {
  std::map<std::string, bool> through;
  for (const auto& [name, status] : statuses) {
    auto [it, fresh] = through.try_emplace(status["step"].str(), true);
    it->second = it->second && status["status"].as_string() == kHealthy;
  }
  for (size_t i = 1; i <= steps.names.size(); ++i) {
    auto it = through.find(std::to_string(i));
    if (it != through.end() && !it->second)
      return Value::map({{"type", "RolloutProgressing"}, {"status", "True"}, {"reason", "ApplicationSetModified"},
                         {"message", fmt::format("ApplicationSet is performing rollout of step {}", i)}});
  }
  return Value::map({{"type", "RolloutProgressing"}, {"status", "False"}, {"reason", "ApplicationSetRolloutComplete"},
                     {"message", "ApplicationSet Rollout has completed"}});
}

// Pending ones whose sync has neither begun nor been asked for.
void choose_syncs(std::span<const Value> existing, const std::map<std::string, Value>& statuses, Time now, Rollout& out) {
  for (const Value& application : existing) {
    auto it = statuses.find(std::string(name_of(application)));
    if (it == statuses.end() || it->second["status"].as_string() != kPending) continue;
    std::string_view phase = application["status"]["operationState"]["phase"].as_string();
    if (application["operation"].is_map() || phase == "Running" || phase == "Terminating") continue;
    Time since = parse_rfc3339(it->second["lastTransitionTime"].as_string()).value_or(now);
    Time from = since + std::chrono::seconds(1);
    if (now >= from)
      out.sync.push_back(it->first);
    else
      out.again = out.again ? std::min(*out.again, from) : from;
  }
}

}  // namespace

bool rolls(const Value& application_set) {
  const Value& strategy = application_set["spec"]["strategy"];
  return strategy["type"].as_string() == "RollingSync" && !steps_of(application_set).empty();
}

std::set<std::string> hold_back(std::vector<Value>& wanted) {
  std::set<std::string> out;
  for (Value& application : wanted) {
    const Value& automated = application["spec"]["syncPolicy"]["automated"];
    if (!automated.is_map() || !automated["enabled"].as_bool(true)) continue;
    if (automated["prune"].as_bool()) out.emplace(name_of(application));
    application.edit("spec").edit("syncPolicy").edit("automated").set("enabled", false);
  }
  return out;
}

Rollout roll_out(const Value& application_set, const std::vector<Value>& wanted, std::span<const Value> existing,
                 const std::set<std::string>& changed, Time now) {
  Steps steps(application_set, wanted);
  std::map<std::string, Value> before, statuses;
  for (const Value& status : application_set["status"]["applicationStatus"].items()) before[status["application"].str()] = status;
  for (const Value& application : existing) {
    std::string name(name_of(application));
    statuses[name] = Advance(application, now).from(before[name], steps.shown(name), changed.contains(name));
  }
  promote(application_set, steps, may_sync(steps, statuses), statuses, now);
  Rollout out;
  out.statuses = Value::list();
  for (const auto& [name, status] : statuses) out.statuses.push_back(status);
  out.condition = progress_condition(steps, statuses);
  out.invalid = fault_of(application_set, steps);
  choose_syncs(existing, statuses, now, out);
  return out;
}

Value rollout_operation(const Value& application, bool prune) {
  const Value& policy = application["spec"]["syncPolicy"];
  Value sync = Value::map({});
  if (prune) sync.set("prune", true);
  if (policy["syncOptions"].is_list()) sync.set("syncOptions", policy["syncOptions"]);
  return Value::map({{"initiatedBy", Value::map({{"username", "applicationset-controller"}, {"automated", true}})},
                     {"info", Value::list({Value::map({{"name", "Reason"},
                                                       {"value", "ApplicationSet RollingSync triggered a sync of this Application resource"}})})},
                     {"sync", sync},
                     {"retry", policy["retry"].is_map() ? policy["retry"] : Value::map({{"limit", 5}})}});
}

bool deletes_in_reverse(const Value& application_set) {
  return rolls(application_set) && to_lower(application_set["spec"]["strategy"]["deletionOrder"].as_string()) == "reverse";
}

Reverse next_removal(const Value& application_set, std::span<const Value> existing) {
  Steps steps(application_set, existing);
  Reverse out;
  const Value* last = nullptr;
  auto step_of = [&](const Value& application) {
    auto it = steps.first.find(std::string(name_of(application)));
    return it == steps.first.end() ? -1 : static_cast<int64_t>(it->second);
  };
  for (const Value& application : existing) {
    out.left = true;
    if (!last || step_of(application) > step_of(*last)) last = &application;
  }
  if (last && !(*last)["metadata"].contains("deletionTimestamp"))
    out.next = Removal{std::string(name_of(*last)), (*last)["metadata"]["uid"].str()};
  return out;
}

}  // namespace taut::argo::appset
