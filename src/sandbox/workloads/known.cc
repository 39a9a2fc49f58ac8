#include "sandbox/workloads/known.hh"

namespace taut::sandbox::workloads::known {

const Gvk kPod{"", "v1", "Pod"};
const Gvk kNode{"", "v1", "Node"};
const Gvk kService{"", "v1", "Service"};
const Gvk kEndpoints{"", "v1", "Endpoints"};
const Gvk kNamespace{"", "v1", "Namespace"};
const Gvk kConfigMap{"", "v1", "ConfigMap"};
const Gvk kSecret{"", "v1", "Secret"};
const Gvk kServiceAccount{"", "v1", "ServiceAccount"};
const Gvk kVolume{"", "v1", "PersistentVolume"};
const Gvk kClaim{"", "v1", "PersistentVolumeClaim"};
const Gvk kQuota{"", "v1", "ResourceQuota"};
const Gvk kDeployment{"apps", "v1", "Deployment"};
const Gvk kReplicaSet{"apps", "v1", "ReplicaSet"};
const Gvk kStatefulSet{"apps", "v1", "StatefulSet"};
const Gvk kDaemonSet{"apps", "v1", "DaemonSet"};
const Gvk kRevision{"apps", "v1", "ControllerRevision"};
const Gvk kJob{"batch", "v1", "Job"};
const Gvk kCronJob{"batch", "v1", "CronJob"};
const Gvk kEndpointSlice{"discovery.k8s.io", "v1", "EndpointSlice"};
const Gvk kStorageClass{"storage.k8s.io", "v1", "StorageClass"};
const Gvk kAutoscaler{"autoscaling", "v2", "HorizontalPodAutoscaler"};
const Gvk kDisruptionBudget{"policy", "v1", "PodDisruptionBudget"};
const Gvk kDefinition{"apiextensions.k8s.io", "v1", "CustomResourceDefinition"};

}  // namespace taut::sandbox::workloads::known
