#include "engine/health_of.hh"

#include "health/known_kinds.hh"
#include "object/id.hh"

namespace taut::engine {
namespace {

bool is_living_application(const Value& object) {
  Gvk gvk = Gvk::of(object);
  return gvk.group == "argoproj.io" && gvk.kind == "Application" && !object["metadata"].contains("deletionTimestamp");
}

}  // namespace

std::optional<Health> health_of(const Value& object, const UnitSpec& unit, Time now) {
  bool living = !object["metadata"].contains("deletionTimestamp");
  if (unit.customizations && living)
    if (auto said = unit.customizations->judge(object, now)) return said->health;
  if (unit.judgement == Judgement::kArgo)
    if (auto known = judge_known(object)) return known;
  if (!is_living_application(object)) return judge(object, unit.judgement, now);
  const Value& status = object["status"];
  auto state = parse_health(status["health"]["status"].as_string());
  if (!state || status["sync"]["status"].as_string() == "Unknown")
    return Health{HealthState::kProgressing, "Waiting for the application to be reconciled"};
  return Health{*state, status["health"]["message"].str()};
}

std::optional<Health> settled_health_of(const Value& object, const UnitSpec& unit, Time now) {
  const Value& operation = object["status"]["operationState"];
  if (is_living_application(object) && operation["phase"].as_string() == "Running")
    return Health{HealthState::kProgressing, operation["message"].str()};
  return health_of(object, unit, now);
}

}  // namespace taut::engine
