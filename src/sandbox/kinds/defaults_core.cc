#include <array>

#include "base/base64.hh"
#include "sandbox/kinds/defaults.hh"
#include "sandbox/kinds/fields.hh"

namespace taut::sandbox::kinds {
namespace {

void session_affinity(Value& spec) {
  preset_text(spec, "sessionAffinity", "None");
  if (spec["sessionAffinity"].as_string() == "None") spec.erase("sessionAffinityConfig");
  if (spec["sessionAffinity"].as_string() == "ClientIP" &&
      !spec["sessionAffinityConfig"]["clientIP"].contains("timeoutSeconds")) {
    spec.set("sessionAffinityConfig", Value::map({{"clientIP", Value::map({{"timeoutSeconds", 10800}})}}));
  }
}

bool externally_accessible(const Value& spec) {
  std::string_view type = spec["type"].as_string();
  return type == "LoadBalancer" || type == "NodePort" || (type == "ClusterIP" && !spec["externalIPs"].empty());
}

void service(Value& s) {
  Value& spec = s.edit("spec");
  session_affinity(spec);
  preset_text(spec, "type", "ClusterIP");
  each_item(spec, "ports", [](Value& port) {
    preset_text(port, "protocol", "TCP");
    const Value& target = port["targetPort"];
    if (target.is_string() ? target.empty() : target.as_int() == 0) port.set("targetPort", port["port"].as_int());
  });
  const std::string type = spec["type"].str();
  if (externally_accessible(spec)) preset_text(spec, "externalTrafficPolicy", "Cluster");
  if (type != "ExternalName") preset(spec, "internalTrafficPolicy", "Cluster");
  if (type == "LoadBalancer") {
    preset(spec, "allocateLoadBalancerNodePorts", true);
    inside(s, "status", [](Value& status) {
      inside(status, "loadBalancer", [](Value& balancer) {
        each_item(balancer, "ingress", [](Value& ingress) {
          if (!ingress["ip"].empty()) preset(ingress, "ipMode", "VIP");
        });
      });
    });
  }
}

// stringData is for writing only: conversion moves it into data.
void secret(Value& s) {
  preset_text(s, "type", "Opaque");
  const Value plain = s["stringData"];
  for (const Entry& entry : plain.entries()) s.edit("data").set(entry.key(), base64_encode(entry.value.as_string()));
  s.erase("stringData");
}

void persistent_volume(Value& v) {
  preset_text(v.edit("status"), "phase", "Pending");
  Value& spec = v.edit("spec");
  preset_text(spec, "persistentVolumeReclaimPolicy", "Retain");
  preset(spec, "volumeMode", "Filesystem");
}

void claim(Value& c) { preset_text(c.edit("status"), "phase", "Pending"); }
void claim_spec(Value& spec) { preset(spec, "volumeMode", "Filesystem"); }

void endpoints_port(Value& port) { preset_text(port, "protocol", "TCP"); }

void name_space(Value& n) {
  const std::string name = n["metadata"]["name"].str();
  if (!name.empty()) n.edit("metadata").edit("labels").set("kubernetes.io/metadata.name", name);
}

void namespace_status(Value& status) { preset_text(status, "phase", "Active"); }

// The first range is also the only one of old clients; where they differ, the old field wins.
void node_spec(Value& spec) {
  const Value first = spec["podCIDR"];
  if (!first.empty() && spec["podCIDRs"][0] != first) spec.set("podCIDRs", Value::list({first}));
  if (first.empty() && !spec["podCIDRs"].empty()) spec.set("podCIDR", Value(spec["podCIDRs"][0]));
}

void node_status(Value& status) {
  if (!status.contains("allocatable") && status.contains("capacity")) status.set("allocatable", Value(status["capacity"]));
}

void copy_missing(Value& item, const char* from, const char* to) {
  const Value source = item[from];
  for (const Entry& entry : source.entries()) {
    if (!item[to].contains(entry.key())) item.edit(to).set(entry.key(), entry.value);
  }
}

void limit_range_item(Value& item) {
  if (item["type"].as_string() != "Container") return;
  copy_missing(item, "max", "default");
  copy_missing(item, "default", "defaultRequest");
  copy_missing(item, "min", "defaultRequest");
}

void storage_class(Value& c) {
  preset(c, "reclaimPolicy", "Delete");
  preset(c, "volumeBindingMode", "Immediate");
}

void csi_driver(Value& d) {
  Value& spec = d.edit("spec");
  preset(spec, "attachRequired", true);
  for (const char* field : {"podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"}) preset(spec, field, false);
  preset(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
  if (spec["volumeLifecycleModes"].empty()) spec.set("volumeLifecycleModes", Value::list({"Persistent"}));
}

void priority_class(Value& c) { preset(c, "preemptionPolicy", "PreemptLowerPriority"); }

void slice_port(Value& port) {
  preset(port, "name", "");
  preset(port, "protocol", "TCP");
}

constexpr std::array<DefaultRule, 15> kRules{{
    {"core/v1.Service", service},
    {"core/v1.Secret", secret},
    {"core/v1.PersistentVolume", persistent_volume},
    {"core/v1.PersistentVolumeClaim", claim},
    {"core/v1.PersistentVolumeClaimSpec", claim_spec},
    {"core/v1.EndpointPort", endpoints_port},
    {"core/v1.Namespace", name_space},
    {"core/v1.NamespaceStatus", namespace_status},
    {"core/v1.NodeSpec", node_spec},
    {"core/v1.NodeStatus", node_status},
    {"core/v1.LimitRangeItem", limit_range_item},
    {"storage/v1.StorageClass", storage_class},
    {"storage/v1.CSIDriver", csi_driver},
    {"scheduling/v1.PriorityClass", priority_class},
    {"discovery/v1.EndpointPort", slice_port},
}};

}  // namespace

std::span<const DefaultRule> core_rules() { return kRules; }

}  // namespace taut::sandbox::kinds
