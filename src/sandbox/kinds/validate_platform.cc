#include <array>
#include <set>

#include "base/strings.hh"
#include "sandbox/kinds/internal_json.hh"
#include "sandbox/kinds/validation.hh"

namespace taut::sandbox::kinds {
namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

void required_name(Checks& checks, const std::string& field, const Value& name) {
  if (name.empty()) {
    checks.required(field);
  } else {
    checks.named(field, name, path_segment(name.as_string()));
  }
}

void budget(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  if (!spec["minAvailable"].is_null() && !spec["maxUnavailable"].is_null()) {
    checks.invalid_text("spec", internal_json("policy/v1.PodDisruptionBudgetSpec", spec), "minAvailable and maxUnavailable cannot be both set");
  }
  for (const char* field : {"minAvailable", "maxUnavailable"}) {
    if (spec[field].is_null()) continue;
    checks.share(child("spec", field), spec[field]);
    checks.at_most_all(child("spec", field), spec[field]);
  }
  if (!spec["selector"].is_null()) checks.selector("spec.selector", spec["selector"]);
  if (!spec["unhealthyPodEvictionPolicy"].is_null()) {
    checks.one_of("spec.unhealthyPodEvictionPolicy", spec["unhealthyPodEvictionPolicy"], {"AlwaysAllow", "IfHealthyBudget"});
  }
}

void rules(Checks& checks, const Value& object, bool namespaced) {
  const Value& list = object["rules"];
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string path = at("rules", i);
    const Value& rule = list[i];
    if (rule["verbs"].empty()) checks.required(child(path, "verbs"), "verbs must contain at least one value");
    if (!rule["nonResourceURLs"].empty()) {
      if (namespaced) checks.invalid(child(path, "nonResourceURLs"), rule["nonResourceURLs"], "namespaced rules cannot apply to non-resource URLs");
      if (!rule["apiGroups"].empty() || !rule["resources"].empty() || !rule["resourceNames"].empty()) {
        checks.invalid(child(path, "nonResourceURLs"), rule["nonResourceURLs"], "rules cannot apply to both regular resources and non-resource URLs");
      }
      continue;
    }
    if (rule["apiGroups"].empty()) checks.required(child(path, "apiGroups"), "resource rules must supply at least one api group");
    if (rule["resources"].empty()) checks.required(child(path, "resources"), "resource rules must supply at least one resource");
  }
}

void role(Checks& checks, const Value& object) { rules(checks, object, true); }

void cluster_role(Checks& checks, const Value& object) {
  rules(checks, object, false);
  const Value& aggregation = object["aggregationRule"];
  if (!aggregation.is_null() && aggregation["clusterRoleSelectors"].empty()) {
    checks.required("aggregationRule.clusterRoleSelectors", "at least one clusterRoleSelector required if aggregationRule is non-nil");
  }
  const Value& selectors = aggregation["clusterRoleSelectors"];
  for (size_t i = 0; i < selectors.size(); ++i) {
    const std::string path = at("aggregationRule.clusterRoleSelectors", i);
    Checks own;
    own.selector(path, selectors[i]);
    const bool sound = own.clean();
    checks.append(own.take());
    if (!sound) checks.invalid(path, Value(), "invalid label selector.");
  }
}

void subjects(Checks& checks, const Value& list, bool namespaced) {
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string path = at("subjects", i), kind = list[i]["kind"].str();
    const Value& subject = list[i];
    if (subject["name"].empty()) checks.required(child(path, "name"));
    if (kind == "ServiceAccount") {
      if (!subject["name"].empty()) checks.named(child(path, "name"), subject["name"], dns_subdomain(subject["name"].as_string()));
      if (!subject["apiGroup"].empty()) checks.unsupported(child(path, "apiGroup"), subject["apiGroup"], {""});
      if (!namespaced && subject["namespace"].empty()) checks.required(child(path, "namespace"));
    } else if (kind == "User" || kind == "Group") {
      checks.one_of(child(path, "apiGroup"), subject["apiGroup"], {kRbac});
    } else {
      checks.unsupported(child(path, "kind"), kind, {"ServiceAccount", "User", "Group"});
    }
  }
}

void binding_of(Checks& checks, const Value& object, bool namespaced) {
  const Value& reference = object["roleRef"];
  checks.one_of("roleRef.apiGroup", reference["apiGroup"], {kRbac});
  if (namespaced) {
    checks.one_of("roleRef.kind", reference["kind"], {"Role", "ClusterRole"});
  } else {
    checks.one_of("roleRef.kind", reference["kind"], {"ClusterRole"});
  }
  required_name(checks, "roleRef.name", reference["name"]);
  subjects(checks, object["subjects"], namespaced);
}

void role_binding(Checks& checks, const Value& object) { binding_of(checks, object, true); }
void cluster_role_binding(Checks& checks, const Value& object) { binding_of(checks, object, false); }

void binding_update(Checks& checks, const Value& fresh, const Value& old) {
  const Value& reference = fresh["roleRef"];
  if (reference == old["roleRef"]) return;
  checks.invalid_text("roleRef", internal_json("rbac/v1.RoleRef", reference), "cannot change roleRef");
}

void priority_class(Checks& checks, const Value& object) {
  if (name_of(object).starts_with("system-")) {
    const bool known = name_of(object) == "system-node-critical" || name_of(object) == "system-cluster-critical";
    if (!known) {
      checks.forbidden("metadata.name", fmt::format("priority class names with 'system-' prefix are reserved for system use only. error: {} is "
                                                    "not a known system priority class", name_of(object)));
    }
  } else if (object["value"].as_int() > 1000000000) {
    checks.forbidden("value", "maximum allowed value of a user defined priority is 1000000000");
  }
  checks.one_of("preemptionPolicy", object["preemptionPolicy"], {"PreemptLowerPriority", "Never"});
}

void priority_class_update(Checks& checks, const Value& fresh, const Value& old) {
  if (fresh["value"].as_int() != old["value"].as_int()) checks.forbidden("value", "may not be changed in an update.");
  checks.immutable("preemptionPolicy", fresh["preemptionPolicy"], old["preemptionPolicy"]);
}

void topologies(Checks& checks, const Value& terms) {
  for (size_t i = 0; i < terms.size(); ++i) {
    const Value& expressions = terms[i]["matchLabelExpressions"];
    std::set<std::string, std::less<>> keys;
    for (size_t e = 0; e < expressions.size(); ++e) {
      const std::string item = at(child(at("allowedTopologies", i), "matchLabelExpressions"), e), name = expressions[e]["key"].str();
      const Value& values = expressions[e]["values"];
      std::set<std::string, std::less<>> seen;
      if (values.empty()) checks.required(child(item, "values"));
      for (size_t v = 0; v < values.size(); ++v) {
        if (!seen.insert(values[v].str()).second) checks.duplicate(at(child(item, "values"), v), values[v]);
      }
      checks.named(child(item, "key"), name, qualified_name(name));
      if (!keys.insert(name).second) checks.duplicate(child(item, "key"), name);
    }
    // The server compares with the terms before, and with as many empty ones as there are terms.
    auto alike = [&](size_t other) { return terms[other]["matchLabelExpressions"] == expressions; };
    size_t repeated = expressions.empty() ? terms.size() : 0;
    for (size_t other = 0; other < i; ++other) repeated += alike(other) ? 1 : 0;
    for (size_t times = 0; times < repeated; ++times) checks.duplicate(child(at("allowedTopologies", i), "matchLabelExpressions"), "");
  }
}

void storage_class(Checks& checks, const Value& object) {
  const std::string provisioner = to_lower(object["provisioner"].as_string());
  if (provisioner.empty()) {
    checks.required("provisioner");
  } else {
    checks.named("provisioner", provisioner, qualified_name(provisioner));
  }
  if (!object["reclaimPolicy"].empty()) checks.one_of("reclaimPolicy", object["reclaimPolicy"], {"Delete", "Retain"});
  checks.one_of("volumeBindingMode", object["volumeBindingMode"], {"Immediate", "WaitForFirstConsumer"});
  topologies(checks, object["allowedTopologies"]);
}

void storage_class_update(Checks& checks, const Value& fresh, const Value& old) {
  checks.immutable("parameters", fresh["parameters"], old["parameters"]);
  if (fresh["provisioner"] != old["provisioner"]) checks.invalid("provisioner", fresh["provisioner"].str(), "field is immutable");
  for (const char* field : {"reclaimPolicy", "volumeBindingMode"}) checks.immutable(field, fresh[field], old[field]);
}

void lease(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  const Value& duration = spec["leaseDurationSeconds"];
  if (!duration.is_null() && duration.as_int() <= 0) checks.invalid("spec.leaseDurationSeconds", duration, "must be greater than 0");
  checks.not_negative("spec.leaseTransitions", spec["leaseTransitions"]);
}

constexpr std::array<ValidationRule, 8> kRules{{
    {"policy/v1.PodDisruptionBudget", budget, nullptr},
    {"rbac/v1.Role", role, nullptr},
    {"rbac/v1.ClusterRole", cluster_role, nullptr},
    {"rbac/v1.RoleBinding", role_binding, binding_update},
    {"rbac/v1.ClusterRoleBinding", cluster_role_binding, binding_update},
    {"scheduling/v1.PriorityClass", priority_class, priority_class_update, true},
    {"storage/v1.StorageClass", storage_class, storage_class_update},
    {"coordination/v1.Lease", lease, nullptr},
}};

}  // namespace

std::span<const ValidationRule> platform_validation() { return kRules; }

}  // namespace taut::sandbox::kinds
