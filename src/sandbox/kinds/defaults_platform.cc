#include <array>

#include "base/strings.hh"
#include "sandbox/kinds/defaults.hh"
#include "sandbox/kinds/fields.hh"

namespace taut::sandbox::kinds {
namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

void policy_port(Value& port) { preset(port, "protocol", "TCP"); }

void network_policy(Value& p) {
  Value& spec = p.edit("spec");
  if (!spec["policyTypes"].empty()) return;
  Value types = Value::list({"Ingress"});
  if (!spec["egress"].empty()) types.push_back("Egress");
  spec.set("policyTypes", types);
}

void ingress_class(Value& c) {
  inside(c, "spec", [](Value& spec) {
    inside(spec, "parameters", [](Value& parameters) { preset(parameters, "scope", "Cluster"); });
  });
}

void binding(Value& b) {
  preset_text(b.edit("roleRef"), "apiGroup", kRbac);
}

void subject(Value& s) {
  std::string_view kind = s["kind"].as_string();
  if (kind == "User" || kind == "Group") preset_text(s, "apiGroup", kRbac);
}

void match_resources(Value& match) {
  preset(match, "matchPolicy", "Equivalent");
  preset(match, "namespaceSelector", Value::map());
  preset(match, "objectSelector", Value::map());
}

void validating_webhook(Value& hook) {
  preset(hook, "failurePolicy", "Fail");
  match_resources(hook);
  preset(hook, "timeoutSeconds", 10);
}

void mutating_webhook(Value& hook) {
  validating_webhook(hook);
  preset(hook, "reinvocationPolicy", "Never");
}

void admission_rule(Value& rule) { preset(rule, "scope", "*"); }
void service_reference(Value& reference) { preset(reference, "port", 443); }
void admission_policy_spec(Value& spec) { preset(spec, "failurePolicy", "Fail"); }

void custom_resource_definition(Value& crd) {
  Value& spec = crd.edit("spec");
  Value& names = spec.edit("names");
  const std::string kind = names["kind"].str();
  preset_text(names, "singular", to_lower(kind));
  if (!kind.empty()) preset_text(names, "listKind", kind + "List");
  preset(spec, "conversion", Value::map({{"strategy", "None"}}));
  if (!crd["status"]["storedVersions"].empty()) return;
  for (const Value& version : crd["spec"]["versions"].items()) {
    if (!version["storage"].as_bool()) continue;
    Value stored = Value::list({version["name"]});
    crd.edit("status").set("storedVersions", stored);
    break;
  }
}

constexpr std::array<DefaultRule, 17> kRules{{
    {"networking/v1.NetworkPolicyPort", policy_port},
    {"networking/v1.NetworkPolicy", network_policy},
    {"networking/v1.IngressClass", ingress_class},
    {"rbac/v1.RoleBinding", binding},
    {"rbac/v1.ClusterRoleBinding", binding},
    {"rbac/v1.Subject", subject},
    {"admissionregistration/v1.ValidatingWebhook", validating_webhook},
    {"admissionregistration/v1.MutatingWebhook", mutating_webhook},
    {"admissionregistration/v1.RuleWithOperations", admission_rule},
    {"admissionregistration/v1.NamedRuleWithOperations", admission_rule},
    {"admissionregistration/v1.MatchResources", match_resources},
    {"admissionregistration/v1.ValidatingAdmissionPolicySpec", admission_policy_spec},
    {"admissionregistration/v1.MutatingAdmissionPolicySpec", admission_policy_spec},
    {"admissionregistration/v1.ServiceReference", service_reference},
    {"apiextensions/v1.ServiceReference", service_reference},
    {"apiregistration/v1.ServiceReference", service_reference},
    {"apiextensions/v1.CustomResourceDefinition", custom_resource_definition},
}};

}  // namespace

std::span<const DefaultRule> platform_rules() { return kRules; }

}  // namespace taut::sandbox::kinds
