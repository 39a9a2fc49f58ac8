// The kinds that the controllers know by name.
#pragma once

#include "object/id.hh"

namespace taut::sandbox::workloads::known {

inline const Gvk kPod{"", "v1", "Pod"};
inline const Gvk kNode{"", "v1", "Node"};
inline const Gvk kService{"", "v1", "Service"};
inline const Gvk kEndpoints{"", "v1", "Endpoints"};
inline const Gvk kNamespace{"", "v1", "Namespace"};
inline const Gvk kConfigMap{"", "v1", "ConfigMap"};
inline const Gvk kSecret{"", "v1", "Secret"};
inline const Gvk kServiceAccount{"", "v1", "ServiceAccount"};
inline const Gvk kVolume{"", "v1", "PersistentVolume"};
inline const Gvk kClaim{"", "v1", "PersistentVolumeClaim"};
inline const Gvk kQuota{"", "v1", "ResourceQuota"};
inline const Gvk kDeployment{"apps", "v1", "Deployment"};
inline const Gvk kReplicaSet{"apps", "v1", "ReplicaSet"};
inline const Gvk kStatefulSet{"apps", "v1", "StatefulSet"};
inline const Gvk kDaemonSet{"apps", "v1", "DaemonSet"};
inline const Gvk kRevision{"apps", "v1", "ControllerRevision"};
inline const Gvk kJob{"batch", "v1", "Job"};
inline const Gvk kCronJob{"batch", "v1", "CronJob"};
inline const Gvk kEndpointSlice{"discovery.k8s.io", "v1", "EndpointSlice"};
inline const Gvk kStorageClass{"storage.k8s.io", "v1", "StorageClass"};
inline const Gvk kAutoscaler{"autoscaling", "v2", "HorizontalPodAutoscaler"};
inline const Gvk kDisruptionBudget{"policy", "v1", "PodDisruptionBudget"};
inline const Gvk kDefinition{"apiextensions.k8s.io", "v1", "CustomResourceDefinition"};

}  // namespace taut::sandbox::workloads::known
