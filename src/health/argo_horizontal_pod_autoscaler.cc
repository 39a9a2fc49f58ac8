#include <algorithm>
#include <array>

#include "base/strings.hh"
#include "health/argo_checks.hh"
#include "object/id.hh"
#include "value/json.hh"

namespace taut::argo_health {
namespace {

struct Symptom {
  std::string_view type;
  std::string_view reason;
};

constexpr std::array<Symptom, 4> kDegraded = {{
    {"AbleToScale", "FailedGetScale"},
    {"AbleToScale", "FailedUpdateScale"},
    {"ScalingActive", "FailedGetResourceMetric"},
    {"ScalingActive", "InvalidSelector"},
}};

// autoscaling/v1 keeps its conditions as JSON in an annotation, which Go reads without regard to the case of keys.
std::string_view field(const Value& condition, std::string_view name) {
  for (const Entry& entry : condition.entries()) {
    if (to_lower(entry.key()) == name) return entry.value.as_string();
  }
  return {};
}

// The first condition that says anything decides.
Health judge_conditions(std::span<const Value> conditions) {
  for (const Value& condition : conditions) {
    std::string_view type = field(condition, "type");
    std::string_view reason = field(condition, "reason");
    std::string message(field(condition, "message"));
    if (std::ranges::any_of(kDegraded, [&](const Symptom& s) { return s.type == type && s.reason == reason; })) {
      return degraded(std::move(message));
    }
    bool decides = type == "AbleToScale" || type == "ScalingLimited";
    if (decides && field(condition, "status") == "True") return healthy(std::move(message));
  }
  return progressing("Waiting to Autoscale");
}

}  // namespace

// Mirrors gitops-engine health_hpa.go.
Health horizontal_pod_autoscaler(const Value& object) {
  if (Gvk::of(object).version != "v1") return judge_conditions(object["status"]["conditions"].items());
  const Value& text = object["metadata"]["annotations"]["autoscaling.alpha.kubernetes.io/conditions"];
  if (text.is_null()) return progressing("Waiting to Autoscale");
  auto conditions = parse_json(text.as_string());
  if (!conditions) {
    return {HealthState::kUnknown,
            "failed to convert conditions annotation to typed: " + conditions.error().message()};
  }
  return judge_conditions(conditions->items());
}

}  // namespace taut::argo_health
