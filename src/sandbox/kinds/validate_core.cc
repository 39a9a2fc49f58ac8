#include <array>
#include <set>

#include "base/base64.hh"
#include "object/quantity.hh"
#include "sandbox/kinds/internal_json.hh"
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
  checks.one_of("spec.sessionAffinity", spec["sessionAffinity"], {"ClientIP", "None"});
  checks.one_of("spec.type", spec["type"], {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  repeated_ports(checks, spec);
  if (!spec["loadBalancerSourceRanges"].empty() && type != "LoadBalancer") {
    checks.forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
  }
  if (!spec["allocateLoadBalancerNodePorts"].is_null() && type != "LoadBalancer") {
    checks.forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
  }
  if (!spec["loadBalancerClass"].is_null() && type != "LoadBalancer") {
    checks.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
  }
}

void service_update(Checks& checks, const Value& fresh, const Value& old) {
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
  checks.immutable("type", fresh["type"], old["type"]);
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
  const Value sources = volume_source(spec);
  if (sources.empty()) checks.required("spec", "must specify a volume type");
  for (size_t i = 1; i < sources.size(); ++i) {
    checks.forbidden(child("spec", sources.entries()[i].key()), "may not specify more than 1 volume type");
  }
}

void volume_update(Checks& checks, const Value& fresh, const Value& old) {
  if (volume_source(fresh["spec"]) != volume_source(old["spec"])) {
    checks.forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation\n" +
                                                        internal_diff("core/v1.PersistentVolumeSource", old["spec"], fresh["spec"]));
  }
  checks.immutable("volumeMode", fresh["spec"]["volumeMode"], old["spec"]["volumeMode"]);
}

void limit_range(Checks& checks, const Value& object) {
  const Value& limits = object["spec"]["limits"];
  for (size_t i = 0; i < limits.size(); ++i) {
    if (limits[i]["type"].empty()) checks.required(child(at("spec.limits", i), "type"));
  }
}

void quota(Checks& checks, const Value& object) {
  for (const Entry& hard : object["spec"]["hard"].entries()) {
    checks.named(key("spec.hard", hard.key()), hard.name, qualified_name(hard.key()));
    auto quantity = Quantity::parse(hard.value.as_string());
    if (quantity && *quantity < Quantity()) checks.invalid(key("spec.hard", hard.key()), hard.value, "must be greater than or equal to 0");
  }
}

constexpr std::array<ValidationRule, 7> kRules{{
    {"core/v1.Service", service, service_update, true},
    {"core/v1.ConfigMap", config_map, config_map_update, true},
    {"core/v1.Secret", secret, secret_update, true},
    {"core/v1.PersistentVolumeClaim", claim, claim_update},
    {"core/v1.PersistentVolume", volume, volume_update},
    {"core/v1.LimitRange", limit_range, nullptr},
    {"core/v1.ResourceQuota", quota, nullptr},
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
