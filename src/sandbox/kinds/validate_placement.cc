#include <algorithm>

#include "base/strings.hh"
#include "sandbox/kinds/pod_parts.hh"

namespace taut::sandbox::kinds {
namespace {

constexpr const char* kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr const char* kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

void check_requirement(Checks& checks, const std::string& path, const Value& requirement, bool any_values) {
  const std::string op = requirement["operator"].str();
  const Value& values = requirement["values"];
  if (op == "In" || op == "NotIn") {
    if (values.empty()) checks.required(child(path, "values"), "must be specified when `operator` is 'In' or 'NotIn'");
  } else if (op == "Exists" || op == "DoesNotExist") {
    if (!values.empty()) checks.forbidden(child(path, "values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
  } else if (op == "Gt" || op == "Lt") {
    if (values.size() != 1) checks.required(child(path, "values"), "must be specified single value when `operator` is 'Lt' or 'Gt'");
  } else {
    checks.invalid(child(path, "operator"), op, "not a valid selector operator");
  }
  checks.named(child(path, "key"), requirement["key"], qualified_name(requirement["key"].as_string()));
  if (any_values) return;
  for (size_t i = 0; i < values.size(); ++i) checks.named(at(child(path, "values"), i), values[i], label_value(values[i].as_string()));
}

void check_field_requirement(Checks& checks, const std::string& path, const Value& requirement) {
  const std::string op = requirement["operator"].str();
  const Value& values = requirement["values"];
  if (op != "In" && op != "NotIn") {
    checks.invalid(child(path, "operator"), op, "not a valid selector operator");
  } else if (values.size() != 1) {
    checks.required(child(path, "values"), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
  }
  if (requirement["key"].as_string() != "metadata.name") {
    return checks.invalid(child(path, "key"), requirement["key"].str(), "not a valid field selector key");
  }
  for (size_t i = 0; i < values.size(); ++i) checks.named(at(child(path, "values"), i), values[i], dns_subdomain(values[i].as_string()));
}

void check_term(Checks& checks, const std::string& path, const Value& term, bool any_values) {
  const Value& expressions = term["matchExpressions"];
  for (size_t i = 0; i < expressions.size(); ++i) check_requirement(checks, at(child(path, "matchExpressions"), i), expressions[i], any_values);
  const Value& fields = term["matchFields"];
  for (size_t i = 0; i < fields.size(); ++i) check_field_requirement(checks, at(child(path, "matchFields"), i), fields[i]);
}

void check_weight(Checks& checks, const std::string& path, const Value& term) {
  const int64_t weight = term["weight"].as_int();
  if (weight <= 0 || weight > 100) checks.invalid(child(path, "weight"), weight, "must be in the range 1-100");
}

void check_label_keys(Checks& checks, const std::string& path, const Value& keys, const Value& selector) {
  if (keys.empty()) return;
  if (selector.is_null()) return checks.forbidden(path, "must not be specified when labelSelector is not set");
  for (size_t i = 0; i < keys.size(); ++i) checks.named(at(path, i), keys[i], qualified_name(keys[i].as_string()));
}

void check_pod_term(Checks& checks, const std::string& path, const Value& term) {
  for (const char* field : {"labelSelector", "namespaceSelector"}) {
    if (!term[field].is_null()) checks.selector(child(path, field), term[field]);
  }
  for (const Value& ns : term["namespaces"].items()) checks.named(child(path, "namespace"), ns, dns_label(ns.as_string()));
  for (const char* field : {"matchLabelKeys", "mismatchLabelKeys"}) check_label_keys(checks, child(path, field), term[field], term["labelSelector"]);
  const Value& topology = term["topologyKey"];
  if (topology.empty()) checks.required(child(path, "topologyKey"), "can not be empty");
  checks.named(child(path, "topologyKey"), topology, qualified_name(topology.as_string()));
}

void check_pod_affinity(Checks& checks, const std::string& path, const Value& affinity) {
  const Value& required = affinity[kRequired];
  for (size_t i = 0; i < required.size(); ++i) check_pod_term(checks, at(child(path, kRequired), i), required[i]);
  const Value& preferred = affinity[kPreferred];
  for (size_t i = 0; i < preferred.size(); ++i) {
    const std::string item = at(child(path, kPreferred), i);
    check_weight(checks, item, preferred[i]);
    check_pod_term(checks, child(item, "podAffinityTerm"), preferred[i]["podAffinityTerm"]);
  }
}

void check_repeated_spread(Checks& checks, const std::string& path, const Value& constraints, size_t index) {
  const Value& one = constraints[index];
  for (size_t i = index + 1; i < constraints.size(); ++i) {
    if (one["topologyKey"] != constraints[i]["topologyKey"] || one["whenUnsatisfiable"] != constraints[i]["whenUnsatisfiable"]) continue;
    const std::string pair = fmt::format("{{{}, {}}}", one["topologyKey"].as_string(), one["whenUnsatisfiable"].as_string());
    return checks.duplicate(child(path, "{topologyKey, whenUnsatisfiable}"), pair);
  }
}

void check_constraint(Checks& checks, const std::string& path, const Value& constraints, size_t index) {
  const Value& constraint = constraints[index];
  if (constraint["maxSkew"].as_int() <= 0) checks.invalid(child(path, "maxSkew"), constraint["maxSkew"].as_int(), "must be greater than zero");
  if (constraint["topologyKey"].empty()) checks.required(child(path, "topologyKey"), "can not be empty");
  checks.one_of(child(path, "whenUnsatisfiable"), constraint["whenUnsatisfiable"], {"DoNotSchedule", "ScheduleAnyway"});
  check_repeated_spread(checks, path, constraints, index);
  if (const Value& domains = constraint["minDomains"]; !domains.is_null()) {
    const std::string field = child(path, "minDomains");
    if (domains.as_int() <= 0) checks.invalid(field, domains, "must be greater than zero");
    if (constraint["whenUnsatisfiable"].as_string() != "DoNotSchedule") {
      checks.invalid(field, domains, fmt::format("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {}", constraint["whenUnsatisfiable"].as_string()));
    }
  }
  for (const char* field : {"nodeAffinityPolicy", "nodeTaintsPolicy"}) {
    if (!constraint[field].is_null()) checks.one_of(child(path, field), constraint[field], {"Honor", "Ignore"});
  }
  check_label_keys(checks, child(path, "matchLabelKeys"), constraint["matchLabelKeys"], constraint["labelSelector"]);
  if (!constraint["labelSelector"].is_null()) checks.selector(child(path, "labelSelector"), constraint["labelSelector"]);
}

void check_toleration_value(Checks& checks, const std::string& item, const Value& toleration) {
  const std::string op = toleration["operator"].str();
  const Value& value = toleration["value"];
  if (op.empty() || op == "Equal") {
    if (const Reasons reasons = label_value(value.as_string()); !reasons.empty()) {
      checks.invalid(child(item, "operator"), value.str(), join(reasons, ";"));
    }
  } else if (op == "Exists") {
    if (!value.empty()) checks.invalid(child(item, "operator"), value, "value must be empty when `operator` is 'Exists'");
  } else if (op == "Lt" || op == "Gt") {
    checks.unsupported(child(item, "operator"), op, {"Equal", "Exists", "Lt", "Gt"});
  } else {
    checks.unsupported(child(item, "operator"), op, {"Equal", "Exists"});
  }
}

}  // namespace

void check_node_selector(Checks& checks, const std::string& path, const Value& selector) {
  const Value& terms = selector["nodeSelectorTerms"];
  if (terms.empty()) return checks.required(child(path, "nodeSelectorTerms"), "must have at least one node selector term");
  for (size_t i = 0; i < terms.size(); ++i) check_term(checks, at(child(path, "nodeSelectorTerms"), i), terms[i], false);
}

void check_affinity(Checks& checks, const std::string& path, const Value& affinity) {
  const Value& node = affinity["nodeAffinity"];
  const std::string node_path = child(path, "nodeAffinity");
  if (!node[kRequired].is_null()) check_node_selector(checks, child(node_path, kRequired), node[kRequired]);
  const Value& preferred = node[kPreferred];
  for (size_t i = 0; i < preferred.size(); ++i) {
    const std::string item = at(child(node_path, kPreferred), i);
    check_weight(checks, item, preferred[i]);
    check_term(checks, child(item, "preference"), preferred[i]["preference"], true);
  }
  for (const char* kind : {"podAffinity", "podAntiAffinity"}) check_pod_affinity(checks, child(path, kind), affinity[kind]);
}

void check_spread(Checks& checks, const std::string& path, const Value& constraints) {
  for (size_t i = 0; i < constraints.size(); ++i) check_constraint(checks, at(path, i), constraints, i);
}

void check_tolerations(Checks& checks, const std::string& path, const Value& tolerations) {
  for (size_t i = 0; i < tolerations.size(); ++i) {
    const std::string item = at(path, i);
    const Value& toleration = tolerations[i];
    if (!toleration["key"].empty()) checks.named(child(item, "key"), toleration["key"], qualified_name(toleration["key"].as_string()));
    if (toleration["key"].empty() && toleration["operator"].as_string() != "Exists") {
      checks.invalid(child(item, "operator"), toleration["operator"].str(),
                     "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
    }
    if (!toleration["tolerationSeconds"].is_null() && toleration["effect"].as_string() != "NoExecute") {
      checks.invalid(child(item, "effect"), toleration["effect"].str(), "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    check_toleration_value(checks, item, toleration);
    if (!toleration["effect"].empty()) {
      checks.one_of(child(item, "effect"), toleration["effect"], {"NoSchedule", "PreferNoSchedule", "NoExecute"});
    }
  }
}

}  // namespace taut::sandbox::kinds
