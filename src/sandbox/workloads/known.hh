// The kinds that the controllers know by name. Made once, in one place, before main: not to be read by what is made then.
#pragma once

#include "object/id.hh"

namespace taut::sandbox::workloads::known {

extern const Gvk kPod, kNode, kService, kEndpoints, kNamespace, kConfigMap, kSecret, kServiceAccount, kVolume,
    kClaim, kQuota, kDeployment, kReplicaSet, kStatefulSet, kDaemonSet, kRevision, kJob, kCronJob,
    kEndpointSlice, kStorageClass, kAutoscaler, kDisruptionBudget, kDefinition;

}  // namespace taut::sandbox::workloads::known
