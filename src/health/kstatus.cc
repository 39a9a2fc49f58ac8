#include "health/kstatus.hh"

#include <algorithm>
#include <array>

#include "health/go_fields.hh"
#include "health/kstatus_rules.hh"
#include "object/id.hh"

namespace taut {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"Current",     "InProgress", "Failed",
                                                    "Terminating", "NotFound",   "Unknown"};

constexpr std::array<KstatusRule, 16> kRules = {{
    {"", "ConfigMap", kstatus_rule::always_ready},
    {"", "PersistentVolumeClaim", kstatus_rule::persistent_volume_claim},
    {"", "Pod", kstatus_rule::pod},
    {"", "Secret", kstatus_rule::always_ready},
    {"", "Service", kstatus_rule::service},
    {"apiextensions.k8s.io", "CustomResourceDefinition", kstatus_rule::custom_resource_definition},
    {"apps", "DaemonSet", kstatus_rule::daemon_set},
    {"apps", "Deployment", kstatus_rule::deployment},
    {"apps", "ReplicaSet", kstatus_rule::replica_set},
    {"apps", "StatefulSet", kstatus_rule::stateful_set},
    {"batch", "CronJob", kstatus_rule::always_ready},
    {"batch", "Job", kstatus_rule::job},
    {"extensions", "DaemonSet", kstatus_rule::daemon_set},
    {"extensions", "Deployment", kstatus_rule::deployment},
    {"extensions", "ReplicaSet", kstatus_rule::replica_set},
    {"policy", "PodDisruptionBudget", kstatus_rule::pod_disruption_budget},
}};

using Decision = Result<std::optional<Kstatus>>;

Decision judge_generation(const Value& object) {
  auto generation = go_nested_int(object, {"metadata", "generation"});
  if (!generation) {
    return fail(Code::kInvalid, "looking up metadata.generation from resource: {}", generation.error().message());
  }
  if (!*generation) return std::nullopt;
  auto observed = go_nested_int(object, {"status", "observedGeneration"});
  if (!observed) {
    return fail(Code::kInvalid, "looking up status.observedGeneration from resource: {}",
                observed.error().message());
  }
  if (!*observed || **observed == **generation) return std::nullopt;
  return kstatus_rule::in_progress("LatestGenerationNotObserved",
                                   fmt::format("{} generation is {}, but latest observed generation is {}",
                                               object["kind"].as_string(), **generation, **observed));
}

// The conditions that mean the same for every kind; the first that is true decides.
std::optional<Kstatus> judge_common(const std::vector<GoCondition>& conditions) {
  for (const GoCondition& condition : conditions) {
    if (condition.status != "True") continue;
    std::string reason(condition.reason), message(condition.message);
    if (condition.type == "Reconciling") return kstatus_rule::in_progress(reason, message);
    if (condition.type == "Stalled") return kstatus_rule::failed(reason, message);
  }
  return std::nullopt;
}

std::optional<Kstatus> judge_ready(const std::vector<GoCondition>& conditions) {
  for (const GoCondition& condition : conditions) {
    if (condition.type != "Ready") continue;
    if (condition.status == "True") return kstatus_rule::current("Resource is Ready");
    if (condition.status == "False" || condition.status == "Unknown") {
      return kstatus_rule::in_progress(std::string(condition.reason), std::string(condition.message));
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view kstatus_name(KstatusCode code) { return kNames[static_cast<size_t>(code)]; }

std::span<const KstatusRule> kstatus_rules() { return kRules; }

Result<Kstatus> kstatus(const Value& object, Time now) {
  auto deletion = go_nested_string(object, {"metadata", "deletionTimestamp"});
  if (!deletion) {
    return fail(Code::kInvalid, "looking up metadata.deletionTimestamp from resource: {}",
                deletion.error().message());
  }
  if (*deletion && !(**deletion).empty()) {
    return Kstatus{KstatusCode::kTerminating, "Resource scheduled for deletion", {}};
  }
  TAUT_ASSIGN(auto behind, judge_generation(object));
  if (behind) return *behind;
  TAUT_ASSIGN(auto conditions, go_conditions(object));
  if (auto common = judge_common(conditions)) return *common;

  Gvk gvk = Gvk::of(object);
  auto rule = std::ranges::find_if(
      kRules, [&](const KstatusRule& r) { return r.group == gvk.group && r.kind == gvk.kind; });
  if (rule != kRules.end()) return rule->rule(object, now);
  if (auto ready = judge_ready(conditions)) return *ready;
  return kstatus_rule::current("Resource is current");
}

Health health_of(const Result<Kstatus>& status) {
  if (!status) return {HealthState::kUnknown, status.error().message()};
  switch (status->code) {
    case KstatusCode::kCurrent: return {HealthState::kHealthy, status->message};
    case KstatusCode::kInProgress:
    case KstatusCode::kTerminating: return {HealthState::kProgressing, status->message};
    case KstatusCode::kFailed: return {HealthState::kDegraded, status->message};
    case KstatusCode::kNotFound: return {HealthState::kMissing, status->message};
    case KstatusCode::kUnknown: break;
  }
  return {HealthState::kUnknown, status->message};
}

namespace kstatus_rule {

Kstatus current(std::string message) { return {KstatusCode::kCurrent, std::move(message), {}}; }

Kstatus in_progress(std::string reason, std::string message) {
  return {KstatusCode::kInProgress, message, {{"Reconciling", "True", std::move(reason), message}}};
}

Kstatus failed(std::string reason, std::string message) {
  return {KstatusCode::kFailed, message, {{"Stalled", "True", std::move(reason), message}}};
}

Kstatus too_few(std::string reason, std::string_view what, int64_t have, int64_t want) {
  return in_progress(std::move(reason), fmt::format("{}: {}/{}", what, have, want));
}

Kstatus too_many(int64_t surplus) {
  return in_progress("ExtraPods", fmt::format("Pending termination: {}", surplus));
}

int64_t whole(const Value& number, int64_t fallback) {
  return number.kind() == Kind::kInt ? number.as_int() : fallback;
}

std::string_view text(const Value& value, std::string_view fallback) {
  return value.is_string() ? value.as_string() : fallback;
}

Result<Kstatus> always_ready(const Value&, Time) { return current("Resource is always ready"); }

// The common rule has already seen that the controller has observed this generation, which is all there is to know.
Result<Kstatus> pod_disruption_budget(const Value&, Time) {
  return current("AllowedDisruptions has been computed.");
}

}  // namespace kstatus_rule
}  // namespace taut
