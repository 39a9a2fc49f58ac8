#include "engine/health_of.hh"

#include "object/id.hh"

namespace taut::engine {

std::optional<Health> health_of(const Value& object, Judgement judgement) {
  Gvk gvk = Gvk::of(object);
  if (gvk.group != "argoproj.io" || gvk.kind != "Application" || object["metadata"].contains("deletionTimestamp"))
    return judge(object, judgement);
  const Value& status = object["status"];
  auto state = parse_health(status["health"]["status"].as_string());
  if (!state || status["sync"]["status"].as_string() == "Unknown")
    return Health{HealthState::kProgressing, "Waiting for the application to be reconciled"};
  if (status["operationState"]["phase"].as_string() == "Running")
    return Health{HealthState::kProgressing, status["operationState"]["message"].str()};
  return Health{*state, status["health"]["message"].str()};
}

}  // namespace taut::engine
