#include <array>
#include <set>

#include "base/strings.hh"
#include "object/quantity.hh"
#include "sandbox/kinds/addresses.hh"
#include "sandbox/kinds/internal_json.hh"
#include "sandbox/kinds/pod_parts.hh"
#include "sandbox/kinds/validation.hh"

namespace taut::sandbox::kinds {
namespace {

bool headless(const Value& spec) { return spec["clusterIPs"][0].as_string() == "None" || spec["clusterIP"].as_string() == "None"; }

void service_ports(Checks& checks, const Value& ports) {
  std::set<std::string, std::less<>> names;
  for (size_t i = 0; i < ports.size(); ++i) {
    const std::string item = at("spec.ports", i);
    const Value& port = ports[i];
    if (port["name"].empty()) {
      if (ports.size() > 1) checks.required(child(item, "name"));
    } else {
      checks.named(child(item, "name"), port["name"], dns_label(port["name"].as_string()));
      if (!names.insert(port["name"].str()).second) checks.duplicate(child(item, "name"), port["name"]);
    }
    checks.port(child(item, "port"), port["port"]);
    checks.one_of(child(item, "protocol"), port["protocol"], {"SCTP", "TCP", "UDP"});
    checks.port_or_name(child(item, "targetPort"), port["targetPort"]);
    if (!port["appProtocol"].is_null()) checks.named(child(item, "appProtocol"), port["appProtocol"], qualified_name(port["appProtocol"].as_string()));
  }
}

// Ports that are taken twice, shown as the server's internal type.
void repeated_ports(Checks& checks, const Value& spec) {
  std::set<std::pair<std::string, int64_t>> node_ports, ports;
  const Value& list = spec["ports"];
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i]["nodePort"].as_int() != 0 && spec["type"].as_string() == "ClusterIP") {
      checks.forbidden(child(at("spec.ports", i), "nodePort"), "may not be used when `type` is 'ClusterIP'");
    }
  }
  for (size_t i = 0; i < list.size(); ++i) {
    const int64_t number = list[i]["nodePort"].as_int();
    if (number != 0 && !node_ports.emplace(list[i]["protocol"].str(), number).second) {
      checks.duplicate(child(at("spec.ports", i), "nodePort"), number);
    }
  }
  for (size_t i = 0; i < list.size(); ++i) {
    if (ports.emplace(list[i]["protocol"].str(), list[i]["port"].as_int()).second) continue;
    const Value shown = Value::map({{"protocol", list[i]["protocol"]}, {"port", list[i]["port"]}});
    checks.duplicate_text(at("spec.ports", i), internal_json("core/v1.ServicePort", shown));
  }
}

void service_addresses(Checks& checks, const Value& spec) {
  const Value& ips = spec["clusterIPs"];
  const std::string first = spec["clusterIP"].str();
  if (!first.empty()) {
    if (ips.empty()) {
      checks.required("spec.clusterIPs");
    } else if (ips[0].as_string() != first) {
      checks.invalid("spec.clusterIPs", ips, "first value must match `clusterIP`");
    }
  } else if (!ips.empty()) {
    checks.invalid("spec.clusterIPs", ips, "must be empty when `clusterIP` is not specified");
  }
  std::set<std::string, std::less<>> seen;
  const Value& families = spec["ipFamilies"];
  for (size_t i = 0; i < families.size(); ++i) {
    checks.one_of(at("spec.ipFamilies", i), families[i], {"IPv4", "IPv6"});
    if (!seen.insert(families[i].str()).second) checks.duplicate(at("spec.ipFamilies", i), families[i]);
  }
  if (!spec["ipFamilyPolicy"].is_null()) {
    checks.one_of("spec.ipFamilyPolicy", spec["ipFamilyPolicy"], {"PreferDualStack", "RequireDualStack", "SingleStack"});
  }
  for (size_t i = 0; i < ips.size(); ++i) {
    if (i > 0 || ips[i].as_string() != "None") checks.address(at("spec.clusterIPs", i), ips[i]);
  }
  if (ips.size() > 2) checks.invalid("spec.clusterIPs", ips, "may only hold up to 2 values");
}

void service_affinity(Checks& checks, const Value& spec) {
  const std::string affinity = spec["sessionAffinity"].str(), path = "spec.sessionAffinityConfig";
  const Value& config = spec["sessionAffinityConfig"];
  checks.given_one_of("spec.sessionAffinity", spec["sessionAffinity"], {"ClientIP", "None"});
  if (affinity == "None" && !config.is_null()) checks.forbidden(path, "must not be set when session affinity is None");
  if (affinity != "ClientIP") return;
  const Value& timeout = config["clientIP"]["timeoutSeconds"];
  if (config.is_null()) {
    checks.required(path, "when session affinity type is ClientIP");
  } else if (config["clientIP"].is_null()) {
    checks.required(child(path, "clientIP"), "when session affinity type is ClientIP");
  } else if (timeout.is_null()) {
    checks.required(child(path, "clientIP.timeoutSeconds"), "when session affinity type is ClientIP");
  } else if (timeout.as_int() <= 0 || timeout.as_int() > 86400) {
    checks.invalid(child(path, "clientIP.timeoutSeconds"), timeout, "must be greater than 0 and less than 86400");
  }
}

void service_traffic(Checks& checks, const Value& spec) {
  const std::string type = spec["type"].str();
  const Value& external = spec["externalTrafficPolicy"];
  const bool accessible = type == "LoadBalancer" || type == "NodePort" || (type == "ClusterIP" && !spec["externalIPs"].empty());
  if (!accessible) {
    if (!external.empty()) checks.invalid("spec.externalTrafficPolicy", external, "may only be set for externally-accessible services");
  } else {
    checks.given_one_of("spec.externalTrafficPolicy", external, {"Cluster", "Local"});
  }
  const bool checked = type == "LoadBalancer" && external.as_string() == "Local";
  const Value& port = spec["healthCheckNodePort"];
  if (!checked && port.as_int() != 0) {
    checks.invalid("spec.healthCheckNodePort", port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
  }
  const Value& internal = spec["internalTrafficPolicy"];
  if (internal.is_null()) {
    if (type == "NodePort" || type == "LoadBalancer" || type == "ClusterIP") checks.required("spec.internalTrafficPolicy");
  } else {
    checks.one_of("spec.internalTrafficPolicy", internal, {"Cluster", "Local"});
  }
  if (!spec["trafficDistribution"].is_null()) {
    checks.one_of("spec.trafficDistribution", spec["trafficDistribution"], {"PreferClose", "PreferSameZone", "PreferSameNode"});
  }
}

void service(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  const std::string type = spec["type"].str();
  if (spec["ports"].empty() && !headless(spec) && type != "ExternalName") checks.required("spec.ports");
  if ((type == "LoadBalancer" || type == "NodePort") && headless(spec)) {
    checks.invalid("spec.clusterIPs[0]", "None", fmt::format("may not be set to 'None' for {} services", type));
  }
  if (type == "ExternalName") {
    for (const char* field : {"clusterIPs", "ipFamilies"}) {
      if (!spec[field].empty()) checks.forbidden(child("spec", field), "may not be set for ExternalName services");
    }
    if (!spec["ipFamilyPolicy"].is_null()) checks.forbidden("spec.ipFamilyPolicy", "may not be set for ExternalName services");
    if (spec["externalName"].empty()) {
      checks.required("spec.externalName");
    } else {
      std::string_view name = spec["externalName"].as_string();
      if (name.ends_with('.')) name.remove_suffix(1);
      checks.named("spec.externalName", name, dns_subdomain(name));
    }
  }
  service_ports(checks, spec["ports"]);
  checks.labels("spec.selector", spec["selector"]);
  service_affinity(checks, spec);
  if (type != "ExternalName") service_addresses(checks, spec);
  const Value& external = spec["externalIPs"];
  for (size_t i = 0; i < external.size(); ++i) {
    checks.address(at("spec.externalIPs", i), external[i]);
    if (is_address(external[i].as_string())) check_endpoint_address(checks, at("spec.externalIPs", i), external[i].as_string());
  }
  checks.given_one_of("spec.type", spec["type"], {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  repeated_ports(checks, spec);
  if (!spec["loadBalancerSourceRanges"].empty() && type != "LoadBalancer") {
    checks.forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
  }
  const Value& ranges = spec["loadBalancerSourceRanges"];
  for (size_t i = 0; i < ranges.size(); ++i) checks.network(at("spec.LoadBalancerSourceRanges", i), trim(ranges[i].as_string()));
  if (!spec["allocateLoadBalancerNodePorts"].is_null() && type != "LoadBalancer") {
    checks.forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
  }
  if (!spec["loadBalancerClass"].is_null() && type != "LoadBalancer") {
    checks.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
  }
  service_traffic(checks, spec);
}

void service_update(Checks& checks, const Value& fresh, const Value& old) {
  const Value& type = fresh["spec"]["type"];
  const Value& balancer = fresh["spec"]["loadBalancerClass"];
  if (type.as_string() == "LoadBalancer" && old["spec"]["type"] == type && balancer != old["spec"]["loadBalancerClass"]) {
    checks.invalid("spec.loadBalancerClass", balancer, "may not change once set");
  }
  const Value& now = fresh["spec"]["clusterIPs"];
  const Value& before = old["spec"]["clusterIPs"];
  if (fresh["spec"]["type"].as_string() == "ExternalName" || old["spec"]["type"].as_string() == "ExternalName" || before.empty()) return;
  if (now[0] != before[0]) checks.invalid("spec.clusterIPs[0]", now, "may not change once set");
}

size_t data_keys(Checks& checks, const Value& object, const char* field, bool encoded) {
  size_t size = 0;
  for (const Entry& entry : object[field].entries()) {
    checks.named(key(field, entry.key()), entry.name, config_key(entry.key()));
    size += encoded ? entry.value.size() * 3 / 4 : entry.value.size();
  }
  return size;
}

constexpr size_t kMostData = 1048576;

void config_map(Checks& checks, const Value& object) {
  size_t size = data_keys(checks, object, "data", false);
  for (const Entry& entry : object["data"].entries()) {
    if (object["binaryData"].contains(entry.key())) checks.invalid(key("data", entry.key()), entry.name, "duplicate of key present in binaryData");
  }
  size += data_keys(checks, object, "binaryData", true);
  if (size > kMostData) checks.too_long("[]", kMostData);
}

void frozen(Checks& checks, const Value& fresh, const Value& old, std::initializer_list<const char*> fields) {
  if (!old["immutable"].as_bool()) return;
  constexpr std::string_view kWhy = "field is immutable when `immutable` is set";
  if (!fresh["immutable"].as_bool()) checks.forbidden("immutable", kWhy);
  for (const char* field : fields) {
    if (fresh[field] != old[field]) checks.forbidden(field, kWhy);
  }
}

void config_map_update(Checks& checks, const Value& fresh, const Value& old) { frozen(checks, fresh, old, {"data", "binaryData"}); }

void needs(Checks& checks, const Value& data, std::initializer_list<std::string_view> keys) {
  for (std::string_view name : keys) {
    if (!data.contains(name)) checks.required(key("data", name));
  }
}

void secret(Checks& checks, const Value& object) {
  const Value& data = object["data"];
  if (data_keys(checks, object, "data", true) > kMostData) checks.too_long("data", kMostData);
  const std::string type = object["type"].str();
  if (type == "kubernetes.io/service-account-token" && annotation_of(object, "kubernetes.io/service-account.name").empty()) {
    checks.required(key("metadata.annotations", "kubernetes.io/service-account.name"));
  }
  if (type == "kubernetes.io/dockercfg") needs(checks, data, {".dockercfg"});
  if (type == "kubernetes.io/dockerconfigjson") needs(checks, data, {".dockerconfigjson"});
  if (type == "kubernetes.io/basic-auth" && !data.contains("username") && !data.contains("password")) needs(checks, data, {"username", "password"});
  if (type == "kubernetes.io/ssh-auth" && data["ssh-privatekey"].empty()) checks.required(key("data", "ssh-privatekey"));
  if (type == "kubernetes.io/tls") needs(checks, data, {"tls.crt", "tls.key"});
}

void secret_update(Checks& checks, const Value& fresh, const Value& old) {
  if (fresh["type"] != old["type"]) checks.invalid("type", fresh["type"].str(), "field is immutable");
  frozen(checks, fresh, old, {"data"});
}

void access_modes(Checks& checks, const std::string& path, const Value& modes) {
  bool alone = false, others = false;
  for (const Value& mode : modes.items()) {
    checks.one_of(path, mode, {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"});
    (mode.as_string() == "ReadWriteOncePod" ? alone : others) = true;
  }
  if (alone && others) checks.forbidden(path, "may not use ReadWriteOncePod with other access modes");
}

void data_source(Checks& checks, const std::string& path, const Value& source) {
  if (source.is_null()) return;
  for (const char* field : {"name", "kind"}) {
    if (source[field].empty()) checks.required(child(path, field));
  }
  const Value& group = source["apiGroup"];
  if (group.empty() && source["kind"].as_string() != "PersistentVolumeClaim") {
    checks.invalid(path, source["kind"].str(), "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
  }
  if (!group.empty()) checks.named(child(path, "apiGroup"), group, dns_subdomain(group.as_string()));
  const Value& ns = source["namespace"];
  if (!ns.empty()) checks.named(child(path, "namespace"), ns, dns_label(ns.as_string()));
}

void claim(Checks& checks, const Value& object) { check_claim_spec(checks, "spec", object["spec"]); }

// What a bound claim may still change, and what was not set before, is taken over from the other side first.
void claim_update(Checks& checks, const Value& fresh, const Value& old) {
  Value spec = fresh["spec"], before = old["spec"];
  const Value& size_now = fresh["spec"]["resources"]["requests"]["storage"];
  const Value& size_before = old["spec"]["resources"]["requests"]["storage"];
  if (before["volumeName"].empty() && spec.contains("volumeName")) before.set("volumeName", spec["volumeName"]);
  if (before["storageClassName"].is_null()) spec.erase("storageClassName");
  if (fresh["status"]["phase"].as_string() == "Bound") {
    if (!spec["resources"]["requests"].empty()) spec.edit("resources").edit("requests").set("storage", size_before);
    spec.erase("volumeAttributesClassName");
    if (const Value* name = before.find("volumeAttributesClassName")) spec.set("volumeAttributesClassName", *name);
  }
  if (spec != before) {
    checks.forbidden("spec", "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n" +
                                 internal_diff("core/v1.PersistentVolumeClaimSpec", before, spec));
  }
  auto now = Quantity::parse(size_now.as_string("0")), was = Quantity::parse(size_before.as_string("0"));
  auto capacity = Quantity::parse(old["status"]["capacity"]["storage"].as_string("0"));
  if (now && was && capacity && *now < *was && *now <= *capacity) {
    checks.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
  }
  checks.immutable("volumeMode", fresh["spec"]["volumeMode"], old["spec"]["volumeMode"]);
}

constexpr std::array<std::string_view, 20> kVolumeSources{
    "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker", "gcePersistentDisk",
    "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "vsphereVolume"};

Value volume_source(const Value& spec) {
  Value out = Value::map();
  for (std::string_view source : kVolumeSources) {
    if (!spec[source].is_null()) out.set(source, spec[source]);
  }
  return out;
}

void secret_reference(Checks& checks, const std::string& path, const Value& reference) {
  if (reference.is_null()) return;
  const Value& name = reference["name"];
  const Value& ns = reference["namespace"];
  name.empty() ? checks.required(child(path, "name")) : checks.named(child(path, "name"), name, dns_subdomain(name.as_string()));
  ns.empty() ? checks.required(child(path, "namespace")) : checks.named(child(path, "namespace"), ns, dns_label(ns.as_string()));
}

void csi_source(Checks& checks, const Value& source) {
  const std::string driver = to_lower(source["driver"].as_string()), path = "spec.csi";
  if (driver.empty()) checks.required(child(path, "driver"));
  if (driver.size() > 63) checks.too_long(child(path, "driver"), 63);
  if (!driver.empty()) checks.named(child(path, "driver"), source["driver"], dns_subdomain(driver));
  if (source["volumeHandle"].empty()) checks.required(child(path, "volumeHandle"));
  for (const char* field : {"controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef"}) {
    secret_reference(checks, child(path, field), source[field]);
  }
}

void volume(Checks& checks, const Value& object) {
  const Value& spec = object["spec"];
  if (spec["accessModes"].empty()) checks.required("spec.accessModes");
  access_modes(checks, "spec.accessModes", spec["accessModes"]);
  if (spec["capacity"].empty()) checks.required("spec.capacity");
  if (!spec["capacity"].contains("storage") || spec["capacity"].size() > 1) checks.unsupported("spec.capacity", spec["capacity"], {"storage"});
  for (const Entry& entry : spec["capacity"].entries()) {
    auto quantity = Quantity::parse(entry.value.as_string());
    const std::string path = key("spec.capacity", entry.key());
    if (quantity && *quantity < Quantity()) checks.invalid(path, quantity->whole_up(), "must be a valid resource quantity");
    if (quantity && *quantity <= Quantity()) checks.invalid(path, entry.value, "must be greater than zero");
  }
  if (!spec["persistentVolumeReclaimPolicy"].empty()) {
    checks.one_of("spec.persistentVolumeReclaimPolicy", spec["persistentVolumeReclaimPolicy"], {"Delete", "Recycle", "Retain"});
  }
  const Value& nodes = spec["nodeAffinity"];
  if (!nodes.is_null()) {
    if (nodes["required"].is_null()) {
      checks.required("spec.nodeAffinity.required", "must specify required node constraints");
    } else {
      check_node_selector(checks, "spec.nodeAffinity.required", nodes["required"]);
    }
  }
  const Value sources = volume_source(spec);
  if (sources.empty()) checks.required("spec", "must specify a volume type");
  if (sources.size() == 1 && sources.contains("csi")) csi_source(checks, sources["csi"]);
  for (size_t i = 1; i < sources.size(); ++i) {
    checks.forbidden(child("spec", sources.entries()[i].key()), "may not specify more than 1 volume type");
  }
}

void volume_update(Checks& checks, const Value& fresh, const Value& old) {
  // The server looks twice.
  volume(checks, fresh);
  if (volume_source(fresh["spec"]) != volume_source(old["spec"])) {
    checks.forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation\n" +
                                                        internal_diff("core/v1.PersistentVolumeSource", old["spec"], fresh["spec"]));
  }
  checks.immutable("volumeMode", fresh["spec"]["volumeMode"], old["spec"]["volumeMode"]);
  const Value& nodes = fresh["spec"]["nodeAffinity"];
  const Value& before = old["spec"]["nodeAffinity"];
  if (!before.is_null() && nodes != before) {
    checks.invalid_text("nodeAffinity", internal_json("*core/v1.VolumeNodeAffinity", nodes), "field is immutable, except for updating from beta label to GA");
  }
}

void taints(Checks& checks, const Value& list) {
  std::set<std::pair<std::string, std::string>> seen;
  for (size_t i = 0; i < list.size(); ++i) {
    // The server leaves out that they stand in the spec.
    const std::string item = at("metadata.taints", i);
    const Value& taint = list[i];
    checks.named(child(item, "key"), taint["key"], qualified_name(taint["key"].as_string()));
    if (const Reasons reasons = label_value(taint["value"].as_string()); !reasons.empty()) {
      checks.invalid(child(item, "value"), taint["value"].str(), join(reasons, ";"));
    }
    checks.given_one_of(child(item, "effect"), taint["effect"], {"NoSchedule", "PreferNoSchedule", "NoExecute"});
    if (!seen.emplace(taint["key"].str(), taint["effect"].str()).second) {
      checks.duplicate_text(item, internal_json("core/v1.Taint", taint) + ": taints must be unique by key and effect pair");
    }
  }
}

void node_update(Checks& checks, const Value& fresh, const Value& old) {
  const Value& spec = fresh["spec"];
  const Value& before = old["spec"];
  constexpr std::string_view kRanges = "node updates may not change podCIDR except from \"\" to valid";
  if (!before["podCIDRs"].empty() && spec["podCIDRs"] != before["podCIDRs"]) checks.forbidden("spec.podCIDRs", kRanges);
  if (!before["providerID"].empty() && spec["providerID"] != before["providerID"]) {
    checks.forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid");
  }
  // The server looks twice.
  taints(checks, spec["taints"]);
}

void node(Checks& checks, const Value& object) {
  taints(checks, object["spec"]["taints"]);
  const Value& ranges = object["spec"]["podCIDRs"];
  for (size_t i = 0; i < ranges.size(); ++i) checks.network(at("spec.podCIDRs", i), ranges[i]);
}

void event(Checks& checks, const Value& object) {
  const std::string about = object["involvedObject"]["namespace"].str(), own = object["metadata"]["namespace"].str();
  const bool cluster_wide = about.empty() && (own == "default" || own == "kube-system");
  if (about != own && !cluster_wide) checks.invalid("involvedObject.namespace", about, "does not match event.namespace");
}

constexpr std::array<ValidationRule, 7> kRules{{
    {"core/v1.Service", service, service_update, true},
    {"core/v1.ConfigMap", config_map, config_map_update, true},
    {"core/v1.Secret", secret, secret_update, true},
    {"core/v1.PersistentVolumeClaim", claim, claim_update},
    {"core/v1.PersistentVolume", volume, volume_update},
    {"core/v1.Node", node, node_update},
    {"core/v1.Event", event, nullptr},
}};

}  // namespace

void check_claim_spec(Checks& checks, const std::string& path, const Value& spec) {
  if (spec["accessModes"].empty()) checks.required(child(path, "accessModes"), "at least 1 access mode is required");
  if (!spec["selector"].is_null()) checks.selector(child(path, "selector"), spec["selector"]);
  access_modes(checks, child(path, "accessModes"), spec["accessModes"]);
  const Value& size = spec["resources"]["requests"]["storage"];
  const std::string size_path = key(child(path, "resources"), "storage");
  if (size.is_null()) {
    checks.required(size_path);
  } else if (auto quantity = Quantity::parse(size.as_string()); quantity && *quantity <= Quantity()) {
    checks.invalid(size_path, size, "must be greater than zero");
  }
  if (const Value& name = spec["storageClassName"]; !name.empty()) {
    checks.named(child(path, "storageClassName"), name, dns_subdomain(name.as_string()));
  }
  if (!spec["volumeMode"].is_null()) checks.one_of(child(path, "volumeMode"), spec["volumeMode"], {"Block", "Filesystem"});
  data_source(checks, child(path, "dataSource"), spec["dataSource"]);
  data_source(checks, child(path, "dataSourceRef"), spec["dataSourceRef"]);
  if (const Value& name = spec["volumeAttributesClassName"]; !name.empty()) {
    checks.named(child(path, "volumeAttributesClassName"), name, dns_subdomain(name.as_string()));
  }
}

std::span<const ValidationRule> core_validation() { return kRules; }

}  // namespace taut::sandbox::kinds
