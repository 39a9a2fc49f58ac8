// LimitRange and ResourceQuota.
#include <array>
#include <set>

#include "sandbox/kinds/internal_json.hh"
#include "sandbox/kinds/resource_names.hh"
#include "sandbox/kinds/validation.hh"

namespace taut::sandbox::kinds {
namespace {

// ---- LimitRange

void limit_type(Checks& checks, const std::string& path, const Value& type) {
  const std::string_view text = type.as_string();
  const Reasons reasons = qualified_name(text);
  checks.named(path, text, reasons);
  const bool standard = text == "Pod" || text == "Container" || text == "PersistentVolumeClaim";
  if (reasons.empty() && text.find('/') == text.npos && !standard) checks.invalid(path, text, "must be a standard limit type or fully qualified");
}

Quantity amount(const Value& list, std::string_view name) { return Quantity::parse(list[name].as_string("0")).value_or(Quantity()); }

// One resource of a limit, as its five lists have it.
struct Bounds {
  const Value& limit;
  std::string path, name;

  bool has(const char* list) const { return limit[list].contains(name); }
  Quantity of(const char* list) const { return amount(limit[list], name); }
  std::string field(const char* list) const { return key(child(path, list), name); }
  std::string text(const char* list) const { return of(list).to_string(); }
};

void check_bounds(Checks& checks, const Bounds& b) {
  const bool low = b.has("min"), high = b.has("max"), request = b.has("defaultRequest"), limit = b.has("default");
  auto refuse = [&](const char* list, const std::string& shown, const std::string& why) { checks.invalid(b.field(list), shown, why); };
  if (low && high && b.of("min") > b.of("max")) {
    refuse("min", b.text("min"), fmt::format("min value {} is greater than max value {}", b.text("min"), b.text("max")));
  }
  if (request && low && b.of("min") > b.of("defaultRequest")) {
    refuse("defaultRequest", b.text("defaultRequest"), fmt::format("min value {} is greater than default request value {}", b.text("min"), b.text("defaultRequest")));
  }
  if (request && high && b.of("defaultRequest") > b.of("max")) {
    refuse("defaultRequest", b.text("defaultRequest"), fmt::format("default request value {} is greater than max value {}", b.text("defaultRequest"), b.text("max")));
  }
  if (request && limit && b.of("defaultRequest") > b.of("default")) {
    refuse("defaultRequest", b.text("defaultRequest"),
           fmt::format("default request value {} is greater than default limit value {}", b.text("defaultRequest"), b.text("default")));
  }
  if (limit && low && b.of("min") > b.of("default")) {
    refuse("default", b.text("min"), fmt::format("min value {} is greater than default value {}", b.text("min"), b.text("default")));
  }
  if (limit && high && b.of("default") > b.of("max")) {
    refuse("default", b.text("max"), fmt::format("default value {} is greater than max value {}", b.text("default"), b.text("max")));
  }
}

void check_ratio(Checks& checks, const Bounds& b) {
  constexpr const char* kRatio = "maxLimitRequestRatio";
  if (!b.has(kRatio)) return;
  if (b.of(kRatio) < Quantity::of(1)) checks.invalid(b.field(kRatio), b.text(kRatio), fmt::format("ratio {} is less than 1", b.text(kRatio)));
  if (!b.has("min") || !b.has("max")) return;
  const double most = b.of("max").as_double() / b.of("min").as_double();
  if (b.of(kRatio).as_double() <= most) return;
  checks.invalid(b.field(kRatio), b.text(kRatio), fmt::format("ratio {} is greater than max/min = {:f}", b.text(kRatio), most));
}

void check_limit(Checks& checks, const std::string& path, const Value& limit) {
  const std::string type = limit["type"].str();
  const bool computed = type == "Pod" || type == "Container";
  std::set<std::string> names;
  auto look = [&](const char* list) {
    for (const Entry& entry : limit[list].entries()) {
      const std::string field = key(child(path, list), entry.key());
      computed ? check_container_resource(checks, field, entry.key()) : check_resource(checks, field, entry.key());
      names.emplace(entry.key());
    }
  };
  look("max");
  look("min");
  for (const char* list : {"default", "defaultRequest"}) {
    if (type != "Pod") {
      look(list);
    } else if (!limit[list].empty()) {
      checks.forbidden(child(path, list), "may not be specified when `type` is 'Pod'");
    }
  }
  if (type == "PersistentVolumeClaim" && limit["min"]["storage"].is_null() && limit["max"]["storage"].is_null()) {
    checks.required(child(path, "limits"), "either minimum or maximum storage value is required, but neither was provided");
  }
  look("maxLimitRequestRatio");
  for (const std::string& name : names) {
    const Bounds bounds{limit, path, name};
    check_bounds(checks, bounds);
    check_ratio(checks, bounds);
  }
}

void limit_range(Checks& checks, const Value& object) {
  const Value& limits = object["spec"]["limits"];
  std::set<std::string> types;
  for (size_t i = 0; i < limits.size(); ++i) {
    const std::string path = at("spec.limits", i);
    limit_type(checks, child(path, "type"), limits[i]["type"]);
    if (!types.insert(limits[i]["type"].str()).second) checks.duplicate(child(path, "type"), limits[i]["type"].str());
    check_limit(checks, path, limits[i]);
  }
}

// ---- ResourceQuota

constexpr std::array<std::string_view, 7> kScopes{"Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
                                                  "CrossNamespacePodAffinity", "VolumeAttributesClass"};

bool is_scope(std::string_view scope) { return std::ranges::find(kScopes, scope) != kScopes.end(); }

bool counts_pods(std::string_view name) {
  constexpr std::array<std::string_view, 7> kOfPods{"pods", "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"};
  return std::ranges::find(kOfPods, name) != kOfPods.end();
}

// Whether a quota of that scope may count the resource.
bool scope_counts(std::string_view scope, std::string_view name) {
  if (scope == "BestEffort") return name == "pods";
  if (scope == "VolumeAttributesClass") return name == "persistentvolumeclaims" || name == "requests.storage";
  return counts_pods(name) || !is_quota_resource(name);
}

void check_scopes(Checks& checks, const Value& spec) {
  const Value& scopes = spec["scopes"];
  std::set<std::string, std::less<>> seen;
  for (const Value& scope : scopes.items()) {
    if (!is_scope(scope.as_string())) checks.invalid("spec.scopes", scopes, "unsupported scope");
    for (const Entry& hard : spec["hard"].entries()) {
      if (is_quota_resource(hard.key()) && !scope_counts(scope.as_string(), hard.key())) {
        checks.invalid("spec.scopes", scopes, "unsupported scope applied to resource");
      }
    }
    seen.insert(scope.str());
  }
  const bool efforts = seen.contains("BestEffort") && seen.contains("NotBestEffort");
  const bool ends = seen.contains("Terminating") && seen.contains("NotTerminating");
  for (bool conflict : {efforts, ends}) {
    if (conflict) checks.invalid("spec.scopes", scopes, "conflicting scopes");
  }
}

void check_scope_selector(Checks& checks, const Value& spec) {
  const std::string path = "spec.scopeSelector.matchExpressions";
  for (const Value& expression : spec["scopeSelector"]["matchExpressions"].items()) {
    const std::string scope = expression["scopeName"].str(), op = expression["operator"].str();
    if (!is_scope(scope)) checks.invalid(child(path, "scopeName"), scope, "unsupported scope");
    for (const Entry& hard : spec["hard"].entries()) {
      if (is_quota_resource(hard.key()) && !scope_counts(scope, hard.key())) {
        checks.invalid_text(path, internal_json("core/v1.ScopeSelector", spec["scopeSelector"]), "unsupported scope applied to resource");
      }
    }
    if (is_scope(scope) && scope != "PriorityClass" && scope != "VolumeAttributesClass" && op != "Exists") {
      checks.invalid(child(path, "operator"), op,
                     "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
                     "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
    }
    const Value& values = expression["values"];
    if (op == "In" || op == "NotIn") {
      if (values.empty()) checks.required(child(path, "values"), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
    } else if (op == "Exists" || op == "DoesNotExist") {
      if (!values.empty()) checks.invalid(child(path, "values"), values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
    } else {
      checks.invalid(child(path, "operator"), op, "not a valid selector operator");
    }
  }
}

void quota(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  for (const Entry& hard : spec["hard"].entries()) {
    const std::string path = key("spec.hard", hard.key());
    check_quota_resource(checks, path, hard.key());
    auto quantity = Quantity::parse(hard.value.as_string());
    if (quantity && *quantity < Quantity()) checks.invalid(path, hard.value, "must be greater than or equal to 0");
    if (quantity && is_integer_resource(hard.key()) && !is_whole(*quantity)) checks.invalid(path, hard.value, "must be an integer");
  }
  check_scopes(checks, spec);
  check_scope_selector(checks, spec);
}

void quota_update(Checks& checks, const Value& fresh, const Value& old) {
  auto names = [](const Value& object) {
    std::set<std::string> out;
    for (const Value& scope : object["spec"]["scopes"].items()) out.insert(scope.str());
    return out;
  };
  if (names(fresh) != names(old)) checks.invalid("spec.scopes", fresh["spec"]["scopes"], "field is immutable");
}

constexpr std::array<ValidationRule, 2> kRules{{
    {"core/v1.LimitRange", limit_range, nullptr},
    {"core/v1.ResourceQuota", quota, quota_update},
}};

}  // namespace

std::span<const ValidationRule> limits_validation() { return kRules; }

}  // namespace taut::sandbox::kinds
