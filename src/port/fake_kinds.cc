#include "port/fake_store.hh"

#include "base/strings.hh"

namespace taut {
namespace {

struct Row {
  const char* api_version;
  const char* kind;
  const char* plural;
  bool namespaced;
  const char* subresources;  // separated by blanks
};

constexpr Row kRows[] = {
    {"v1", "Namespace", "namespaces", false, "status finalize"},
    {"v1", "Node", "nodes", false, "status"},
    {"v1", "PersistentVolume", "persistentvolumes", false, "status"},
    {"v1", "ConfigMap", "configmaps", true, ""},
    {"v1", "Endpoints", "endpoints", true, ""},
    {"v1", "Event", "events", true, ""},
    {"v1", "LimitRange", "limitranges", true, ""},
    {"v1", "PersistentVolumeClaim", "persistentvolumeclaims", true, "status"},
    {"v1", "Pod", "pods", true, "status"},
    {"v1", "ReplicationController", "replicationcontrollers", true, "status scale"},
    {"v1", "ResourceQuota", "resourcequotas", true, "status"},
    {"v1", "Secret", "secrets", true, ""},
    {"v1", "Service", "services", true, "status"},
    {"v1", "ServiceAccount", "serviceaccounts", true, ""},
    {"apps/v1", "DaemonSet", "daemonsets", true, "status"},
    {"apps/v1", "Deployment", "deployments", true, "status scale"},
    {"apps/v1", "ReplicaSet", "replicasets", true, "status scale"},
    {"apps/v1", "StatefulSet", "statefulsets", true, "status scale"},
    {"apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", false, "status"},
    {"autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true, "status"},
    {"batch/v1", "CronJob", "cronjobs", true, "status"},
    {"batch/v1", "Job", "jobs", true, "status"},
    {"coordination.k8s.io/v1", "Lease", "leases", true, ""},
    {"discovery.k8s.io/v1", "EndpointSlice", "endpointslices", true, ""},
    {"networking.k8s.io/v1", "Ingress", "ingresses", true, "status"},
    {"networking.k8s.io/v1", "IngressClass", "ingressclasses", false, ""},
    {"networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", true, ""},
    {"policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", true, "status"},
    {"rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", false, ""},
    {"rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings", false, ""},
    {"rbac.authorization.k8s.io/v1", "Role", "roles", true, ""},
    {"rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", true, ""},
    {"scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", false, ""},
    {"storage.k8s.io/v1", "StorageClass", "storageclasses", false, ""},
    // The definitions of the first two have no status subresource: the controller writes status with the rest.
    {"argoproj.io/v1alpha1", "Application", "applications", true, ""},
    {"argoproj.io/v1alpha1", "AppProject", "appprojects", true, ""},
    {"argoproj.io/v1alpha1", "ApplicationSet", "applicationsets", true, "status"},
};

}  // namespace

std::vector<ApiResource> fake_builtin_resources() {
  std::vector<ApiResource> out;
  for (const Row& row : kRows) {
    ApiResource resource;
    resource.gvk = Gvk::parse(row.api_version, row.kind);
    resource.plural = row.plural;
    resource.namespaced = row.namespaced;
    resource.verbs = {"create", "delete", "get", "list", "patch", "update", "watch"};
    for (auto piece : split(row.subresources, ' '))
      if (!piece.empty()) resource.subresources.emplace_back(piece);
    out.push_back(std::move(resource));
  }
  return out;
}

}  // namespace taut
