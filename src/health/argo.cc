#include "health/argo.hh"

#include <algorithm>
#include <array>

#include "base/strings.hh"
#include "health/argo_checks.hh"
#include "object/id.hh"

namespace taut {
namespace {

constexpr std::string_view kHookFinalizer = "argocd.argoproj.io/hook-finalizer";

constexpr std::array<ArgoCheck, 13> kChecks = {{
    {"", "PersistentVolumeClaim", "v1", argo_health::persistent_volume_claim},
    {"", "Pod", "v1", argo_health::pod},
    {"", "Service", "v1", argo_health::service},
    {"apiregistration.k8s.io", "APIService", "v1 v1beta1", argo_health::api_service},
    {"apps", "DaemonSet", "v1", argo_health::daemon_set},
    {"apps", "Deployment", "v1", argo_health::deployment},
    {"apps", "ReplicaSet", "v1", argo_health::replica_set},
    {"apps", "StatefulSet", "v1", argo_health::stateful_set},
    {"argoproj.io", "Workflow", "", argo_health::workflow},
    {"autoscaling", "HorizontalPodAutoscaler", "v1 v2 v2beta1 v2beta2", argo_health::horizontal_pod_autoscaler},
    {"batch", "Job", "v1", argo_health::job},
    {"extensions", "Ingress", "", argo_health::ingress},
    {"networking.k8s.io", "Ingress", "", argo_health::ingress},
}};

bool understands(const ArgoCheck& check, std::string_view version) {
  if (check.versions.empty()) return true;
  return std::ranges::count(split(check.versions, ' '), version) > 0;
}

// The tool names two kinds in its own short way in the message.
std::string_view spoken_kind(std::string_view kind) { return kind == "HorizontalPodAutoscaler" ? "HPA" : kind; }

bool held_by_hook_finalizer(const Value& object) {
  return std::ranges::any_of(object["metadata"]["finalizers"].items(),
                             [](const Value& name) { return name.as_string() == kHookFinalizer; });
}

}  // namespace

std::span<const ArgoCheck> argo_checks() { return kChecks; }

std::optional<Health> judge_argo(const Value& object) {
  if (!object["metadata"]["deletionTimestamp"].is_null() && !held_by_hook_finalizer(object)) {
    return Health{HealthState::kProgressing, "Pending deletion"};
  }
  Gvk gvk = Gvk::of(object);
  auto check =
      std::ranges::find_if(kChecks, [&](const ArgoCheck& c) { return c.group == gvk.group && c.kind == gvk.kind; });
  if (check == kChecks.end()) return std::nullopt;
  if (!understands(*check, gvk.version)) {
    return Health{HealthState::kUnknown,
                  fmt::format("unsupported {} GVK: {}", spoken_kind(gvk.kind), gvk.to_string())};
  }
  return check->check(object);
}

namespace argo_health {

const Value& condition(const Value& object, std::string_view type) {
  static const Value none;
  for (const Value& item : object["status"]["conditions"].items()) {
    if (item["type"].as_string() == type) return item;
  }
  return none;
}

std::optional<int64_t> spec_replicas(const Value& object) {
  const Value& replicas = object["spec"]["replicas"];
  if (replicas.is_null()) return std::nullopt;
  return replicas.as_int();
}

bool behind(const Value& object) {
  return object["metadata"]["generation"].as_int() > object["status"]["observedGeneration"].as_int();
}

}  // namespace argo_health
}  // namespace taut
