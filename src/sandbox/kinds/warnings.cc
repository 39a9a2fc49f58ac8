// Warnings for writes that are accepted, as pkg/api/*/warnings.go has them.
#include <fmt/format.h>

#include <map>
#include <set>

#include "base/base64.hh"
#include "base/strings.hh"
#include "object/quantity.hh"
#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/names.hh"
#include "sandbox/kinds/strategy.hh"

namespace taut::sandbox::kinds {
namespace {

using Texts = std::vector<std::string>;

// A later variable of the same name that does not build on the earlier one.
void hidden_variables(const Value& container, const std::string& path, Texts& out) {
  const Value& variables = container["env"];
  std::set<std::string, std::less<>> seen;
  for (size_t i = 0; i < variables.size(); ++i) {
    const std::string name = variables[i]["name"].str(), reference = fmt::format("$({})", name), value = variables[i]["value"].str();
    if (seen.insert(name).second) continue;
    if (variables[i]["valueFrom"].is_null() && value != reference && contains(value, reference)) continue;
    out.push_back(fmt::format("{}.env[{}]: hides previous definition of \"{}\", which may be dropped when using apply", path, i, name));
  }
}

void fractions(const Value& container, const std::string& path, Texts& out) {
  for (const char* resource : {"memory", "ephemeral-storage"}) {
    for (const char* list : {"limits", "requests"}) {
      const Value& amount = container["resources"][list][resource];
      auto quantity = Quantity::parse(amount.as_string());
      if (amount.is_null() || !quantity || *quantity == Quantity::of(quantity->whole_up())) continue;
      out.push_back(fmt::format("{}.resources.{}[{}]: fractional byte value {} is invalid, must be an integer", path, list, resource,
                                quote(quantity->to_string())));
    }
  }
}

struct SeenPort {
  std::string path;
  Value port;
};

// Ports are those of all containers together.
void repeated_ports(const Value& ports, const std::string& path, std::map<std::string, std::vector<SeenPort>>& known, Texts& out) {
  for (size_t i = 0; i < ports.size(); ++i) {
    const Value& port = ports[i];
    const std::string item = fmt::format("{}.ports[{}]", path, i);
    std::vector<SeenPort>& others = known[fmt::format("{}/{}", port["containerPort"].as_int(), port["protocol"].as_string())];
    for (const SeenPort& other : others) {
      const bool same_address = port["hostIP"].str() == other.port["hostIP"].str();
      const int64_t host = port["hostPort"].as_int(), other_host = other.port["hostPort"].as_int();
      if (same_address && host == other_host) {
        out.push_back(fmt::format("{}: duplicate port definition with {}", item, other.path));
      } else if (host == 0 || other_host == 0) {
        out.push_back(fmt::format("{}: overlapping port definition with {}", item, other.path));
      } else if (host == other_host && port["hostIP"].empty() != other.port["hostIP"].empty()) {
        out.push_back(fmt::format("{}: dangerously ambiguous port definition with {}", item, other.path));
      }
    }
    others.push_back({item, port});
  }
}

void repeated_port_names(const Value& ports, const std::string& path, std::map<std::string, std::string>& known, Texts& out) {
  for (size_t i = 0; i < ports.size(); ++i) {
    const std::string name = ports[i]["name"].str(), item = fmt::format("{}.ports[{}]", path, i);
    if (name.empty()) continue;
    auto [first, fresh] = known.try_emplace(name, item);
    if (fresh) continue;
    out.push_back(fmt::format("{}: duplicate port name \"{}\" with {}, services and probes that select ports by name will use {}", item, name,
                              first->second, first->second));
  }
}

template <class Visit>
void each_container(const Value& spec, const std::string& path, Visit visit) {
  for (const char* list : {"initContainers", "containers"}) {
    const Value& containers = spec[list];
    for (size_t i = 0; i < containers.size(); ++i) visit(containers[i], fmt::format("{}.{}[{}]", path, list, i));
  }
}

void container_warnings(const Value& spec, const std::string& path, Texts& out) {
  each_container(spec, path, [&](const Value& container, const std::string& item) {
    fractions(container, item, out);
    hidden_variables(container, item, out);
  });
  std::map<std::string, std::vector<SeenPort>> ports;
  each_container(spec, path, [&](const Value& container, const std::string& item) { repeated_ports(container["ports"], item, ports, out); });
  std::map<std::string, std::string> names;
  each_container(spec, path, [&](const Value& container, const std::string& item) { repeated_port_names(container["ports"], item, names, out); });
}

void volume_warnings(const Value& volumes, Texts& out) {
  for (const Value& volume : volumes.items()) {
    for (const Value& source : volume["projected"]["sources"].items()) {
      if (source.empty()) out.push_back(fmt::format("volume {} (Projected) has no sources provided", quote(volume["name"].as_string())));
    }
  }
}

void pod_warnings(const Value& spec, const std::string& path, Texts& out) {
  const Value& spreads = spec["topologySpreadConstraints"];
  for (size_t i = 0; i < spreads.size(); ++i) {
    if (spreads[i]["labelSelector"].is_null()) {
      out.push_back(fmt::format("{}.topologySpreadConstraints[{}].labelSelector: a null labelSelector results in matching no pod", path, i));
    }
  }
  volume_warnings(spec["volumes"], out);
  const Value& aliases = spec["hostAliases"];
  std::set<std::string, std::less<>> addresses;
  for (size_t i = 0; i < aliases.size(); ++i) {
    if (addresses.insert(aliases[i]["ip"].str()).second) continue;
    out.push_back(fmt::format("{}.hostAliases[{}].ip: duplicate ip {}", path, i, quote(aliases[i]["ip"].as_string())));
  }
  const Value& secrets = spec["imagePullSecrets"];
  std::set<std::string, std::less<>> seen;
  for (size_t i = 0; i < secrets.size(); ++i) {
    if (seen.insert(secrets[i]["name"].str()).second) continue;
    out.push_back(fmt::format("{}.imagePullSecrets[{}].name: duplicate name {}", path, i, quote(secrets[i]["name"].as_string())));
  }
  for (size_t i = 0; i < secrets.size(); ++i) {
    if (secrets[i]["name"].empty()) out.push_back(fmt::format("{}.imagePullSecrets[{}].name: invalid empty name \"\"", path, i));
  }
  container_warnings(spec, path, out);
  if (spec["terminationGracePeriodSeconds"].as_int() < 0) {
    out.push_back(fmt::format("{}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1", path));
  }
}

// Certificates that are none are taken, but told.
void secret_warnings(const Value& secret, Texts& out) {
  if (secret["type"].as_string() != "kubernetes.io/tls") return;
  const std::string certificate = base64_decode(secret["data"]["tls.crt"].as_string()).value_or("");
  if (certificate.find("-----BEGIN ") == certificate.npos) out.emplace_back("tls: failed to find any PEM data in certificate input");
}

}  // namespace

std::vector<std::string> warnings(const Gvk& gvk, const Value& object, const Value* old) {
  Texts out;
  const Shape* shape = shape_of(gvk);
  if (!shape) return out;
  if (shape->name == "core/v1.Endpoints") out.emplace_back("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
  if (shape->name == "core/v1.ComponentStatus") out.emplace_back("v1 ComponentStatus is deprecated in v1.19+");
  if (shape->name == "core/v1.Service" && !object["spec"]["externalIPs"].empty()) {
    out.emplace_back("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
  }
  if (shape->name == "core/v1.Secret") secret_warnings(object, out);
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
