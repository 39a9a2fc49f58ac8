#include "health/argo.hh"
#include "health/kstatus.hh"

namespace taut {

std::optional<Health> judge(const Value& object, Judgement judgement, std::optional<Time> now) {
  if (judgement == Judgement::kArgo) return judge_argo(object);
  auto status = kstatus(object, now.value_or(Time::min() + std::chrono::minutes(1)));
  if (status && status->code == KstatusCode::kTerminating)
    return Health{HealthState::kProgressing, "Pending deletion"};
  return health_of(status);
}

}  // namespace taut
