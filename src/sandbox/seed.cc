#include "sandbox/seed.hh"

#include "base/log.hh"
#include "sandbox/body.hh"

namespace taut::sandbox {
namespace {

void add(Cluster& cluster, Writer& writer, Value object) {
  ResourcePtr resource = cluster.registry.find_kind(Gvk::of(object));
  if (!resource) return;
  StoreKey key = StoreKey::of(resource->storage, resource->info.namespaced ? namespace_of(object) : "", name_of(object));
  if (cluster.store.get(key)) return;
  WriteContext context;
  context.manager = "kube-apiserver";
  std::string ns(namespace_of(object));
  auto decoded = decode_object(*resource, std::move(object), {}, context);
  auto made = decoded ? writer.create(*resource, ns, std::move(*decoded), context) : ApiFailure(decoded.error());
  if (!made) log::warn("sandbox: cannot create {}: {}", key.path, made.error().message);
}

Value named(std::string_view api_version, std::string_view kind, std::string_view ns, std::string_view name) {
  Value meta = Value::map({{"name", name}});
  if (!ns.empty()) meta.set("namespace", ns);
  return Value::map({{"apiVersion", api_version}, {"kind", kind}, {"metadata", std::move(meta)}});
}

Value kubernetes_service() {
  Value service = named("v1", "Service", "default", "kubernetes");
  service.edit("metadata").set("labels", Value::map({{"component", "apiserver"}, {"provider", "kubernetes"}}));
  Value port = Value::map({{"name", "https"}, {"port", 443}, {"protocol", "TCP"}, {"targetPort", 6443}});
  service.set("spec", Value::map({{"clusterIP", "10.96.0.1"}, {"ports", Value::list({port})}, {"type", "ClusterIP"}}));
  return service;
}

Value priority_class(std::string_view name, int64_t value, std::string_view description) {
  Value out = named("scheduling.k8s.io/v1", "PriorityClass", "", name);
  out.set("value", value);
  out.set("description", description);
  return out;
}

}  // namespace

void seed(Cluster& cluster, Writer& writer) {
  for (const char* name : {"default", "kube-system", "kube-public", "kube-node-lease"}) add(cluster, writer, named("v1", "Namespace", "", name));
  add(cluster, writer, kubernetes_service());
  add(cluster, writer, priority_class("system-cluster-critical", 2'000'000'000,
                                      "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."));
  add(cluster, writer, priority_class("system-node-critical", 2'000'001'000,
                                      "Used for system critical pods that must not be moved from their current node."));
}

}  // namespace taut::sandbox
