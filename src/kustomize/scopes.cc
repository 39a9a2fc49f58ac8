// The kinds whose scope kustomize knows without a schema: the 82 of Kubernetes 1.21.2.
#include <algorithm>
#include <array>

#include "kustomize/scopes.hh"

namespace taut::kustomize {
namespace {

struct Row {
  std::string_view kind, group, version;
  bool namespaced;
};

// Sorted.
constexpr std::array<Row, 82> kRows = {{
    {"APIService", "apiregistration.k8s.io", "v1", false},
    {"APIService", "apiregistration.k8s.io", "v1beta1", false},
    {"CSIDriver", "storage.k8s.io", "v1", false},
    {"CSIDriver", "storage.k8s.io", "v1beta1", false},
    {"CSINode", "storage.k8s.io", "v1", false},
    {"CSINode", "storage.k8s.io", "v1beta1", false},
    {"CSIStorageCapacity", "storage.k8s.io", "v1beta1", true},
    {"CertificateSigningRequest", "certificates.k8s.io", "v1", false},
    {"CertificateSigningRequest", "certificates.k8s.io", "v1beta1", false},
    {"ClusterRole", "rbac.authorization.k8s.io", "v1", false},
    {"ClusterRole", "rbac.authorization.k8s.io", "v1beta1", false},
    {"ClusterRoleBinding", "rbac.authorization.k8s.io", "v1", false},
    {"ClusterRoleBinding", "rbac.authorization.k8s.io", "v1beta1", false},
    {"ComponentStatus", "", "v1", false},
    {"ConfigMap", "", "v1", true},
    {"ControllerRevision", "apps", "v1", true},
    {"CronJob", "batch", "v1", true},
    {"CronJob", "batch", "v1beta1", true},
    {"CustomResourceDefinition", "apiextensions.k8s.io", "v1", false},
    {"CustomResourceDefinition", "apiextensions.k8s.io", "v1beta1", false},
    {"DaemonSet", "apps", "v1", true},
    {"Deployment", "apps", "v1", true},
    {"EndpointSlice", "discovery.k8s.io", "v1", true},
    {"EndpointSlice", "discovery.k8s.io", "v1beta1", true},
    {"Endpoints", "", "v1", true},
    {"Event", "", "v1", true},
    {"Event", "events.k8s.io", "v1", true},
    {"Event", "events.k8s.io", "v1beta1", true},
    {"FlowSchema", "flowcontrol.apiserver.k8s.io", "v1beta1", false},
    {"HorizontalPodAutoscaler", "autoscaling", "v1", true},
    {"HorizontalPodAutoscaler", "autoscaling", "v2beta1", true},
    {"HorizontalPodAutoscaler", "autoscaling", "v2beta2", true},
    {"Ingress", "extensions", "v1beta1", true},
    {"Ingress", "networking.k8s.io", "v1", true},
    {"Ingress", "networking.k8s.io", "v1beta1", true},
    {"IngressClass", "networking.k8s.io", "v1", false},
    {"IngressClass", "networking.k8s.io", "v1beta1", false},
    {"Job", "batch", "v1", true},
    {"Lease", "coordination.k8s.io", "v1", true},
    {"Lease", "coordination.k8s.io", "v1beta1", true},
    {"LimitRange", "", "v1", true},
    {"MutatingWebhookConfiguration", "admissionregistration.k8s.io", "v1", false},
    {"MutatingWebhookConfiguration", "admissionregistration.k8s.io", "v1beta1", false},
    {"Namespace", "", "v1", false},
    {"NetworkPolicy", "networking.k8s.io", "v1", true},
    {"Node", "", "v1", false},
    {"NodeProxyOptions", "", "v1", false},
    {"PersistentVolume", "", "v1", false},
    {"PersistentVolumeClaim", "", "v1", true},
    {"Pod", "", "v1", true},
    {"PodAttachOptions", "", "v1", true},
    {"PodDisruptionBudget", "policy", "v1", true},
    {"PodDisruptionBudget", "policy", "v1beta1", true},
    {"PodExecOptions", "", "v1", true},
    {"PodPortForwardOptions", "", "v1", true},
    {"PodProxyOptions", "", "v1", true},
    {"PodSecurityPolicy", "policy", "v1beta1", false},
    {"PodTemplate", "", "v1", true},
    {"PriorityClass", "scheduling.k8s.io", "v1", false},
    {"PriorityClass", "scheduling.k8s.io", "v1beta1", false},
    {"PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io", "v1beta1", false},
    {"ReplicaSet", "apps", "v1", true},
    {"ReplicationController", "", "v1", true},
    {"ResourceQuota", "", "v1", true},
    {"Role", "rbac.authorization.k8s.io", "v1", true},
    {"Role", "rbac.authorization.k8s.io", "v1beta1", true},
    {"RoleBinding", "rbac.authorization.k8s.io", "v1", true},
    {"RoleBinding", "rbac.authorization.k8s.io", "v1beta1", true},
    {"RuntimeClass", "node.k8s.io", "v1", false},
    {"RuntimeClass", "node.k8s.io", "v1beta1", false},
    {"Scale", "autoscaling", "v1", true},
    {"Secret", "", "v1", true},
    {"Service", "", "v1", true},
    {"ServiceAccount", "", "v1", true},
    {"ServiceProxyOptions", "", "v1", true},
    {"StatefulSet", "apps", "v1", true},
    {"StorageClass", "storage.k8s.io", "v1", false},
    {"StorageClass", "storage.k8s.io", "v1beta1", false},
    {"ValidatingWebhookConfiguration", "admissionregistration.k8s.io", "v1", false},
    {"ValidatingWebhookConfiguration", "admissionregistration.k8s.io", "v1beta1", false},
    {"VolumeAttachment", "storage.k8s.io", "v1", false},
    {"VolumeAttachment", "storage.k8s.io", "v1beta1", false},
}};

}  // namespace

Scope known_scope(const Gvk& gvk) {
  auto row = std::lower_bound(kRows.begin(), kRows.end(), std::string_view(gvk.kind),
                              [](const Row& row, std::string_view kind) { return row.kind < kind; });
  for (; row != kRows.end() && row->kind == gvk.kind; ++row)
    if (row->group == gvk.group && row->version == gvk.version)
      return row->namespaced ? Scope::kNamespaced : Scope::kCluster;
  return Scope::kUnknown;
}

}  // namespace taut::kustomize
