#include <algorithm>
#include <unordered_map>

#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/strategy.hh"
#include "sandbox/kinds/validation.hh"

namespace taut::sandbox::kinds {
namespace {

const ValidationRule* rule_for(const Gvk& gvk) {
  static const std::unordered_map<std::string_view, const ValidationRule*> known = [] {
    std::unordered_map<std::string_view, const ValidationRule*> out;
    for (auto group : {workload_validation(), core_validation(), platform_validation()}) {
      for (const ValidationRule& rule : group) out.emplace(rule.type, &rule);
    }
    return out;
  }();
  const Shape* shape = shape_of(gvk);
  auto at = shape ? known.find(shape->name) : known.end();
  return at == known.end() ? nullptr : at->second;
}

}  // namespace

std::vector<Problem> validate_create(const Gvk& gvk, const Value& object) {
  Checks checks;
  const ValidationRule* rule = rule_for(gvk);
  if (rule && rule->create) rule->create(checks, object);
  return checks.take();
}

std::vector<Problem> validate_update(const Gvk& gvk, const Value& fresh, const Value& old, std::string_view subresource) {
  Checks checks(false);
  const ValidationRule* rule = rule_for(gvk);
  if (!rule) return {};
  if (subresource == "status") {
    const bool balanced = fresh["spec"]["type"].as_string() == "LoadBalancer" || fresh["status"]["loadBalancer"]["ingress"].empty();
    if (rule->type == "core/v1.Service" && !balanced) {
      checks.forbidden("status.loadBalancer.ingress", "may only be used when `spec.type` is 'LoadBalancer'");
    }
    return checks.take();
  }
  if (!subresource.empty()) return {};
  if (rule->update_first && rule->update) rule->update(checks, fresh, old);
  if (rule->create) rule->create(checks, fresh);
  if (!rule->update_first && rule->update) rule->update(checks, fresh, old);
  return checks.take();
}

}  // namespace taut::sandbox::kinds
