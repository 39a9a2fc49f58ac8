#include "health/kstatus_rules.hh"

namespace taut::kstatus_rule {

Result<Kstatus> persistent_volume_claim(const Value& object, Time) {
  std::string_view phase = text(object["status"]["phase"], "unknown");
  if (phase == "Bound") return current("PVC is Bound");
  return in_progress("NotBound", fmt::format("PVC is not Bound. phase: {}", phase));
}

}  // namespace taut::kstatus_rule
