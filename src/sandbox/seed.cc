#include "sandbox/seed.hh"

#include "base/log.hh"
#include "sandbox/body.hh"
#include "sandbox/flow_control.hh"

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
  service.set("spec", Value::map({{"clusterIP", "10.96.0.1"}, {"clusterIPs", Value::list({"10.96.0.1"})}, {"ipFamilies", Value::list({"IPv4"})},
                                  {"ipFamilyPolicy", "SingleStack"}, {"ports", Value::list({port})}, {"sessionAffinity", "None"}, {"type", "ClusterIP"}}));
  return service;
}

Value priority_class(std::string_view name, int64_t value, std::string_view description) {
  Value out = named("scheduling.k8s.io/v1", "PriorityClass", "", name);
  out.set("value", value);
  out.set("description", description);
  return out;
}

Value rule(Value groups, Value resources, Value verbs) {
  return Value::map({{"apiGroups", std::move(groups)}, {"resources", std::move(resources)}, {"verbs", std::move(verbs)}});
}

// The roles that people bind: cluster-admin, and the three for users of a namespace.
void seed_roles(Cluster& cluster, Writer& writer) {
  constexpr const char* kVersion = "rbac.authorization.k8s.io/v1";
  Value star = Value::list({"*"});
  Value everything = Value::list({"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"});
  Value looking = Value::list({"get", "list", "watch"});
  Value groups = Value::list({"", "apps", "autoscaling", "batch", "networking.k8s.io", "policy"});
  Value visible = Value::list({"configmaps", "endpoints", "persistentvolumeclaims", "pods", "pods/log", "pods/status", "replicationcontrollers",
                               "serviceaccounts", "services", "events", "namespaces", "resourcequotas", "limitranges", "controllerrevisions",
                               "daemonsets", "deployments", "deployments/scale", "replicasets", "statefulsets", "horizontalpodautoscalers",
                               "cronjobs", "jobs", "ingresses", "networkpolicies", "poddisruptionbudgets"});
  auto role = [&](const char* name, Value rules) {
    Value out = named(kVersion, "ClusterRole", "", name);
    out.set("rules", std::move(rules));
    add(cluster, writer, std::move(out));
  };
  Value paths = Value::map({{"nonResourceURLs", star}, {"verbs", star}});
  role("cluster-admin", Value::list({rule(star, star, star), paths}));
  Value roles = rule(Value::list({"rbac.authorization.k8s.io"}), Value::list({"roles", "rolebindings"}), everything);
  Value secrets = rule(Value::list({""}), Value::list({"secrets"}), everything);
  role("view", Value::list({rule(groups, visible, looking)}));
  role("edit", Value::list({rule(groups, visible, everything), secrets}));
  role("admin", Value::list({rule(groups, visible, everything), secrets, roles}));
  auto create = [&](const char* group, Value resources) { return rule(Value::list({group}), std::move(resources), Value::list({"create"})); };
  role("system:basic-user", Value::list({create("authorization.k8s.io", Value::list({"selfsubjectaccessreviews", "selfsubjectrulesreviews"})),
                                         create("authentication.k8s.io", Value::list({"selfsubjectreviews"}))}));
  Value health = Value::list({"/healthz", "/livez", "/readyz", "/version", "/version/"});
  Value discovery = Value::list({"/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"});
  role("system:public-info-viewer", Value::list({Value::map({{"nonResourceURLs", health}, {"verbs", Value::list({"get"})}})}));
  role("system:discovery", Value::list({Value::map({{"nonResourceURLs", discovery}, {"verbs", Value::list({"get"})}})}));
  auto bind = [&](const char* name, std::initializer_list<const char*> groups_bound) {
    Value binding = named(kVersion, "ClusterRoleBinding", "", name);
    binding.set("roleRef", Value::map({{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", name}}));
    for (const char* group : groups_bound)
      binding.edit("subjects").push_back(Value::map({{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "Group"}, {"name", group}}));
    add(cluster, writer, std::move(binding));
  };
  bind("cluster-admin", {"system:masters"});
  bind("system:basic-user", {"system:authenticated"});
  bind("system:discovery", {"system:authenticated"});
  bind("system:public-info-viewer", {"system:authenticated", "system:unauthenticated"});
}

}  // namespace

void seed(Cluster& cluster, Writer& writer) {
  for (const char* name : {"default", "kube-system", "kube-public", "kube-node-lease"}) add(cluster, writer, named("v1", "Namespace", "", name));
  add(cluster, writer, kubernetes_service());
  seed_roles(cluster, writer);
  for (Value& object : flow_control_objects()) add(cluster, writer, std::move(object));
  add(cluster, writer, priority_class("system-cluster-critical", 2'000'000'000,
                                      "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."));
  add(cluster, writer, priority_class("system-node-critical", 2'000'001'000,
                                      "Used for system critical pods that must not be moved from their current node."));
}

}  // namespace taut::sandbox
