#include "sandbox/admission.hh"

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
    API_TRY(admit_priority(cluster, resource, object));
    add_default_tolerations(object);
  }
  return {};
}

}  // namespace taut::sandbox
