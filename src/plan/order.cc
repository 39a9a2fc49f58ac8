#include "plan/order.hh"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

namespace taut::plan {
namespace {

constexpr std::array<std::string_view, 35> kKinds = {
    "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy", "PodDisruptionBudget",
    "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass", "PersistentVolume",
    "PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole", "ClusterRoleList", "ClusterRoleBinding",
    "ClusterRoleBindingList", "Role", "RoleList", "RoleBinding", "RoleBindingList", "Service", "DaemonSet", "Pod",
    "ReplicationController", "ReplicaSet", "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob",
    "IngressClass", "Ingress", "APIService"};

using Key = std::function<std::optional<std::string>(const Value&)>;

// One pass of "what others need comes first". The index of the first dependent moves when something is inserted
// before it.
void lift_dependencies(std::vector<Step>& steps, const Key& provides, const Key& needs) {
  std::unordered_map<std::string, size_t> first;
  for (size_t i = 0; i < steps.size(); ++i) {
    const Value& object = steps[i].desired;
    if (object.is_null()) continue;
    if (auto key = provides(object)) {
      auto it = first.find(*key);
      if (it == first.end()) continue;
      size_t to = it->second;
      steps[i].wave = steps[to].wave;
      steps[i].phase = steps[to].phase;
      std::rotate(steps.begin() + static_cast<ptrdiff_t>(to), steps.begin() + static_cast<ptrdiff_t>(i),
                  steps.begin() + static_cast<ptrdiff_t>(i) + 1);
      for (auto& [name, index] : first)
        if (index >= to) ++index;
    } else if (auto needed = needs(object)) {
      first.emplace(*needed, i);
    }
  }
}

std::optional<std::string> namespace_made(const Value& object) {
  if (object["kind"].as_string() != "Namespace" || Gvk::of(object).group != "") return std::nullopt;
  return std::string(name_of(object));
}

std::optional<std::string> namespace_lived_in(const Value& object) {
  auto ns = namespace_of(object);
  if (ns.empty()) return std::nullopt;
  return std::string(ns);
}

std::optional<std::string> kind_defined(const Value& object) {
  if (object["kind"].as_string() != "CustomResourceDefinition") return std::nullopt;
  if (Gvk::of(object).group != "apiextensions.k8s.io") return std::nullopt;
  const Value& group = object["spec"]["group"];
  const Value& kind = object["spec"]["names"]["kind"];
  if (!group.is_string() || !kind.is_string()) return std::nullopt;
  return group.str() + '/' + kind.str();
}

std::optional<std::string> kind_used(const Value& object) {
  Gvk gvk = Gvk::of(object);
  return gvk.group + '/' + gvk.kind;
}

void mirror_waves(std::vector<Step>& steps) {
  std::map<int, std::vector<Step*>> prunes;
  for (Step& step : steps)
    if (step.desired.is_null()) prunes[step.wave].push_back(&step);
  auto low = prunes.begin();
  auto high = prunes.rbegin();
  for (size_t i = 0; i < prunes.size() / 2; ++i, ++low, ++high) {
    for (Step* step : low->second) step->wave = high->first;
    for (Step* step : high->second) step->wave = low->first;
  }
}

}  // namespace

int kind_rank(std::string_view kind) {
  static const auto* ranks = [] {
    auto* map = new std::unordered_map<std::string_view, int>;
    for (size_t i = 0; i < kKinds.size(); ++i) (*map)[kKinds[i]] = static_cast<int>(i) - static_cast<int>(kKinds.size());
    return map;
  }();
  auto it = ranks->find(kind);
  return it == ranks->end() ? 0 : it->second;
}

void order_steps(std::vector<Step>& steps) {
  auto before = [](const Step& a, const Step& b) {
    if (a.phase != b.phase) return a.phase < b.phase;
    if (a.wave != b.wave) return a.wave < b.wave;
    int rank_a = kind_rank(a.gvk.kind), rank_b = kind_rank(b.gvk.kind);
    if (rank_a != rank_b) return rank_a < rank_b;
    return a.id.name < b.id.name;
  };
  std::ranges::stable_sort(steps, before);
  lift_dependencies(steps, namespace_made, namespace_lived_in);
  lift_dependencies(steps, kind_defined, kind_used);
}

void arrange_prunes(std::vector<Step>& steps, bool all_last) {
  mirror_waves(steps);
  int last = 0;
  for (const Step& step : steps)
    if (step.phase == Phase::kSync) last = std::max(last, step.wave);
  for (Step& step : steps)
    if (step.desired.is_null() && (all_last || has_option(step.live, kSyncOptionsAnnotation, "PruneLast=true")))
      step.wave = last + 1;
}

}  // namespace taut::plan
