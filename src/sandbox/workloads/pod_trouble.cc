#include "sandbox/workloads/pod_trouble.hh"

#include <fmt/format.h>

#include "sandbox/workloads/known.hh"

namespace taut::sandbox::workloads {
namespace {

struct Lookup {
  const Cache& cache;
  std::string_view ns;

  // "" when there, or not needed.
  std::string missing(const Gvk& kind, const Value& reference, std::string_view name) const {
    if (reference.is_null() || reference["optional"].as_bool()) return {};
    if (name.empty() || cache.find(kind, ns, name)) return {};
    return fmt::format("{} \"{}\" not found", kind.kind == "Secret" ? "secret" : "configmap", name);
  }

  std::string missing_key(const Gvk& kind, const Value& reference) const {
    std::string gone = missing(kind, reference, reference["name"].as_string());
    if (!gone.empty() || reference.is_null() || reference["optional"].as_bool()) return gone;
    const Value* source = cache.find(kind, ns, reference["name"].as_string());
    const std::string key = reference["key"].str();
    if (!source || (*source)["data"].contains(key) || (*source)["binaryData"].contains(key)) return {};
    return fmt::format("couldn't find key {} in {} {}/{}", key, kind.kind, ns, reference["name"].as_string());
  }

  std::string volume(const Value& v) const {
    std::string out = missing(known::kConfigMap, v["configMap"], v["configMap"]["name"].as_string());
    if (out.empty()) out = missing(known::kSecret, v["secret"], v["secret"]["secretName"].as_string());
    for (const Value& source : v["projected"]["sources"].items()) {
      if (out.empty()) out = missing(known::kConfigMap, source["configMap"], source["configMap"]["name"].as_string());
      if (out.empty()) out = missing(known::kSecret, source["secret"], source["secret"]["name"].as_string());
    }
    return out;
  }

  std::string environment(const Value& container) const {
    for (const Value& source : container["envFrom"].items()) {
      std::string out = missing(known::kConfigMap, source["configMapRef"], source["configMapRef"]["name"].as_string());
      if (out.empty()) out = missing(known::kSecret, source["secretRef"], source["secretRef"]["name"].as_string());
      if (!out.empty()) return out;
    }
    for (const Value& variable : container["env"].items()) {
      std::string out = missing_key(known::kConfigMap, variable["valueFrom"]["configMapKeyRef"]);
      if (out.empty()) out = missing_key(known::kSecret, variable["valueFrom"]["secretKeyRef"]);
      if (!out.empty()) return out;
    }
    return {};
  }
};

}  // namespace

std::optional<PodTrouble> pod_trouble(const Cache& cache, const Value& pod) {
  const Lookup lookup{cache, namespace_of(pod)};
  for (const Value& volume : pod["spec"]["volumes"].items()) {
    if (std::string gone = lookup.volume(volume); !gone.empty()) {
      return PodTrouble{"FailedMount", fmt::format("MountVolume.SetUp failed for volume \"{}\" : {}", volume["name"].as_string(), gone), "", ""};
    }
  }
  for (const char* list : {"initContainers", "containers"}) {
    for (const Value& container : pod["spec"][list].items()) {
      if (std::string gone = lookup.environment(container); !gone.empty()) {
        return PodTrouble{"Failed", "Error: " + gone, "CreateContainerConfigError", container["name"].str()};
      }
    }
  }
  return std::nullopt;
}

}  // namespace taut::sandbox::workloads
