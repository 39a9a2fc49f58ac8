#include "sandbox/kinds/usage.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.hh"

namespace taut::sandbox::kinds {
namespace {

void add(Amounts& into, const Amounts& more) {
  for (const auto& [name, quantity] : more) {
    auto [at, fresh] = into.try_emplace(name, quantity);
    if (!fresh) at->second = at->second + quantity;
  }
}

void raise(Amounts& into, const Amounts& other) {
  for (const auto& [name, quantity] : other) {
    auto [at, fresh] = into.try_emplace(name, quantity);
    if (!fresh) at->second = std::max(at->second, quantity);
  }
}

Amounts amounts(const Value& list) {
  Amounts out;
  for (const Entry& entry : list.entries()) {
    if (auto quantity = Quantity::parse(entry.value.as_string())) out.emplace(entry.key(), *quantity);
  }
  return out;
}

bool counted_in_pods(std::string_view name) { return name == "cpu" || name == "memory" || name == "ephemeral-storage"; }

void use_pod(const Value& pod, Amounts& out) {
  const std::string_view phase = pod["status"]["phase"].as_string();
  if (phase == "Succeeded" || phase == "Failed") return;
  out["pods"] = Quantity::of(1);
  for (const auto& [name, quantity] : pod_amounts(pod["spec"], "requests")) {
    if (counted_in_pods(name)) out[name] = quantity;
    out["requests." + name] = quantity;
  }
  for (const auto& [name, quantity] : pod_amounts(pod["spec"], "limits")) out["limits." + name] = quantity;
}

void use_claim(const Value& claim, Amounts& out) {
  out["persistentvolumeclaims"] = Quantity::of(1);
  const std::string prefix = claim["spec"]["storageClassName"].str() + ".storageclass.storage.k8s.io/";
  const bool classed = !claim["spec"]["storageClassName"].empty();
  if (classed) out[prefix + "persistentvolumeclaims"] = Quantity::of(1);
  auto size = Quantity::parse(claim["spec"]["resources"]["requests"]["storage"].as_string("0"));
  if (!size) return;
  out["requests.storage"] = *size;
  if (classed) out[prefix + "requests.storage"] = *size;
}

void use_service(const Value& service, Amounts& out) {
  const std::string_view type = service["spec"]["type"].as_string();
  const auto ports = static_cast<int64_t>(service["spec"]["ports"].size());
  const bool allocates = service["spec"]["allocateLoadBalancerNodePorts"].as_bool(true);
  out["services"] = Quantity::of(1);
  out["services.nodeports"] = Quantity::of(type == "NodePort" || (type == "LoadBalancer" && allocates) ? ports : 0);
  out["services.loadbalancers"] = Quantity::of(type == "LoadBalancer" ? 1 : 0);
}

bool best_effort(const Value& pod) { return pod_amounts(pod["spec"], "requests").empty() && pod_amounts(pod["spec"], "limits").empty(); }

bool in_scope(std::string_view scope, const Value& pod) {
  const bool ends = !pod["spec"]["activeDeadlineSeconds"].is_null();
  if (scope == "Terminating") return ends;
  if (scope == "NotTerminating") return !ends;
  if (scope == "BestEffort") return best_effort(pod);
  if (scope == "NotBestEffort") return !best_effort(pod);
  if (scope == "PriorityClass") return !pod["spec"]["priorityClassName"].empty();
  return false;
}

bool selected(const Value& expression, const Value& pod) {
  const std::string_view op = expression["operator"].as_string(), scope = expression["scopeName"].as_string();
  if (scope != "PriorityClass" || op == "Exists") return in_scope(scope, pod);
  const Value& name = pod["spec"]["priorityClassName"];
  const bool listed = std::ranges::any_of(expression["values"].items(), [&](const Value& value) { return value == name; });
  if (op == "DoesNotExist") return name.empty();
  return op == "In" ? listed : !listed;
}

}  // namespace

Amounts pod_amounts(const Value& spec, const char* side) {
  Amounts sum, sidecars, start;
  for (const Value& container : spec["containers"].items()) add(sum, amounts(container["resources"][side]));
  for (const Value& container : spec["initContainers"].items()) {
    Amounts own = amounts(container["resources"][side]);
    if (container["restartPolicy"].as_string() == "Always") {
      add(sum, own);
      add(sidecars, own);
      raise(start, sidecars);
    } else {
      add(own, sidecars);
      raise(start, own);
    }
  }
  raise(sum, start);
  return sum;
}

Amounts usage_of(const Gvk& gvk, std::string_view resource, const Value& object) {
  Amounts out;
  out[fmt::format("count/{}", resource)] = Quantity::of(1);
  if (!gvk.group.empty()) return out;
  constexpr std::array<std::string_view, 4> kPlain{"replicationcontrollers", "secrets", "configmaps", "resourcequotas"};
  if (std::ranges::find(kPlain, resource) != kPlain.end()) out[std::string(resource)] = Quantity::of(1);
  if (gvk.kind == "Pod") use_pod(object, out);
  if (gvk.kind == "PersistentVolumeClaim") use_claim(object, out);
  if (gvk.kind == "Service") use_service(object, out);
  return out;
}

bool quota_covers(const Value& spec, const Gvk& gvk, const Value& object) {
  const Value& scopes = spec["scopes"];
  const Value& expressions = spec["scopeSelector"]["matchExpressions"];
  if (scopes.empty() && expressions.empty()) return true;
  if (!gvk.group.empty() || gvk.kind != "Pod") return false;
  return std::ranges::all_of(scopes.items(), [&](const Value& scope) { return in_scope(scope.as_string(), object); }) &&
         std::ranges::all_of(expressions.items(), [&](const Value& expression) { return selected(expression, object); });
}

std::vector<std::string> missing_amounts(const Value& spec, const std::vector<std::string>& wanted) {
  std::map<std::string, std::vector<std::string>> missing;
  for (const char* list : {"containers", "initContainers"}) {
    for (const Value& container : spec[list].items()) {
      for (const std::string& name : wanted) {
        const bool limit = name.starts_with("limits.");
        const std::string plain = limit ? name.substr(7) : name.starts_with("requests.") ? name.substr(9) : name;
        if (!container["resources"][limit ? "limits" : "requests"].contains(plain)) missing[name].push_back(container["name"].str());
      }
    }
  }
  std::vector<std::string> out;
  for (auto& [name, containers] : missing) {
    std::ranges::sort(containers);
    out.push_back(fmt::format("{} for: {}", name, join(containers, ",")));
  }
  return out;
}

}  // namespace taut::sandbox::kinds
