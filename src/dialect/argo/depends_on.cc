#include "dialect/argo/depends_on.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.hh"
#include "engine/dependency_graph.hh"

namespace taut::argo {
namespace {

struct Kind {
  std::string_view group, version, kind;
};
constexpr std::array<Kind, 3> kKinds = {{
    {"argoproj.io", "v1alpha1", "Application"},
    {"kustomize.toolkit.fluxcd.io", "v1", "Kustomization"},
    {"helm.toolkit.fluxcd.io", "v2", "HelmRelease"},
}};

}  // namespace

std::string Dependency::node() const { return engine::dependency_node(gvk.kind, ns, name); }

DependsOn read_depends_on(const Value& application) {
  DependsOn out;
  for (std::string_view item : split(annotation_of(application, kDependsOnAnnotation), ',')) {
    item = trim(item);
    if (item.empty()) continue;
    auto parts = split(item, '/');
    bool shaped = (parts.size() == 2 || parts.size() == 3) && std::ranges::none_of(parts, [](const auto& part) { return part.empty(); });
    if (!shaped) {
      out.faults.push_back(fmt::format("{} is not KIND/NAME or KIND/NAMESPACE/NAME", quote(item)));
      continue;
    }
    auto kind = std::ranges::find_if(kKinds, [&](const Kind& one) { return one.kind == parts[0]; });
    if (kind == kKinds.end()) {
      out.faults.push_back(fmt::format("{} is no Application, Kustomization or HelmRelease", quote(item)));
      continue;
    }
    std::string ns(parts.size() == 3 ? std::string_view(parts[1]) : namespace_of(application));
    out.list.push_back({{std::string(kind->group), std::string(kind->version), std::string(kind->kind)}, std::move(ns), std::string(parts.back())});
  }
  return out;
}

bool is_ready(const Value& object) {
  const Value& status = object["status"];
  if (object["kind"].as_string() == kKinds[0].kind)
    return status["sync"]["status"].as_string() == "Synced" && status["health"]["status"].as_string() == "Healthy";
  if (status["observedGeneration"].as_int() != object["metadata"]["generation"].as_int()) return false;
  return std::ranges::any_of(status["conditions"].items(), [](const Value& condition) {
    return condition["type"].as_string() == "Ready" && condition["status"].as_string() == "True";
  });
}

}  // namespace taut::argo
