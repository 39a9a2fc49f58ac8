#include "sandbox/workloads/namespaces.hh"

#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kNamespace;

ObjectId namespace_id(const std::string& name) { return {"", "Namespace", "", name}; }

}  // namespace

void NamespaceContents::observe(const Change& change, const ObjectId& id) {
  if (!id.group.empty()) return;
  if (id.kind == kNamespace.kind && change.type == ChangeType::kAdded) enqueue(id);
  const bool ours = (id.kind == known::kServiceAccount.kind && id.name == "default") ||
                    (id.kind == known::kConfigMap.kind && id.name == "kube-root-ca.crt");
  if (ours && change.type == ChangeType::kDeleted) enqueue(namespace_id(id.ns));
}

Status NamespaceContents::ensure(const Value& object) {
  if (cache_.find(ObjectId::of(object))) return {};
  auto made = create(object);
  return made || made.error().code() == Code::kAlreadyExists ? Status() : fail(made.error());
}

Status NamespaceContents::sync(const ObjectId& id) {
  const Value* ns = cache_.find(id);
  if (!ns || is_deleting(*ns)) return {};
  TAUT_TRY(ensure(Value::map({{"apiVersion", "v1"}, {"kind", "ServiceAccount"},
                              {"metadata", Value::map({{"name", "default"}, {"namespace", id.name}})}})));
  const std::string& root = runtime_.options().root_certificate;
  const Value about = Value::map({{"kubernetes.io/description",
                                   "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as "
                                   "the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of "
                                   "Kubernetes clusters."}});
  return ensure(Value::map({{"apiVersion", "v1"}, {"data", Value::map({{"ca.crt", root}})}, {"kind", "ConfigMap"},
                            {"metadata", Value::map({{"annotations", about}, {"name", "kube-root-ca.crt"}, {"namespace", id.name}})}}));
}

}  // namespace taut::sandbox::workloads
