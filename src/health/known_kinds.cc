#include "health/known_kinds.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <unordered_map>
#include <vector>

#include "base/strings.hh"
#include "embedded/health_kinds.hh"
#include "lang/glob/glob.hh"
#include "object/id.hh"
#include "yaml/reader.hh"

namespace taut {
namespace {

// What is at "status.conditions.0.message"; null when nothing is.
const Value& at(const Value& object, std::string_view path) {
  static const Value none;
  const Value* value = &object;
  for (std::string_view part : split(path, '.')) {
    if (value->is_list()) {
      size_t index = static_cast<size_t>(std::atoi(std::string(part).c_str()));
      value = index < value->size() ? &(*value)[index] : nullptr;
    } else {
      value = value->find(replace_all(part, "~1", "."));
    }
    if (!value) return none;
  }
  return *value;
}

std::string text_of(const Value& value) {
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  return value.str();
}

bool among(const Value& list, std::string_view text) {
  return std::ranges::any_of(list.items(), [&](const Value& item) { return item.as_string() == text; });
}

const Value* condition_of(const Value& conditions, std::string_view type) {
  for (const Value& condition : conditions.items())
    if (condition["type"].as_string() == type) return &condition;
  return nullptr;
}

std::string message_of(const Value& condition) {
  std::string_view message = condition["message"].as_string();
  return std::string(message.empty() ? condition["reason"].as_string() : message);
}

// One object, or one item of a list of it, by one item of the table.
class Judge {
 public:
  Judge(const Value& rule, const Value& object, const Value& conditions) : rule_(rule), object_(object), conditions_(conditions) {}

  std::optional<Health> judge() const {
    for (auto step : {&Judge::suspension, &Judge::special, &Judge::generation, &Judge::progress, &Judge::failure, &Judge::phase,
                      &Judge::readiness})
      if (auto health = (this->*step)()) return health;
    if (rule_["then"].is_map()) return Judge(rule_["then"], object_, conditions_).judge();
    return std::nullopt;
  }

 private:
  std::optional<Health> suspension() const {
    std::string_view path, wanted;
    if (!cut(rule_["suspended"].as_string(), "=", path, wanted)) path = rule_["suspended"].as_string(), wanted = "true";
    if (!path.empty() && text_of(at(object_, path)) == wanted) return Health{HealthState::kSuspended, fmt::format("{} is suspended", object_["kind"].as_string())};
    for (const Value& type : rule_["suspended_by"].items())
      if (const Value* condition = condition_of(conditions_, type.as_string()); condition && (*condition)["status"].as_string() == "True")
        return Health{HealthState::kSuspended, message_of(*condition)};
    for (const Value& condition : conditions_.items())
      if (among(rule_["suspended_reasons"], condition["reason"].as_string()))
        return Health{HealthState::kSuspended, message_of(condition)};
    return std::nullopt;
  }

  std::optional<Health> special() const {
    for (const auto& [path, value] : rule_["healthy_when"].entries())
      if (at(object_, path.as_string()) == value) return Health{HealthState::kHealthy, ""};
    std::string error = rule_["failed_when"].is_string() ? at(object_, rule_["failed_when"].as_string()).str() : "";
    return error.empty() ? std::nullopt : std::optional(Health{HealthState::kDegraded, error});
  }

  std::optional<Health> generation() const {
    if (rule_["observed"].as_string() == "nowhere") return std::nullopt;
    int64_t wanted = object_["metadata"]["generation"].as_int();
    const Value& seen = object_["status"]["observedGeneration"];
    bool behind = seen.is_number() && seen.as_int() < wanted;
    if (rule_["observed"].as_string() == "conditions")
      for (const Value& condition : conditions_.items())
        behind = behind || (condition["observedGeneration"].is_number() && condition["observedGeneration"].as_int() < wanted);
    if (!behind) return std::nullopt;
    return Health{HealthState::kProgressing, "Waiting for the controller to see the latest change"};
  }

  std::optional<Health> progress() const {
    for (const Value& type : rule_["progressing"].items())
      if (const Value* condition = condition_of(conditions_, type.as_string()); condition && (*condition)["status"].as_string() == "True")
        return Health{HealthState::kProgressing, message_of(*condition)};
    return std::nullopt;
  }

  std::optional<Health> failure() const {
    for (const Value& item : rule_["failed"].items()) {
      std::string_view type, status;
      if (!cut(item.as_string(), "=", type, status)) type = item.as_string(), status = "True";
      const Value* condition = condition_of(conditions_, type);
      if (!condition || (*condition)["status"].as_string() != status) continue;
      bool pending = among(rule_["failed_pending_reasons"], (*condition)["reason"].as_string());
      return Health{pending ? HealthState::kProgressing : HealthState::kDegraded, message_of(*condition)};
    }
    return std::nullopt;
  }

  std::optional<Health> phase() const {
    if (!rule_["phase"].is_string()) return std::nullopt;
    const Value& value = at(object_, rule_["phase"].as_string());
    std::string phase = text_of(value);
    if (phase.empty()) return std::nullopt;
    std::string message = rule_["message"].is_string() ? at(object_, rule_["message"].as_string()).str() : "";
    if (message.empty() && value.is_string()) message = phase;
    for (const auto& [state, phases] : rule_["phases"].entries())
      if (among(phases, phase)) return Health{*parse_health(state.as_string()), message};
    if (rule_["then"].is_map()) return std::nullopt;
    return Health{HealthState::kProgressing, message};
  }

  std::optional<Health> readiness() const {
    std::vector<std::string_view> types;
    for (const Value& type : rule_["ready"].items()) types.push_back(type.as_string());
    if (rule_["all_conditions"].as_bool())
      for (const Value& condition : conditions_.items()) types.push_back(condition["type"].as_string());
    if (types.empty()) return std::nullopt;
    const Value* last = nullptr;
    const Value* waiting = nullptr;
    for (std::string_view type : types) {
      bool optional = type.ends_with('?');
      if (optional) type.remove_suffix(1);
      const Value* condition = condition_of(conditions_, type);
      if (!condition && optional) continue;
      if (!condition) return std::nullopt;
      last = condition;
      if ((*condition)["status"].as_string() == "False") return unready(*condition);
      if ((*condition)["status"].as_string() != "True") waiting = condition;
    }
    if (waiting) return Health{HealthState::kProgressing, message_of(*waiting)};
    return Health{HealthState::kHealthy, message_of(*last)};
  }

  Health unready(const Value& condition) const {
    HealthState state = parse_health(rule_["unready"].as_string()).value_or(HealthState::kDegraded);
    if (among(rule_["pending_reasons"], condition["reason"].as_string())) state = HealthState::kProgressing;
    return {state, message_of(condition)};
  }

  const Value& rule_;
  const Value& object_;
  const Value& conditions_;
};

// The table by kind; kinds with globs in the order of the file.
class Table {
 public:
  Table() {
    auto document = parse_yaml_document(embedded::health_kinds());
    if (!document) std::abort();  // a test reads it too
    rules_ = document->root;
    for (const Value& rule : rules_.items()) {
      for (const Value& kind : rule["kinds"].items()) {
        if (kind.as_string().find('*') == std::string_view::npos)
          exact_.emplace(kind.as_string(), &rule);
        else
          globs_.emplace_back(kind.as_string(), &rule);
      }
    }
  }
  const Value* find(const std::string& kind) const {
    if (auto it = exact_.find(kind); it != exact_.end()) return it->second;
    for (const auto& [glob, rule] : globs_)
      if (glob_matches(glob, kind, "/")) return rule;
    return nullptr;
  }

 private:
  Value rules_;
  std::unordered_map<std::string_view, const Value*> exact_;
  std::vector<std::pair<std::string_view, const Value*>> globs_;
};

// Lists are judged item by item: an empty one says nothing.
std::optional<Health> judge_each(const Value& rule, const Value& object) {
  std::optional<Health> worst_one;
  for (const Value& item : at(object, rule["each"].as_string()).items()) {
    auto health = Judge(rule, object, item["conditions"]).judge();
    if (health && (!worst_one || worst(worst_one->state, health->state) != worst_one->state)) worst_one = health;
  }
  return worst_one;
}

}  // namespace

std::optional<Health> judge_known(const Value& object) {
  static const Table table;
  Gvk gvk = Gvk::of(object);
  if (gvk.group.empty() || object["metadata"].contains("deletionTimestamp")) return std::nullopt;
  const Value* rule = table.find(gvk.group + "/" + gvk.kind);
  if (!rule) return std::nullopt;
  auto health = (*rule)["each"].is_string() ? judge_each(*rule, object) : Judge(*rule, object, object["status"]["conditions"]).judge();
  if (health) return health;
  HealthState otherwise = parse_health((*rule)["otherwise"].as_string()).value_or(HealthState::kProgressing);
  return Health{otherwise, otherwise == HealthState::kProgressing ? fmt::format("Waiting for the status of {}", gvk.kind) : ""};
}

}  // namespace taut
