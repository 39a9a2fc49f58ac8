#include <array>

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

void autoscaler(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  const Value& low = spec["minReplicas"];
  const int64_t high = spec["maxReplicas"].as_int();
  if (!low.is_null() && low.as_int() < 1) checks.invalid("spec.minReplicas", low, "must be greater than or equal to 1");
  if (high == 0) {
    checks.required("spec.maxReplicas", "must be set and greater than 0");
  } else if (high < 0) {
    checks.invalid("spec.maxReplicas", high, "must be greater than or equal to 1");
  }
  if (!low.is_null() && high < low.as_int()) checks.invalid("spec.maxReplicas", high, "must be greater than or equal to `minReplicas`");
  const Value& target = spec["scaleTargetRef"];
  required_name(checks, "spec.scaleTargetRef.kind", target["kind"]);
  required_name(checks, "spec.scaleTargetRef.name", target["name"]);
  const bool core = target["apiVersion"].as_string().find('/') == std::string_view::npos;
  if (core && target["kind"].as_string() != "ReplicationController") {
    checks.invalid("spec.scaleTargetRef.apiVersion", target["apiVersion"].str(), "apiVersion must specify API group");
  }
  bool external = false;
  for (const Value& metric : spec["metrics"].items()) {
    external |= metric["type"].as_string() == "Object" || metric["type"].as_string() == "External";
  }
  if (!low.is_null() && low.as_int() == 0 && !external) {
    checks.forbidden("spec.metrics", "must specify at least one Object or External metric to support scaling to zero replicas");
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

void ingress_backend(Checks& checks, const std::string& path, const Value& backend) {
  const Value& service = backend["service"];
  if (!service.is_null() && !backend["resource"].is_null()) return checks.invalid(path, "", "cannot set both resource and service backends");
  if (!backend["resource"].is_null()) return;
  if (service.is_null()) return checks.invalid(path, "", "resource or service backend is required");
  if (service["name"].empty()) {
    checks.required(child(path, "service.name"));
  } else {
    checks.named(child(path, "service.name"), service["name"], dns_label(service["name"].as_string()));
  }
  const Value& name = service["port"]["name"];
  const Value& number = service["port"]["number"];
  if (!name.empty() && number.as_int() != 0) {
    checks.invalid(path, "", "cannot set both port name & port number");
  } else if (!name.empty()) {
    checks.named(child(path, "service.port.name"), name, port_name(name.as_string()));
  } else if (number.as_int() != 0) {
    checks.port(child(path, "service.port.number"), number);
  } else {
    checks.required(path, "port name or number is required");
  }
}

void ingress_path(Checks& checks, const std::string& path, const Value& entry) {
  const Value& type = entry["pathType"];
  const std::string text = entry["path"].str();
  if (type.is_null()) return checks.required(child(path, "pathType"), "pathType must be specified");
  const bool strict = type.as_string() == "Exact" || type.as_string() == "Prefix";
  if (strict || type.as_string() == "ImplementationSpecific") {
    if (!text.starts_with("/") && (strict || !text.empty())) checks.invalid(child(path, "path"), text, "must be an absolute path");
    if (strict) {
      for (const char* part : {"//", "/./", "/../", "%2f", "%2F"}) {
        if (contains(text, part)) checks.invalid(child(path, "path"), text, fmt::format("must not contain '{}'", part));
      }
      for (const char* suffix : {"/..", "/."}) {
        if (text.ends_with(suffix)) checks.invalid(child(path, "path"), text, fmt::format("cannot end with '{}'", suffix));
      }
    }
  } else {
    checks.unsupported(child(path, "pathType"), type, {"Exact", "ImplementationSpecific", "Prefix"});
  }
  ingress_backend(checks, child(path, "backend"), entry["backend"]);
}

void ingress(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  const Value& rules = spec["rules"];
  if (rules.empty() && spec["defaultBackend"].is_null()) {
    checks.invalid("spec", Value(), "either `defaultBackend` or `rules` must be specified");
  }
  if (!spec["defaultBackend"].is_null()) ingress_backend(checks, "spec.defaultBackend", spec["defaultBackend"]);
  for (size_t i = 0; i < rules.size(); ++i) {
    const std::string path = at("spec.rules", i), host = rules[i]["host"].str();
    std::string_view plain = host;
    if (plain.starts_with("*.")) plain.remove_prefix(2);
    if (!host.empty()) checks.named(child(path, "host"), host, dns_subdomain(plain));
    const Value& http = rules[i]["http"];
    if (http.is_null()) continue;
    if (http["paths"].empty()) checks.required(child(path, "http.paths"));
    for (size_t p = 0; p < http["paths"].size(); ++p) ingress_path(checks, at(child(path, "http.paths"), p), http["paths"][p]);
  }
  if (!spec["ingressClassName"].is_null()) {
    checks.named("spec.ingressClassName", spec["ingressClassName"], dns_subdomain(spec["ingressClassName"].as_string()));
  }
}

void ingress_class_update(Checks& checks, const Value& fresh, const Value& old) {
  checks.immutable("spec.controller", fresh["spec"]["controller"], old["spec"]["controller"]);
}

void network_policy(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  checks.selector("spec.podSelector", spec["podSelector"]);
  const Value& types = spec["policyTypes"];
  for (size_t i = 0; i < types.size(); ++i) checks.one_of(at("spec.policyTypes", i), types[i], {"Ingress", "Egress"});
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

void storage_class(Checks& checks, const Value& object) {
  if (object["provisioner"].empty()) checks.required("provisioner");
  if (!object["reclaimPolicy"].empty()) checks.one_of("reclaimPolicy", object["reclaimPolicy"], {"Delete", "Retain"});
  checks.one_of("volumeBindingMode", object["volumeBindingMode"], {"Immediate", "WaitForFirstConsumer"});
}

void storage_class_update(Checks& checks, const Value& fresh, const Value& old) {
  for (const char* field : {"parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"}) checks.immutable(field, fresh[field], old[field]);
}

void endpoint_slice(Checks& checks, const Value& object) {
  if (object["addressType"].empty()) {
    checks.required("addressType");
  } else {
    checks.one_of("addressType", object["addressType"], {"FQDN", "IPv4", "IPv6"});
  }
  const Value& endpoints = object["endpoints"];
  for (size_t i = 0; i < endpoints.size(); ++i) {
    if (endpoints[i]["addresses"].empty()) checks.required(child(at("endpoints", i), "addresses"), "must contain at least 1 address");
  }
}

void endpoint_slice_update(Checks& checks, const Value& fresh, const Value& old) {
  checks.immutable("addressType", fresh["addressType"], old["addressType"]);
}

void lease(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  const Value& duration = spec["leaseDurationSeconds"];
  if (!duration.is_null() && duration.as_int() <= 0) checks.invalid("spec.leaseDurationSeconds", duration, "must be greater than 0");
  checks.not_negative("spec.leaseTransitions", spec["leaseTransitions"]);
}

constexpr std::array<ValidationRule, 14> kRules{{
    {"autoscaling/v2.HorizontalPodAutoscaler", autoscaler, nullptr},
    {"autoscaling/v1.HorizontalPodAutoscaler", autoscaler, nullptr},
    {"policy/v1.PodDisruptionBudget", budget, nullptr},
    {"networking/v1.Ingress", ingress, nullptr},
    {"networking/v1.IngressClass", nullptr, ingress_class_update},
    {"networking/v1.NetworkPolicy", network_policy, nullptr},
    {"rbac/v1.Role", role, nullptr},
    {"rbac/v1.ClusterRole", cluster_role, nullptr},
    {"rbac/v1.RoleBinding", role_binding, binding_update},
    {"rbac/v1.ClusterRoleBinding", cluster_role_binding, binding_update},
    {"scheduling/v1.PriorityClass", priority_class, priority_class_update, true},
    {"storage/v1.StorageClass", storage_class, storage_class_update},
    {"discovery/v1.EndpointSlice", endpoint_slice, endpoint_slice_update},
    {"coordination/v1.Lease", lease, nullptr},
}};

}  // namespace

std::span<const ValidationRule> platform_validation() { return kRules; }

}  // namespace taut::sandbox::kinds
