#include "health/go_fields.hh"
#include "health/kstatus_rules.hh"

namespace taut::kstatus_rule {

Result<Kstatus> custom_resource_definition(const Value& object, Time) {
  TAUT_ASSIGN(auto conditions, go_conditions(object));
  for (const GoCondition& condition : conditions) {
    bool refused =
        condition.status == "False" && (condition.type == "NamesAccepted" ||
                                        (condition.type == "Established" && condition.reason != "Installing"));
    if (refused) return failed(std::string(condition.reason), std::string(condition.message));
    if (condition.type == "Established" && condition.status == "True") return current("CRD is established");
  }
  return in_progress("Installing", "Install in progress");
}

}  // namespace taut::kstatus_rule
