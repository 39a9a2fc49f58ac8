#include "health/health.hh"

namespace taut {

std::optional<Health> judge(const Value& object, Judgement) {
  if (object["metadata"].contains("deletionTimestamp")) return Health{HealthState::kProgressing, "Pending deletion"};
  return std::nullopt;
}

}  // namespace taut
