#include <algorithm>
#include <array>

#include "object/quantity.hh"
#include "sandbox/kinds/validation.hh"

namespace taut::sandbox::kinds {
namespace {

void required_segment(Checks& checks, const std::string& field, const Value& name) {
  if (name.empty()) return checks.required(field);
  checks.named(field, name, path_segment(name.as_string()));
}

void check_reference(Checks& checks, const std::string& path, const Value& reference, bool core_allowed) {
  required_segment(checks, child(path, "kind"), reference["kind"]);
  required_segment(checks, child(path, "name"), reference["name"]);
  const std::string version = reference["apiVersion"].str();
  const auto slashes = std::ranges::count(version, '/');
  if (slashes > 1) {
    checks.invalid(child(path, "apiVersion"), version, fmt::format("unexpected GroupVersion string: {}", version));
  } else if (!core_allowed && (slashes == 0 || version.starts_with('/'))) {
    checks.invalid(child(path, "apiVersion"), version, "apiVersion must specify API group");
  }
}

void check_identifier(Checks& checks, const std::string& path, const Value& metric) {
  if (metric["name"].empty()) {
    checks.required(child(path, "name"), "must specify a metric name");
  } else {
    checks.named(child(path, "name"), metric["name"], path_segment(metric["name"].as_string()));
  }
}

void positive(Checks& checks, const std::string& field, const Value& quantity) {
  auto parsed = Quantity::parse(quantity.as_string());
  if (!quantity.is_null() && parsed && *parsed <= Quantity()) checks.invalid(field, quantity, "must be positive");
}

void check_target(Checks& checks, const std::string& path, const Value& target) {
  const std::string type = target["type"].str();
  if (type.empty()) checks.required(child(path, "type"), "must specify a metric target type");
  if (type != "Utilization" && type != "Value" && type != "AverageValue") {
    checks.invalid(child(path, "type"), type, "must be either Utilization, Value, or AverageValue");
  }
  positive(checks, child(path, "value"), target["value"]);
  positive(checks, child(path, "averageValue"), target["averageValue"]);
  const Value& utilization = target["averageUtilization"];
  if (!utilization.is_null() && utilization.as_int() < 1) checks.invalid(child(path, "averageUtilization"), utilization, "must be greater than 0");
}

void check_resource_target(Checks& checks, const std::string& path, const Value& source) {
  const Value& target = source["target"];
  if (source["name"].empty()) checks.required(child(path, "name"), "must specify a resource name");
  check_target(checks, child(path, "target"), target);
  const bool utilization = !target["averageUtilization"].is_null(), value = !target["averageValue"].is_null();
  if (!utilization && !value) checks.required(child(path, "target.averageUtilization"), "must set either a target raw value or a target utilization");
  if (utilization && value) checks.forbidden(child(path, "target.averageValue"), "may not set both a target raw value and a target utilization");
}

void check_source(Checks& checks, const std::string& path, std::string_view type, const Value& source) {
  const Value& target = source["target"];
  if (type == "resource") return check_resource_target(checks, path, source);
  if (type == "containerResource") {
    check_resource_target(checks, path, source);
    if (source["container"].empty()) checks.required(child(path, "container"), "must specify a container");
    return;
  }
  if (type == "object") check_reference(checks, child(path, "describedObject"), source["describedObject"], true);
  check_identifier(checks, child(path, "metric"), source["metric"]);
  check_target(checks, child(path, "target"), target);
  const bool whole = !target["value"].is_null(), average = !target["averageValue"].is_null();
  if (type == "object" && !whole && !average) checks.required(child(path, "target.averageValue"), "must set either a target value or averageValue");
  if (type == "external" && !whole && !average) {
    checks.required(child(path, "target.averageValue"), "must set either a target value for metric or a per-pod target");
  }
  if (type == "external" && whole && average) {
    checks.forbidden(child(path, "target.value"), "may not set both a target value for metric and a per-pod target");
  }
  if (type == "pods" && (target["averageValue"].is_null() || !(Quantity::parse(target["averageValue"].as_string()).value_or(Quantity()) > Quantity()))) {
    checks.required(child(path, "target.averageValue"), "must specify a positive target averageValue");
  }
}

struct MetricType {
  std::string_view type, field;
};

// In the order in which the server looks.
constexpr std::array<MetricType, 5> kMetricTypes{{
    {"Object", "object"}, {"External", "external"}, {"Pods", "pods"}, {"Resource", "resource"}, {"ContainerResource", "containerResource"}}};

void check_metric(Checks& checks, const std::string& path, const Value& metric) {
  const std::string type = metric["type"].str();
  auto unsupported = [&] { checks.unsupported(child(path, "type"), type, {"ContainerResource", "External", "Object", "Pods", "Resource"}); };
  if (type.empty()) checks.required(child(path, "type"), "must specify a metric source type");
  auto known = std::ranges::find(kMetricTypes, type, &MetricType::type);
  if (known == kMetricTypes.end()) unsupported();
  size_t present = 0;
  for (const MetricType& one : kMetricTypes) {
    if (metric[one.field].is_null()) continue;
    if (++present == 1) check_source(checks, child(path, one.field), one.field, metric[one.field]);
  }
  if (known == kMetricTypes.end()) {
    unsupported();
  } else if (metric[known->field].is_null()) {
    checks.required(child(path, known->field), "must populate information for the given metric source");
  }
  if (present == 1) return;
  for (const MetricType& one : kMetricTypes) {
    if (metric[one.field].is_null() || (known != kMetricTypes.end() && one.field == known->field)) continue;
    checks.forbidden(child(path, one.field), "must populate the given metric source only");
  }
}

void check_scaling(Checks& checks, const std::string& path, const Value& rules) {
  if (rules.is_null()) return;
  const Value& window = rules["stabilizationWindowSeconds"];
  const std::string window_path = child(path, "stabilizationWindowSeconds");
  if (!window.is_null() && window.as_int() < 0) checks.invalid(window_path, window, "must be greater than or equal to zero");
  if (!window.is_null() && window.as_int() > 3600) checks.invalid(window_path, window, "must be less than or equal to 3600");
  if (!rules["selectPolicy"].is_null()) checks.one_of(child(path, "selectPolicy"), rules["selectPolicy"], {"Disabled", "Max", "Min"});
  const Value& policies = rules["policies"];
  if (policies.empty()) checks.required(child(path, "policies"), "must specify at least one Policy");
  for (size_t i = 0; i < policies.size(); ++i) {
    const std::string item = at(child(path, "policies"), i);
    checks.one_of(child(item, "type"), policies[i]["type"], {"Percent", "Pods"});
    const int64_t value = policies[i]["value"].as_int(), period = policies[i]["periodSeconds"].as_int();
    if (value <= 0) checks.invalid(child(item, "value"), value, "must be greater than zero");
    if (period <= 0) checks.invalid(child(item, "periodSeconds"), period, "must be greater than zero");
    if (period > 1800) checks.invalid(child(item, "periodSeconds"), period, "must be less than or equal to 1800");
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
  check_reference(checks, "spec.scaleTargetRef", spec["scaleTargetRef"], spec["scaleTargetRef"]["kind"].as_string() == "ReplicationController");
  bool external = false;
  const Value& metrics = spec["metrics"];
  for (size_t i = 0; i < metrics.size(); ++i) {
    check_metric(checks, at("spec.metrics", i), metrics[i]);
    external |= metrics[i]["type"].as_string() == "Object" || metrics[i]["type"].as_string() == "External";
  }
  if (!low.is_null() && low.as_int() == 0 && !external) {
    checks.forbidden("spec.metrics", "must specify at least one Object or External metric to support scaling to zero replicas");
  }
  for (const char* way : {"scaleUp", "scaleDown"}) check_scaling(checks, child("spec.behavior", way), spec["behavior"][way]);
}

constexpr std::array<ValidationRule, 2> kRules{{
    {"autoscaling/v2.HorizontalPodAutoscaler", autoscaler, nullptr},
    {"autoscaling/v1.HorizontalPodAutoscaler", autoscaler, nullptr},
}};

}  // namespace

std::span<const ValidationRule> autoscaling_validation() { return kRules; }

}  // namespace taut::sandbox::kinds
