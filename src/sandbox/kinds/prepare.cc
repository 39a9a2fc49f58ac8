// What a create or an update may not bring along, as pkg/registry/*/strategy.go (PrepareForCreate, PrepareForUpdate)
// and the mutating admission plugins that are on by default have it.
#include <array>

#include "sandbox/kinds/defaults.hh"
#include "sandbox/kinds/fields.hh"
#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/strategy.hh"

namespace taut::sandbox::kinds {
namespace {

// What moves metadata.generation.
enum class Counts : uint8_t { kNothing, kCreateOnly, kSpec, kSpecAndAnnotations, kContent, kContentAndLabels };

struct Strategy {
  std::string_view type;
  Counts counts = Counts::kNothing;
  bool status = false;  // status has a subresource of its own and is reset on create
};

constexpr std::array<Strategy, 40> kStrategies{{
    {"apps/v1.Deployment", Counts::kSpecAndAnnotations, true},
    {"apps/v1.ReplicaSet", Counts::kSpec, true},
    {"apps/v1.StatefulSet", Counts::kSpec, true},
    {"apps/v1.DaemonSet", Counts::kSpec, true},
    {"batch/v1.Job", Counts::kSpec, true},
    {"batch/v1.CronJob", Counts::kSpec, true},
    {"core/v1.ReplicationController", Counts::kSpec, true},
    {"core/v1.PodTemplate", Counts::kContent, false},
    {"core/v1.Pod", Counts::kSpec, true},
    {"core/v1.Service", Counts::kNothing, true},
    {"core/v1.Namespace", Counts::kNothing, true},
    {"core/v1.Node", Counts::kNothing, true},
    {"core/v1.PersistentVolume", Counts::kNothing, true},
    {"core/v1.PersistentVolumeClaim", Counts::kNothing, true},
    {"core/v1.ResourceQuota", Counts::kNothing, true},
    {"autoscaling/v1.HorizontalPodAutoscaler", Counts::kNothing, true},
    {"autoscaling/v2.HorizontalPodAutoscaler", Counts::kNothing, true},
    {"policy/v1.PodDisruptionBudget", Counts::kSpec, true},
    {"networking/v1.Ingress", Counts::kSpec, true},
    {"networking/v1.IngressClass", Counts::kSpec, false},
    {"networking/v1.NetworkPolicy", Counts::kSpec, false},
    {"networking/v1.ServiceCIDR", Counts::kNothing, true},
    {"discovery/v1.EndpointSlice", Counts::kContentAndLabels, false},
    {"scheduling/v1.PriorityClass", Counts::kCreateOnly, false},
    {"flowcontrol/v1.FlowSchema", Counts::kSpec, true},
    {"flowcontrol/v1.PriorityLevelConfiguration", Counts::kSpec, true},
    {"admissionregistration/v1.ValidatingAdmissionPolicy", Counts::kSpec, true},
    {"admissionregistration/v1.ValidatingAdmissionPolicyBinding", Counts::kSpec, false},
    {"admissionregistration/v1.MutatingAdmissionPolicy", Counts::kSpec, false},
    {"admissionregistration/v1.MutatingAdmissionPolicyBinding", Counts::kSpec, false},
    {"admissionregistration/v1.ValidatingWebhookConfiguration", Counts::kContent, false},
    {"admissionregistration/v1.MutatingWebhookConfiguration", Counts::kContent, false},
    {"apiextensions/v1.CustomResourceDefinition", Counts::kSpec, true},
    {"apiregistration/v1.APIService", Counts::kNothing, true},
    {"certificates/v1.CertificateSigningRequest", Counts::kNothing, true},
    {"resource/v1.ResourceSlice", Counts::kSpec, false},
    {"resource/v1.DeviceClass", Counts::kSpec, false},
    {"resource/v1.ResourceClaim", Counts::kNothing, true},
    {"storage/v1.VolumeAttachment", Counts::kNothing, true},
    {"storage/v1.CSIDriver", Counts::kSpec, false},
}};

const Strategy* strategy_for(const Shape& shape) {
  for (const Strategy& strategy : kStrategies) {
    if (strategy.type == shape.name) return &strategy;
  }
  return nullptr;
}

// ---- create

bool has_requests(const Value& resources, const char* list) { return !resources[list].empty(); }

// Guaranteed: cpu and memory limited and requested alike everywhere; BestEffort: nothing asked for.
std::string_view qos_class(const Value& spec) {
  bool any = false, guaranteed = true;
  for (const char* list : {"containers", "initContainers"}) {
    for (const Value& container : spec[list].items()) {
      const Value& resources = container["resources"];
      any |= has_requests(resources, "limits") || has_requests(resources, "requests");
      for (const char* name : {"cpu", "memory"}) {
        const Value& limit = resources["limits"][name];
        const Value& request = resources["requests"][name];
        guaranteed &= !limit.is_null() && (request.is_null() || request == limit);
      }
    }
  }
  return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
}

Value not_ready_toleration(std::string_view key) {
  return Value::map({{"effect", "NoExecute"}, {"key", key}, {"operator", "Exists"}, {"tolerationSeconds", 300}});
}

// The DefaultTolerationSeconds plugin.
void tolerate(Value& spec, std::string_view key) {
  for (const Value& toleration : spec["tolerations"].items()) {
    std::string_view own = toleration["key"].as_string(), effect = toleration["effect"].as_string();
    if ((own == key || own.empty()) && (effect == "NoExecute" || effect.empty())) return;
  }
  spec.edit("tolerations").push_back(not_ready_toleration(key));
}

// The Priority plugin, for the classes that need no look-up; a class of the cluster's own is the caller's to resolve.
void prioritise(Value& spec) {
  std::string_view name = spec["priorityClassName"].as_string();
  if (name.empty()) {
    preset(spec, "priority", 0);
  } else if (name == "system-node-critical") {
    preset(spec, "priority", 2000001000);
  } else if (name == "system-cluster-critical") {
    preset(spec, "priority", 2000000000);
  }
  preset(spec, "preemptionPolicy", "PreemptLowerPriority");
}

void create_pod(Value& pod) {
  Value& spec = pod.edit("spec");
  tolerate(spec, "node.kubernetes.io/not-ready");
  tolerate(spec, "node.kubernetes.io/unreachable");
  prioritise(spec);
  Value status = Value::map({{"phase", "Pending"}, {"qosClass", qos_class(spec)}});
  if (!spec["schedulingGates"].empty()) {
    status.set("conditions", Value::list({Value::map({{"lastProbeTime", Value()}, {"message", "Scheduling is blocked due to non-empty scheduling gates"},
                                                      {"reason", "SchedulingGated"}, {"status", "False"}, {"type", "PodScheduled"}})}));
  }
  pod.set("status", status);
}

void create_namespace(Value& ns) {
  ns.set("status", Value::map({{"phase", "Active"}}));
  Value& finalizers = ns.edit("spec").edit("finalizers");
  for (const Value& finalizer : finalizers.items()) {
    if (finalizer.as_string() == "kubernetes") return;
  }
  finalizers.push_back("kubernetes");
}

void add_finalizer(Value& object, std::string_view name) {
  for (const Value& finalizer : object["metadata"]["finalizers"].items()) {
    if (finalizer.as_string() == name) return;
  }
  object.edit("metadata").edit("finalizers").push_back(name);
}

// Job's selector and labels carry its uid, so that no other Job's pods match.
void create_job(Value& job) {
  if (job["spec"]["manualSelector"].as_bool()) return;
  const std::string uid = job["metadata"]["uid"].str(), name = job["metadata"]["name"].str();
  auto label = [&](Value& labels) {
    labels.set("batch.kubernetes.io/controller-uid", uid);
    labels.set("controller-uid", uid);
    labels.set("batch.kubernetes.io/job-name", name);
    labels.set("job-name", name);
  };
  // Labels that defaulting took from the template are one map with the template's in Go, and change with it.
  const bool shared = job["metadata"]["labels"].same(job["spec"]["template"]["metadata"]["labels"]);
  label(job.edit("spec").edit("template").edit("metadata").edit("labels"));
  if (shared) job.edit("metadata").set("labels", job["spec"]["template"]["metadata"]["labels"]);
  Value selector = job["spec"]["selector"];
  selector.edit("matchLabels").set("batch.kubernetes.io/controller-uid", uid);
  job.edit("spec").set("selector", selector);
}

constexpr const char* kTemplateGeneration = "deprecated.daemonset.template.generation";

void create_daemon_set(Value& set) {
  std::string_view generation = set["metadata"]["annotations"][kTemplateGeneration].as_string();
  if (generation.empty() || generation == "0") {
    set.edit("metadata").edit("annotations").set(kTemplateGeneration, "1");
  }
}

// Families of an IPv4 cluster; the addresses themselves are allocated by the caller.
void create_service(Value& service) {
  Value& spec = service.edit("spec");
  if (spec["type"].as_string() == "ExternalName") return;
  const bool headless = spec["clusterIP"].as_string() == "None";
  if (headless) preset(spec, "clusterIPs", Value::list({"None"}));
  const bool dual = headless && spec["selector"].empty() && !spec.contains("ipFamilies") && !spec.contains("ipFamilyPolicy");
  preset(spec, "ipFamilies", dual ? Value::list({"IPv4", "IPv6"}) : Value::list({"IPv4"}));
  preset(spec, "ipFamilyPolicy", dual ? "RequireDualStack" : "SingleStack");
}

void create_volume(Value& volume) {
  Value status = Value::map({{"phase", "Pending"}});
  const Value created = volume["metadata"]["creationTimestamp"];
  if (!created.is_null()) status.set("lastPhaseTransitionTime", created);
  volume.set("status", status);
  add_finalizer(volume, "kubernetes.io/pv-protection");
}

void create_claim(Value& claim) {
  claim.set("status", Value::map({{"phase", "Pending"}}));
  add_finalizer(claim, "kubernetes.io/pvc-protection");
}

// The TaintNodesByCondition plugin: a new node takes no pods before it is seen to be ready.
void create_node(Value& node) {
  for (const Value& taint : node["spec"]["taints"].items()) {
    if (taint["key"].as_string() == "node.kubernetes.io/not-ready") return;
  }
  node.edit("spec").edit("taints").push_back(Value::map({{"effect", "NoSchedule"}, {"key", "node.kubernetes.io/not-ready"}}));
}

struct CreateRule {
  std::string_view type;
  void (*apply)(Value& object);
};

// Of the secrets that it names, a service account keeps the names only.
void clean_secrets(Value& account) {
  each_item(account, "secrets", [](Value& secret) {
    if (!secret.is_map()) return;
    Value name = secret["name"];
    secret = Value::map();
    if (!name.is_null()) secret.set("name", std::move(name));
  });
}

constexpr std::array<CreateRule, 9> kCreateRules{{
    {"core/v1.ServiceAccount", clean_secrets},
    {"core/v1.Pod", create_pod},
    {"core/v1.Namespace", create_namespace},
    {"batch/v1.Job", create_job},
    {"apps/v1.DaemonSet", create_daemon_set},
    {"core/v1.Service", create_service},
    {"core/v1.PersistentVolume", create_volume},
    {"core/v1.PersistentVolumeClaim", create_claim},
    {"core/v1.Node", create_node},
}};

// ---- update

Value without(const Value& object, std::initializer_list<const char*> keys) {
  Value out = object;
  for (const char* key : keys) out.erase(key);
  return out;
}

bool same_field(const Value& a, const Value& b, const char* key) { return a[key].same(b[key]) || a[key] == b[key]; }

bool counted_change(Counts counts, const Value& fresh, const Value& old) {
  switch (counts) {
    case Counts::kNothing:
    case Counts::kCreateOnly: return false;
    case Counts::kSpec: return !same_field(fresh, old, "spec");
    case Counts::kSpecAndAnnotations:
      return !same_field(fresh, old, "spec") || !same_field(fresh["metadata"], old["metadata"], "annotations");
    case Counts::kContentAndLabels:
      if (!same_field(fresh["metadata"], old["metadata"], "labels")) return true;
      [[fallthrough]];
    case Counts::kContent: return without(fresh, {"metadata", "status"}) != without(old, {"metadata", "status"});
  }
  return false;
}

void carry_generation(Value& fresh, const Value& old, bool bump) {
  const int64_t before = old["metadata"]["generation"].as_int();
  const int64_t after = before + (bump ? 1 : 0);
  if (after > 0) {
    fresh.edit("metadata").set("generation", after);
  } else {
    fresh.edit("metadata").erase("generation");
  }
}

void keep(Value& fresh, const Value& old, const char* field) {
  if (const Value* present = old.find(field)) {
    fresh.set(field, *present);
  } else {
    fresh.erase(field);
  }
}

// A Service keeps the addresses and ports that were allocated to it when an update does not name them.
void update_service(Value& fresh, const Value& old) {
  const Value& before = old["spec"];
  Value& spec = fresh.edit("spec");
  if (spec["type"].as_string() == "ExternalName" || before["type"].as_string() == "ExternalName") return;
  if (spec["clusterIP"].empty()) {
    if (spec["clusterIPs"].empty() || spec["clusterIPs"] == before["clusterIPs"]) {
      keep(spec, before, "clusterIP");
      keep(spec, before, "clusterIPs");
    }
  } else if (spec["clusterIPs"].empty() || (spec["clusterIP"] != before["clusterIP"] && spec["clusterIPs"] == before["clusterIPs"])) {
    spec.set("clusterIPs", Value::list({spec["clusterIP"]}));
  }
  for (const char* field : {"ipFamilies", "ipFamilyPolicy"}) {
    if (spec[field].empty()) keep(spec, before, field);
  }
  if (spec["type"] == before["type"] && spec["healthCheckNodePort"].is_null()) keep(spec, before, "healthCheckNodePort");
  if (spec["type"].as_string() == "ClusterIP" || before["type"].as_string() == "ClusterIP") return;
  each_item(spec, "ports", [&](Value& port) {
    if (port.contains("nodePort")) return;
    for (const Value& known : before["ports"].items()) {
      if (known["port"] == port["port"] && known["protocol"] == port["protocol"] && known.contains("nodePort")) {
        port.set("nodePort", known["nodePort"]);
      }
    }
  });
}

bool externally_accessible(const Value& spec) {
  const std::string_view type = spec["type"].as_string();
  return type == "LoadBalancer" || type == "NodePort" || (type == "ClusterIP" && !spec["externalIPs"].empty());
}

// A Service that stops being of a type loses what only that type has, unless the update sets it anew.
void drop_type_fields(Value& fresh, const Value& old) {
  Value& spec = fresh.edit("spec");
  const Value& before = old["spec"];
  const std::string was = before["type"].str(), is = spec["type"].str();
  auto drop_same = [&](const char* field) {
    if (spec[field] == before[field]) spec.erase(field);
  };
  if (externally_accessible(before) && !externally_accessible(spec)) drop_same("externalTrafficPolicy");
  if (was == is) return;
  if (is == "ExternalName") {
    for (const char* field : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"}) drop_same(field);
  }
  const bool had_node_ports = was == "NodePort" || was == "LoadBalancer", has_node_ports = is == "NodePort" || is == "LoadBalancer";
  if (had_node_ports && !has_node_ports) {
    each_item(spec, "ports", [](Value& port) { port.erase("nodePort"); });
  }
  if (was == "LoadBalancer") {
    for (const char* field : {"healthCheckNodePort", "allocateLoadBalancerNodePorts", "loadBalancerClass"}) drop_same(field);
  }
  if (was == "ExternalName") drop_same("externalName");
}

void update_daemon_set(Value& fresh, const Value& old) {
  int64_t generation = 0;
  for (char c : old["metadata"]["annotations"][kTemplateGeneration].as_string()) generation = generation * 10 + (c - '0');
  if (fresh["spec"]["template"] != old["spec"]["template"]) ++generation;
  fresh.edit("metadata").edit("annotations").set(kTemplateGeneration, std::to_string(generation));
}

// The admission plugins see updates too: what they gave a pod is not lost by an update that does not name it.
void update_pod(Value& fresh, const Value& old) {
  Value& spec = fresh.edit("spec");
  tolerate(spec, "node.kubernetes.io/not-ready");
  tolerate(spec, "node.kubernetes.io/unreachable");
  for (const char* field : {"priority", "preemptionPolicy"}) {
    if (!spec.contains(field)) keep(spec, old["spec"], field);
  }
}

void update_main(const Shape& shape, const Strategy* strategy, Value& fresh, const Value& old) {
  if (strategy && strategy->status) keep(fresh, old, "status");
  if (shape.name == "core/v1.Namespace") {
    Value& spec = fresh.edit("spec");
    keep(spec, old["spec"], "finalizers");
  }
  if (shape.name == "core/v1.Service") {
    drop_type_fields(fresh, old);
    update_service(fresh, old);
  }
  if (shape.name == "apps/v1.DaemonSet") update_daemon_set(fresh, old);
  if (shape.name == "core/v1.Pod") update_pod(fresh, old);
  if (shape.name == "core/v1.ServiceAccount") clean_secrets(fresh);
  carry_generation(fresh, old, strategy && counted_change(strategy->counts, fresh, old));
}

void update_status(const Shape& shape, Value& fresh, const Value& old) {
  Value out = old;
  keep(out, fresh, "status");
  Value metadata = fresh["metadata"];
  if (shape.name == "apps/v1.Deployment") keep(metadata, old["metadata"], "labels");
  if (shape.name == "core/v1.Pod") {
    keep(metadata, old["metadata"], "ownerReferences");
    keep(metadata, old["metadata"], "deletionTimestamp");
    if (out["status"]["qosClass"].empty()) {
      Value& status = out.edit("status");
      keep(status, old["status"], "qosClass");
    }
  }
  out.set("metadata", metadata);
  carry_generation(out, old, false);
  fresh = std::move(out);
}

// What is stored is decoded with its defaults when it is read.
void store_settled(const Shape& shape, Value& object) {
  settle(shape, object);
  apply_rules(shape, object);
  settle_stored(shape, object);
}

}  // namespace

void prepare_create(const Gvk& gvk, Value& object) {
  const Shape* shape = shape_of(gvk);
  if (!shape) {
    object.edit("metadata").set("generation", 1);
    return;
  }
  const Strategy* strategy = strategy_for(*shape);
  if (strategy && strategy->status && shape->name != "core/v1.Node") object.erase("status");
  if (strategy && strategy->counts != Counts::kNothing) {
    object.edit("metadata").set("generation", 1);
  } else {
    object.edit("metadata").erase("generation");
  }
  for (const CreateRule& rule : kCreateRules) {
    if (rule.type == shape->name) rule.apply(object);
  }
  store_settled(*shape, object);
}

void prepare_update(const Gvk& gvk, Value& fresh, const Value& old, std::string_view subresource) {
  const Shape* shape = shape_of(gvk);
  if (!shape) {
    if (subresource == "status") {
      Value out = old;
      keep(out, fresh, "status");
      out.edit("metadata");
      keep(out.edit("metadata"), fresh["metadata"], "managedFields");
      fresh = std::move(out);
    }
    carry_generation(fresh, old, subresource.empty() && counted_change(Counts::kContent, fresh, old));
    return;
  }
  const Strategy* strategy = strategy_for(*shape);
  if (subresource == "status") {
    update_status(*shape, fresh, old);
  } else if (subresource == "binding") {
    carry_generation(fresh, old, false);
  } else if (subresource == "finalize") {
    keep(fresh, old, "status");
    carry_generation(fresh, old, false);
  } else {
    update_main(*shape, strategy, fresh, old);
  }
  store_settled(*shape, fresh);
}

}  // namespace taut::sandbox::kinds
