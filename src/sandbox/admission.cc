#include "sandbox/admission.hh"

#include "sandbox/meta.hh"

namespace taut::sandbox {
namespace {

ApiError terminating(const Resource& resource, std::string_view ns, std::string_view name) {
  ApiError error = forbidden(resource.name(), name,
                             fmt::format("unable to create new content in namespace {} because it is being terminated", ns));
  Value cause = Value::map({{"field", "metadata.namespace"},
                            {"message", fmt::format("namespace {} is being terminated", ns)},
                            {"reason", "NamespaceTerminating"}});
  error.details.set("causes", Value::list({cause}));
  return error;
}

// The priority admission plug-in: classes become numbers.
ApiResult<void> admit_priority(Cluster& cluster, const Resource& resource, Value& pod) {
  std::string wanted = pod["spec"]["priorityClassName"].str();
  Page classes = cluster.store.list("scheduling.k8s.io/priorityclasses", "", "", 0, 0).value_or(Page{});
  const Value* chosen = nullptr;
  for (const ItemPtr& item : classes.items) {
    const Value& c = item->object();
    bool fits = wanted.empty() ? c["globalDefault"].as_bool() : name_of(c) == wanted;
    if (fits && (chosen == nullptr || c["value"].as_int() < (*chosen)["value"].as_int())) chosen = &c;
  }
  if (chosen == nullptr && !wanted.empty())
    return ApiFailure(forbidden(resource.name(), name_of(pod),
                                fmt::format("no PriorityClass with name {} was found", wanted)));
  Value& spec = pod.edit("spec");
  if (chosen != nullptr) spec.set("priorityClassName", name_of(*chosen));
  spec.set("priority", chosen != nullptr ? (*chosen)["value"] : Value(0));
  std::string_view preemption = chosen != nullptr ? (*chosen)["preemptionPolicy"].as_string() : std::string_view();
  if (!spec.contains("preemptionPolicy")) spec.set("preemptionPolicy", preemption.empty() ? "PreemptLowerPriority" : preemption);
  return {};
}

// DefaultTolerationSeconds: what every pod tolerates for five minutes.
void add_default_tolerations(Value& pod) {
  Value& spec = pod.edit("spec");
  for (const char* key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    bool there = false;
    for (const Value& t : spec["tolerations"].items()) {
      bool effect = t["effect"].empty() || t["effect"].as_string() == "NoExecute";
      there = there || (effect && (t["key"].as_string() == key || t["key"].empty()));
    }
    if (there) continue;
    spec.edit("tolerations").push_back(Value::map({{"effect", "NoExecute"}, {"key", key}, {"operator", "Exists"}, {"tolerationSeconds", 300}}));
  }
}

constexpr const char* kTokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

Value token_volume(const std::string& name) {
  Value token = Value::map({{"serviceAccountToken", Value::map({{"expirationSeconds", 3607}, {"path", "token"}})}});
  Value ca = Value::map({{"configMap", Value::map({{"items", Value::list({Value::map({{"key", "ca.crt"}, {"path", "ca.crt"}})})}, {"name", "kube-root-ca.crt"}})}});
  Value reference = Value::map({{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}});
  Value home = Value::map({{"downwardAPI", Value::map({{"items", Value::list({Value::map({{"fieldRef", reference}, {"path", "namespace"}})})}})}});
  return Value::map({{"name", name}, {"projected", Value::map({{"defaultMode", 420}, {"sources", Value::list({token, ca, home})}})}});
}

// True when some container took the mount.
bool mount_token(Value& containers, const std::string& volume) {
  bool used = false;
  for (size_t i = 0; i < containers.size(); ++i) {
    bool there = false;
    for (const Value& m : containers[i]["volumeMounts"].items()) there = there || m["mountPath"].as_string() == kTokenPath;
    if (there) continue;
    containers.edit(i).edit("volumeMounts").push_back(Value::map({{"mountPath", kTokenPath}, {"name", volume}, {"readOnly", true}}));
    used = true;
  }
  return used;
}

// The ServiceAccount plug-in: a pod runs as some account and holds its token.
void admit_service_account(const Cluster& cluster, Value& pod) {
  if (!pod["metadata"]["annotations"]["kubernetes.io/config.mirror"].empty()) return;
  Value& spec = pod.edit("spec");
  std::string account = spec["serviceAccountName"].empty() ? "default" : spec["serviceAccountName"].str();
  spec.set("serviceAccountName", account);
  spec.set("serviceAccount", account);
  ItemPtr item = cluster.store.get(StoreKey::of("serviceaccounts", namespace_of(pod), account));
  bool wanted = item ? item->object()["automountServiceAccountToken"].as_bool(true) : true;
  if (!spec["automountServiceAccountToken"].as_bool(wanted)) return;
  std::string volume = "kube-api-access-" + random_suffix();
  bool used = spec.contains("initContainers") && mount_token(spec.edit("initContainers"), volume);
  used = mount_token(spec.edit("containers"), volume) || used;
  if (used) spec.edit("volumes").push_back(token_volume(volume));
}

}  // namespace

ApiResult<void> admit_namespace(Cluster& cluster, const Resource& resource, std::string_view ns, std::string_view name) {
  if (!resource.info.namespaced) return {};
  ItemPtr item = cluster.store.get({"namespaces", std::string(ns)});
  if (!item) return ApiFailure(not_found({"", "namespaces"}, ns));
  if (item->object()["metadata"].contains("deletionTimestamp")) return ApiFailure(terminating(resource, ns, name));
  return {};
}

ApiResult<void> admit_create(Cluster& cluster, const Resource& resource, Value& object) {
  if (resource.info.group.empty() && resource.info.kind == "Pod") {
    if (cluster.service_accounts) admit_service_account(cluster, object);
    API_TRY(admit_priority(cluster, resource, object));
    add_default_tolerations(object);
  }
  return {};
}

}  // namespace taut::sandbox
