#include "dialect/flux/ownership.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.hh"
#include "dialect/flux/words.hh"
#include "plan/managed_fields.hh"

namespace taut::flux {
namespace {

// In Flux's order within a stage (pkg/ssa, sort.go); what is not named comes after them, webhooks last.
constexpr std::array<std::string_view, 23> kKinds = {
    "CustomResourceDefinition", "Namespace", "ClusterRole", "ClusterClass", "RuntimeClass", "PriorityClass", "StorageClass",
    "VolumeSnapshotClass", "IngressClass", "GatewayClass", "ClusterRoleBinding", "ResourceQuota", "ServiceAccount", "Role",
    "RoleBinding", "ConfigMap", "Secret", "Service", "LimitRange", "Deployment", "StatefulSet", "CronJob",
    "PodDisruptionBudget"};
constexpr int kStage = 100;

int stage_of(std::string_view kind) {
  if (kind == "CustomResourceDefinition" || kind == "Namespace" || kind == "ClusterRole") return 0;
  return kind.ends_with("Class") ? 1 : 2;
}

int rank_of(std::string_view kind) {
  if (kind == "MutatingWebhookConfiguration") return kStage - 2;
  if (kind == "ValidatingWebhookConfiguration") return kStage - 1;
  return static_cast<int>(std::ranges::find(kKinds, kind) - kKinds.begin());
}

bool says(const Value& object, std::string_view key, std::string_view value) {
  std::string name = fmt::format("{}/{}", kKustomizeGroup, key);
  return to_lower(label_of(object, name)) == value || to_lower(annotation_of(object, name)) == value;
}

// Not Flux's to touch. "ignore" is the old word for "disabled".
bool unmanaged(const Value& object) {
  return says(object, "ssa", "ignore") || says(object, "reconcile", "disabled") || says(object, "reconcile", "ignore");
}

}  // namespace

std::string unit_name(std::string_view ns, std::string_view name) { return fmt::format("flux/{}/{}", ns, name); }

bool LabelOwnership::marks(const engine::UnitSpec& unit) const { return unit.key.starts_with(kKustomizeGroup); }

Value LabelOwnership::mark(Value object, const engine::UnitSpec& unit) const {
  auto parts = split(unit.name, '/');
  Value& labels = object.edit("metadata").edit("labels");
  labels.set(kNameLabel, parts.back());
  labels.set(kNamespaceLabel, parts[1]);
  return object;
}

std::optional<std::string> LabelOwnership::owner(const Value& object) const {
  std::string_view name = label_of(object, kNameLabel), ns = label_of(object, kNamespaceLabel);
  if (name.empty() || ns.empty()) return std::nullopt;
  return unit_name(ns, name);
}

plan::Intent Rules::intent(const Value& object) const {
  plan::Intent intent;
  intent.phases = {plan::Phase::kSync};
  std::string_view kind = object["kind"].as_string();
  intent.wave = stage_of(kind) * kStage + rank_of(kind);
  intent.awaited = false;
  intent.recreate = force_ || says(object, "force", "enabled");
  return intent;
}

bool Rules::leaves_alone(const Value& desired, const Value& live) const {
  if (unmanaged(desired) || unmanaged(live)) return true;
  return !live.is_null() && (says(desired, "ssa", "ifnotpresent") || says(live, "ssa", "ifnotpresent"));
}

Value Rules::taken_over(const Value& desired, const Value& live, std::string_view manager) const {
  if (says(desired, "ssa", "merge") || says(live, "ssa", "merge")) return nullptr;
  return plan::handed_over(live, manager, [&](std::string_view owner, bool applied) {
    return owner.starts_with("kubectl") || (!applied && (owner.starts_with("before-first-apply") || owner.starts_with(manager)));
  });
}

bool Rules::keeps(const Value& live) const { return unmanaged(live) || says(live, "prune", "disabled"); }

}  // namespace taut::flux
