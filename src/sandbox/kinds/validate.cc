#include <algorithm>
#include <array>
#include <unordered_map>

#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/strategy.hh"
#include "sandbox/kinds/validation.hh"

namespace taut::sandbox::kinds {
namespace {

const ValidationRule* rule_for(const Gvk& gvk) {
  static const std::unordered_map<std::string_view, const ValidationRule*> known = [] {
    std::unordered_map<std::string_view, const ValidationRule*> out;
    for (auto group : {workload_validation(), core_validation(), platform_validation(), network_validation(), limits_validation(), autoscaling_validation()}) {
      for (const ValidationRule& rule : group) out.emplace(rule.type, &rule);
    }
    return out;
  }();
  const Shape* shape = shape_of(gvk);
  auto at = shape ? known.find(shape->name) : known.end();
  return at == known.end() ? nullptr : at->second;
}

struct Looks {
  std::string_view type;
  MetadataLooks looks;
};

// Kinds that do not do it once with ValidateObjectMetaUpdate alone.
constexpr std::array<Looks, 28> kLooks{{
    {"apps/v1.ControllerRevision", {1, 1}},
    {"core/v1.ConfigMap", {1, 1}},
    {"core/v1.Endpoints", {1, 1}},
    {"core/v1.Node", {1, 2}},
    {"core/v1.Namespace", {1, 1}},
    {"core/v1.PersistentVolumeClaim", {1, 1}},
    {"core/v1.PersistentVolume", {0, 2}},
    {"core/v1.Pod", {1, 1}},
    {"core/v1.Secret", {1, 1}},
    {"core/v1.ServiceAccount", {1, 1}},
    {"core/v1.LimitRange", {0, 1}},
    {"core/v1.Event", {0, 0}},
    {"batch/v1.Job", {1, 1}},
    {"discovery/v1.EndpointSlice", {0, 1}},
    {"networking/v1.IngressClass", {1, 1}},
    {"networking/v1.Ingress", {1, 1}},
    {"networking/v1.IPAddress", {1, 1}},
    {"rbac/v1.Role", {1, 1}},
    {"rbac/v1.ClusterRole", {1, 1}},
    {"rbac/v1.RoleBinding", {1, 1}},
    {"rbac/v1.ClusterRoleBinding", {1, 1}},
    {"policy/v1.PodDisruptionBudget", {0, 0}},
    {"storage/v1.StorageClass", {1, 1}},
    {"node/v1.RuntimeClass", {1, 1}},
    {"admissionregistration/v1.ValidatingWebhookConfiguration", {0, 1}},
    {"admissionregistration/v1.MutatingWebhookConfiguration", {0, 1}},
    {"flowcontrol/v1.FlowSchema", {0, 1}},
    {"flowcontrol/v1.PriorityLevelConfiguration", {0, 1}},
}};

}  // namespace

MetadataLooks metadata_looks(const Gvk& gvk, std::string_view subresource) {
  const Shape* shape = shape_of(gvk);
  if (!shape || !subresource.empty()) return {};
  auto found = std::ranges::find(kLooks, std::string_view(shape->name), &Looks::type);
  return found == kLooks.end() ? MetadataLooks() : found->looks;
}

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
