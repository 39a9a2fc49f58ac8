// Warnings for writes that are accepted, as pkg/api/*/warnings.go has them.
#include <fmt/format.h>

#include <map>
#include <set>

#include "base/strings.hh"
#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/names.hh"
#include "sandbox/kinds/strategy.hh"

namespace taut::sandbox::kinds {
namespace {

using Texts = std::vector<std::string>;

void container_warnings(const Value& container, const std::string& path, Texts& out) {
  const Value& variables = container["env"];
  std::set<std::string, std::less<>> seen;
  for (size_t i = 0; i < variables.size(); ++i) {
    const std::string name = variables[i]["name"].str();
    if (!seen.insert(name).second) {
      out.push_back(fmt::format("{}.env[{}]: hides previous definition of \"{}\", which may be dropped when using apply", path, i, name));
    }
  }
  const Value& ports = container["ports"];
  std::map<std::pair<int64_t, std::string>, size_t> used;
  for (size_t i = 0; i < ports.size(); ++i) {
    auto [first, fresh] = used.try_emplace({ports[i]["containerPort"].as_int(), ports[i]["protocol"].str()}, i);
    if (!fresh) out.push_back(fmt::format("{0}.ports[{1}]: duplicate port definition with {0}.ports[{2}]", path, i, first->second));
  }
}

void pod_warnings(const Value& spec, const std::string& path, Texts& out) {
  for (const char* list : {"initContainers", "containers"}) {
    const Value& containers = spec[list];
    for (size_t i = 0; i < containers.size(); ++i) container_warnings(containers[i], fmt::format("{}.{}[{}]", path, list, i), out);
  }
  const Value& spreads = spec["topologySpreadConstraints"];
  for (size_t i = 0; i < spreads.size(); ++i) {
    if (spreads[i]["labelSelector"].is_null()) {
      out.push_back(fmt::format("{}.topologySpreadConstraints[{}].labelSelector: a null labelSelector results in matching no pod", path, i));
    }
  }
  const Value& secrets = spec["imagePullSecrets"];
  std::set<std::string, std::less<>> seen;
  for (size_t i = 0; i < secrets.size(); ++i) {
    if (!seen.insert(secrets[i]["name"].str()).second) {
      out.push_back(fmt::format("{}.imagePullSecrets[{}].name: duplicate name {}", path, i, quote(secrets[i]["name"].as_string())));
    }
    if (secrets[i]["name"].empty()) out.push_back(fmt::format("{}.imagePullSecrets[{}].name: invalid empty name \"\"", path, i));
  }
}

}  // namespace

std::vector<std::string> warnings(const Gvk& gvk, const Value& object, const Value* old) {
  Texts out;
  const Shape* shape = shape_of(gvk);
  if (!shape) return out;
  if (shape->name == "core/v1.Endpoints") out.emplace_back("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
  if (shape->name == "core/v1.ComponentStatus") out.emplace_back("v1 ComponentStatus is deprecated in v1.19+");
  // Of updates only those are looked at that change what runs.
  const bool same = old && ((*old)["spec"] == object["spec"] || (*old)["metadata"]["generation"] == object["metadata"]["generation"]);
  if (same || (old && shape->name == "core/v1.Pod")) return out;
  for (const char* type : {"apps/v1.Deployment", "batch/v1.Job", "batch/v1.CronJob", "core/v1.Pod"}) {
    if (shape->name != type || old) continue;
    for (const std::string& reason : dns_label(name_of(object))) {
      out.push_back(fmt::format("metadata.name: this is used in {}, which can result in surprising behavior; a DNS label is recommended: [{}]",
                                shape->name == "core/v1.Pod" ? "the Pod's hostname" : "Pod names and hostnames", reason));
    }
  }
  if (shape->name == "core/v1.Pod") pod_warnings(object["spec"], "spec", out);
  if (shape->name == "batch/v1.CronJob") pod_warnings(object["spec"]["jobTemplate"]["spec"]["template"]["spec"], "spec.jobTemplate.spec.template.spec", out);
  for (const char* type : {"apps/v1.Deployment", "apps/v1.ReplicaSet", "apps/v1.StatefulSet", "apps/v1.DaemonSet", "batch/v1.Job"}) {
    if (shape->name == type) pod_warnings(object["spec"]["template"]["spec"], "spec.template.spec", out);
  }
  return out;
}

}  // namespace taut::sandbox::kinds
