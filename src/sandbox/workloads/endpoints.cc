#include "sandbox/workloads/endpoints.hh"

#include <algorithm>

#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kEndpoints;
using known::kEndpointSlice;
using known::kPod;
using known::kService;

constexpr std::string_view kServiceName = "kubernetes.io/service-name";
constexpr std::string_view kManagedBy = "endpointslice.kubernetes.io/managed-by";

Value target_reference(const Value& pod) {
  return Value::map({{"kind", "Pod"}, {"name", pod["metadata"]["name"]}, {"namespace", pod["metadata"]["namespace"]}, {"uid", pod["metadata"]["uid"]}});
}

// The number that a Service's port leads to in a pod; null when the pod has no port of that name.
Value port_number(const Value& port, const Value& pod) {
  const Value& target = port["targetPort"];
  if (!target.is_string()) return target.as_int() == 0 ? port["port"] : target;
  for (const Value& container : pod["spec"]["containers"].items()) {
    for (const Value& offered : container["ports"].items()) {
      if (offered["name"] == target && offered["protocol"] == port["protocol"]) return offered["containerPort"];
    }
  }
  return {};
}

Value ports_for(const Value& service, const Value& pod) {
  Value out = Value::list();
  for (const Value& port : service["spec"]["ports"].items()) {
    const Value number = port_number(port, pod);
    if (number.is_null()) continue;
    Value entry = Value::map({{"name", port["name"].str()}, {"port", number}, {"protocol", port["protocol"]}});
    if (!port["appProtocol"].is_null()) entry.set("appProtocol", port["appProtocol"]);
    out.push_back(entry);
  }
  return out;
}

// The pods behind a Service that have an address and have not finished.
std::vector<Value> backends(const Cache& cache, const Value& service) {
  std::vector<Value> out;
  for (const Value& pod : cache.list(kPod, namespace_of(service))) {
    if (labels_match(service["spec"]["selector"], pod["metadata"]["labels"]) && !pod["status"]["podIP"].empty() && !pod_finished(pod)) {
      out.push_back(pod);
    }
  }
  return out;
}

template <class Enqueue>
void services_of_pod(const Cache& cache, const Change& change, Enqueue enqueue) {
  for (const Value& service : cache.list(kService, namespace_of(change.object))) {
    const Value& selector = service["spec"]["selector"];
    if (selector.empty()) continue;
    const bool now = labels_match(selector, change.object["metadata"]["labels"]);
    if (now || (!change.old.is_null() && labels_match(selector, change.old["metadata"]["labels"]))) enqueue(ObjectId::of(service));
  }
}

// The items in the order in which they stand already, those that are new behind them: another order is no change, and
// what wrote the list before (a real controller, in a copy of a cluster) may have ordered it by rules of its own.
Value in_order_of(const Value& present, const Value& fresh) {
  const auto holds = [](const Value& list, const Value& item) {
    return std::ranges::any_of(list.items(), [&](const Value& other) { return other == item; });
  };
  Value out = Value::list();
  for (const Value& item : present.items()) {
    if (holds(fresh, item)) out.push_back(item);
  }
  for (const Value& item : fresh.items()) {
    if (!holds(present, item)) out.push_back(item);
  }
  return out;
}

Value slice_endpoint(const Value& pod, bool publish_unready) {
  const bool serving = pod_ready(pod), terminating = is_deleting(pod);
  const Value conditions = Value::map({{"ready", publish_unready || (serving && !terminating)}, {"serving", serving}, {"terminating", terminating}});
  return Value::map({{"addresses", Value::list({pod["status"]["podIP"]})},
                     {"conditions", conditions},
                     {"nodeName", pod["spec"]["nodeName"]},
                     {"targetRef", target_reference(pod)}});
}

}  // namespace

void EndpointSliceController::observe(const Change& change, const ObjectId& id) {
  const ObjectId service{"", "Service", id.ns, id.name};
  if (id.group.empty() && (id.kind == kService.kind || id.kind == kEndpoints.kind)) enqueue(service);
  if (id.group.empty() && id.kind == kPod.kind) services_of_pod(cache_, change, [&](const ObjectId& found) { enqueue(found); });
}

Status EndpointSliceController::write(const Value& service, std::string_view manager, const Value& owner, const Value& endpoints,
                                      const Value& ports) {
  Value present;
  for (const Value& slice : cache_.list(kEndpointSlice, namespace_of(service))) {
    if (label_of(slice, kServiceName) != name_of(service) || label_of(slice, kManagedBy) != manager) continue;
    if (present.is_null()) present = slice;
  }
  if (!present.is_null()) {
    Value fresh = present;
    fresh.set("endpoints", in_order_of(present["endpoints"], endpoints));
    fresh.set("ports", ports);
    TAUT_TRY(update(fresh));
    return {};
  }
  Value labels = service["metadata"]["labels"];
  if (!labels.is_map()) labels = Value::map();
  labels.set(kServiceName, name_of(service));
  labels.set(kManagedBy, manager);
  const Value metadata = Value::map({{"generateName", service["metadata"]["name"].str() + "-"}, {"labels", labels},
                                     {"namespace", service["metadata"]["namespace"]}, {"ownerReferences", Value::list({controller_reference(owner)})}});
  TAUT_TRY(create(Value::map({{"addressType", "IPv4"}, {"apiVersion", "discovery.k8s.io/v1"}, {"endpoints", endpoints},
                              {"kind", "EndpointSlice"}, {"metadata", metadata}, {"ports", ports}})));
  return {};
}

// A Service without a selector gets slices from the Endpoints that somebody wrote for it.
Status EndpointSliceController::mirror(const Value& service) {
  const Value* custom = cache_.find(kEndpoints, namespace_of(service), name_of(service));
  if (!custom) return {};
  Value endpoints = Value::list(), ports = Value::list();
  for (const Value& subset : (*custom)["subsets"].items()) {
    for (const char* list : {"addresses", "notReadyAddresses"}) {
      for (const Value& address : subset[list].items()) {
        const bool ready = list == std::string_view("addresses");
        endpoints.push_back(Value::map({{"addresses", Value::list({address["ip"]})}, {"conditions", Value::map({{"ready", ready}})}}));
      }
    }
    if (ports.empty()) {
      for (const Value& port : subset["ports"].items()) ports.push_back(port);
    }
  }
  return write(service, "endpointslicemirroring-controller.k8s.io", *custom, endpoints, ports);
}

Status EndpointSliceController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found || is_deleting(*found) || (*found)["spec"]["type"].as_string() == "ExternalName") return {};
  const Value service = *found;
  if (service["spec"]["selector"].empty()) return mirror(service);
  Value endpoints = Value::list(), ports = Value::list();
  for (const Value& pod : backends(cache_, service)) {
    endpoints.push_back(slice_endpoint(pod, service["spec"]["publishNotReadyAddresses"].as_bool()));
    if (ports.empty()) ports = ports_for(service, pod);
  }
  return write(service, "endpointslice-controller.k8s.io", service, endpoints, ports);
}

void EndpointsController::observe(const Change& change, const ObjectId& id) {
  if (!id.group.empty()) return;
  if (id.kind == kService.kind) enqueue(id);
  if (id.kind == kPod.kind) services_of_pod(cache_, change, [&](const ObjectId& found) { enqueue(found); });
}

Status EndpointsController::sync(const ObjectId& id) {
  const Value* service = cache_.find(id);
  const Value* present = cache_.find(kEndpoints, id.ns, id.name);
  if (!service || is_deleting(*service)) return present ? remove(*present) : Status();
  if ((*service)["spec"]["selector"].empty() || (*service)["spec"]["type"].as_string() == "ExternalName") return {};
  Value ready = Value::list(), waiting = Value::list(), ports = Value::list();
  for (const Value& pod : backends(cache_, *service)) {
    if (is_deleting(pod)) continue;
    const Value address = Value::map({{"ip", pod["status"]["podIP"]}, {"nodeName", pod["spec"]["nodeName"]}, {"targetRef", target_reference(pod)}});
    (pod_ready(pod) || (*service)["spec"]["publishNotReadyAddresses"].as_bool() ? ready : waiting).push_back(address);
    if (ports.empty()) ports = ports_for(*service, pod);
  }
  Value fresh = present ? *present
                        : Value::map({{"apiVersion", "v1"}, {"kind", "Endpoints"},
                                      {"metadata", Value::map({{"name", id.name}, {"namespace", id.ns}})}});
  const Value labels = (*service)["metadata"]["labels"];
  for (const Entry& label : labels.entries()) fresh.edit("metadata").edit("labels").set(label.key(), label.value);
  fresh.edit("metadata").edit("labels").set("endpoints.kubernetes.io/managed-by", "endpoint-controller");
  if (ready.empty() && waiting.empty()) {
    fresh.erase("subsets");
  } else {
    Value subset = Value::map({{"ports", ports}});
    const Value before = fresh["subsets"][0];
    if (!ready.empty()) subset.set("addresses", in_order_of(before["addresses"], ready));
    if (!waiting.empty()) subset.set("notReadyAddresses", in_order_of(before["notReadyAddresses"], waiting));
    fresh.set("subsets", Value::list({subset}));
  }
  if (present) {
    TAUT_TRY(update(fresh));
  } else {
    TAUT_TRY(create(fresh));
  }
  return {};
}

}  // namespace taut::sandbox::workloads
