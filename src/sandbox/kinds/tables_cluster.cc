#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/strings.hh"
#include "sandbox/kinds/table_text.hh"
#include "sandbox/kinds/tables.hh"

namespace taut::sandbox::kinds {
namespace {

using Cells = std::vector<Value>;

const Value& name(const Value& object) { return object["metadata"]["name"]; }
std::string age(const Value& object, Time now) { return age_of(object["metadata"]["creationTimestamp"], now); }
bool deleting(const Value& object) { return !object["metadata"]["deletionTimestamp"].is_null(); }

// At most three of a list, and how many more there are.
std::string first_three(std::vector<std::string> parts) {
  if (parts.empty()) return "<unset>";
  const size_t all = parts.size();
  if (all > 3) parts.resize(3);
  std::string text = join(parts, ",");
  return all > 3 ? fmt::format("{} + {} more...", text, all - 3) : text;
}

std::string balancer_text(const Value& balancer) {
  std::set<std::string> out;
  for (const Value& ingress : balancer["ingress"].items()) {
    const std::string address = ingress["ip"].empty() ? ingress["hostname"].str() : ingress["ip"].str();
    if (!address.empty()) out.insert(address);
  }
  return join(out, ",");
}

std::string external_ip(const Value& service) {
  const Value& spec = service["spec"];
  std::string_view type = spec["type"].as_string();
  if (type == "ExternalName") return spec["externalName"].str();
  std::vector<std::string> parts;
  if (type == "LoadBalancer") {
    std::string balancer = balancer_text(service["status"]["loadBalancer"]);
    if (!balancer.empty()) parts.push_back(balancer);
  }
  for (const Value& ip : spec["externalIPs"].items()) parts.push_back(ip.str());
  if (!parts.empty()) return join(parts, ",");
  return type == "LoadBalancer" ? "<pending>" : "<none>";
}

std::string service_ports(const Value& ports) {
  std::vector<std::string> parts;
  for (const Value& port : ports.items()) {
    const int64_t node_port = port["nodePort"].as_int();
    parts.push_back(node_port > 0 ? fmt::format("{}:{}/{}", port["port"].as_int(), node_port, port["protocol"].as_string())
                                  : fmt::format("{}/{}", port["port"].as_int(), port["protocol"].as_string()));
  }
  return parts.empty() ? "<none>" : join(parts, ",");
}

Cells service(const Value& s, Time now) {
  const Value& spec = s["spec"];
  return {name(s), spec["type"], or_text(spec["clusterIPs"][0].as_string(), "<none>"), external_ip(s), service_ports(spec["ports"]),
          age(s, now), labels_text(spec["selector"])};
}

Cells ingress(const Value& i, Time now) {
  std::vector<std::string> hosts;
  const Value& rules = i["spec"]["rules"];
  for (const Value& rule : rules.items()) {
    if (hosts.size() < 3 && !rule["host"].empty()) hosts.push_back(rule["host"].str());
  }
  std::string text = hosts.empty() ? "*" : join(hosts, ",");
  if (hosts.size() == 3 && rules.size() > 3) text += fmt::format(" + {} more...", rules.size() - 3);
  return {name(i), or_text(i["spec"]["ingressClassName"].as_string(), "<none>"), text, balancer_text(i["status"]["loadBalancer"]),
          i["spec"]["tls"].empty() ? "80" : "80, 443", age(i, now)};
}

Cells endpoints(const Value& e, Time now) {
  std::vector<std::string> parts;
  for (const Value& subset : e["subsets"].items()) {
    const Value& ports = subset["ports"];
    for (size_t p = 0; p < std::max<size_t>(ports.size(), 1); ++p) {
      for (const Value& address : subset["addresses"].items()) {
        parts.push_back(ports.empty() ? address["ip"].str() : fmt::format("{}:{}", address["ip"].as_string(), ports[p]["port"].as_int()));
      }
    }
  }
  return {name(e), e["subsets"].empty() ? "<none>" : parts.empty() ? "" : first_three(parts), age(e, now)};
}

Cells endpoint_slice(const Value& s, Time now) {
  std::vector<std::string> ports, addresses;
  for (const Value& port : s["ports"].items()) {
    ports.push_back(port["port"].is_null() ? or_text(port["name"].as_string(), "*") : std::to_string(port["port"].as_int()));
  }
  for (const Value& endpoint : s["endpoints"].items()) {
    for (const Value& address : endpoint["addresses"].items()) addresses.push_back(address.str());
  }
  return {name(s), s["addressType"], first_three(ports), first_three(addresses), age(s, now)};
}

std::string node_status(const Value& node) {
  std::string status = "Unknown";
  for (const Value& condition : node["status"]["conditions"].items()) {
    if (condition["type"].as_string() == "Ready") status = condition["status"].as_string() == "True" ? "Ready" : "NotReady";
  }
  return node["spec"]["unschedulable"].as_bool() ? status + ",SchedulingDisabled" : status;
}

std::string node_roles(const Value& node) {
  constexpr std::string_view prefix = "node-role.kubernetes.io/";
  std::set<std::string> roles;
  for (const Entry& label : node["metadata"]["labels"].entries()) {
    if (label.key().starts_with(prefix) && label.key().size() > prefix.size()) roles.emplace(label.key().substr(prefix.size()));
    if (label.key() == "kubernetes.io/role" && !label.value.empty()) roles.insert(label.value.str());
  }
  return roles.empty() ? "<none>" : join(roles, ",");
}

std::string node_address(const Value& node, std::string_view type) {
  for (const Value& address : node["status"]["addresses"].items()) {
    if (address["type"].as_string() == type) return address["address"].str();
  }
  return "<none>";
}

Cells node(const Value& n, Time now) {
  const Value& info = n["status"]["nodeInfo"];
  std::string kernel = or_text(info["kernelVersion"].as_string(), "<unknown>");
  if (!info["architecture"].empty()) kernel += fmt::format(" ({})", info["architecture"].as_string());
  return {name(n), node_status(n), node_roles(n), age(n, now), info["kubeletVersion"], node_address(n, "InternalIP"),
          node_address(n, "ExternalIP"), or_text(info["osImage"].as_string(), "<unknown>"), kernel,
          or_text(info["containerRuntimeVersion"].as_string(), "<unknown>")};
}

std::string event_source(const Value& event) {
  const Value& source = event["source"];
  std::string component = source["component"].str(), host = source["host"].str();
  if (component.empty()) component = event["reportingComponent"].str();
  if (host.empty()) host = event["reportingInstance"].str();
  return host.empty() ? component : component + ", " + host;
}

Cells event(const Value& e, Time now) {
  std::string first = age_of(e["firstTimestamp"].is_null() ? e["eventTime"] : e["firstTimestamp"], now);
  std::string last = e["lastTimestamp"].is_null() ? first : age_of(e["lastTimestamp"], now);
  int64_t count = std::max<int64_t>(e["count"].as_int(), 1);
  if (!e["series"].is_null()) {
    last = age_of(e["series"]["lastObservedTime"], now);
    count = e["series"]["count"].as_int();
  }
  const Value& about = e["involvedObject"];
  std::string target = to_lower(about["kind"].as_string());
  if (!about["name"].empty()) target += "/" + about["name"].str();
  return {last, e["type"].str(), e["reason"].str(), target, about["fieldPath"].str(), event_source(e),
          std::string(trim(e["message"].as_string())), first, count, name(e)};
}

Cells name_space(const Value& n, Time now) { return {name(n), n["status"]["phase"].str(), age(n, now)}; }

Cells secret(const Value& s, Time now) { return {name(s), s["type"].str(), static_cast<int64_t>(s["data"].size()), age(s, now)}; }

Cells config_map(const Value& c, Time now) {
  return {name(c), static_cast<int64_t>(c["data"].size() + c["binaryData"].size()), age(c, now)};
}

Cells name_age(const Value& object, Time now) { return {name(object), age(object, now)}; }

Cells volume(const Value& v, Time now) {
  const Value& spec = v["spec"];
  const Value& claim = spec["claimRef"];
  return {name(v), or_text(spec["capacity"]["storage"].as_string(), "0"), access_modes(spec["accessModes"]),
          spec["persistentVolumeReclaimPolicy"].str(), deleting(v) ? "Terminating" : v["status"]["phase"].str(),
          claim.is_null() ? "" : claim["namespace"].str() + "/" + claim["name"].str(), spec["storageClassName"].str(),
          or_text(spec["volumeAttributesClassName"].as_string(), "<unset>"), v["status"]["reason"].str(), age(v, now),
          or_text(spec["volumeMode"].as_string(), "<unset>")};
}

Cells claim(const Value& c, Time now) {
  const Value& spec = c["spec"];
  const bool bound = !spec["volumeName"].empty();
  return {name(c), deleting(c) ? "Terminating" : c["status"]["phase"].str(), spec["volumeName"].str(),
          bound ? or_text(c["status"]["capacity"]["storage"].as_string(), "0") : "", bound ? access_modes(c["status"]["accessModes"]) : "",
          spec["storageClassName"].str(), or_text(spec["volumeAttributesClassName"].as_string(), "<unset>"), age(c, now),
          or_text(spec["volumeMode"].as_string(), "<unset>")};
}

Cells quota(const Value& q, Time now) {
  std::string requests, limits;
  for (const Entry& hard : q["status"]["hard"].entries()) {
    std::string& out = hard.key().starts_with("limits.") ? limits : requests;
    if (!out.empty()) out += ", ";
    out += fmt::format("{}: {}/{}", hard.key(), or_text(q["status"]["used"][hard.key()].as_string(), "0"), hard.value.as_string());
  }
  return {name(q), requests, limits, age(q, now)};
}

Cells component_status(const Value& c, Time) {
  std::string status, message, error;
  for (const Value& condition : c["conditions"].items()) {
    if (condition["type"].as_string() != "Healthy") continue;
    status = condition["status"].as_string() == "True" ? "Healthy" : "Unhealthy";
    message = condition["message"].str();
    error = condition["error"].str() == "nil" ? "" : condition["error"].str();
  }
  return {name(c), status, message, error};
}

constexpr std::array<TableRule, 15> kTables{{
    {"core/v1.Service", "Name|Type|Cluster-IP|External-IP|Port(s)|Age|Selector+", service},
    {"networking/v1.Ingress", "Name|Class|Hosts|Address|Ports|Age", ingress},
    {"core/v1.Endpoints", "Name|Endpoints|Age", endpoints},
    {"discovery/v1.EndpointSlice", "Name|AddressType|Ports|Endpoints|Age", endpoint_slice},
    {"core/v1.Node", "Name|Status|Roles|Age|Version|Internal-IP+|External-IP+|OS-Image+|Kernel-Version+|Container-Runtime+", node},
    {"core/v1.Event", "Last Seen|Type|Reason|Object|Subobject+|Source+|Message|First Seen+|Count+|Name+", event},
    {"core/v1.Namespace", "Name|Status|Age", name_space},
    {"core/v1.Secret", "Name|Type|Data|Age", secret},
    {"core/v1.ConfigMap", "Name|Data|Age", config_map},
    {"core/v1.ServiceAccount", "Name|Age", name_age},
    {"core/v1.PersistentVolume",
     "Name|Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|VolumeAttributesClass|Reason|Age|VolumeMode+", volume},
    {"core/v1.PersistentVolumeClaim",
     "Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age|VolumeMode+", claim},
    {"core/v1.ResourceQuota", "Name|Request|Limit|Age", quota},
    {"core/v1.ComponentStatus", "Name|Status|Message|Error", component_status},
    {"resource/v1.DeviceClass", "Name|Age", name_age},
}};

}  // namespace

std::span<const TableRule> cluster_tables() { return kTables; }

}  // namespace taut::sandbox::kinds
