#include "sandbox/rest_rules.hh"

#include <set>

namespace taut::sandbox {
namespace {

using Kinds = std::set<std::string, std::less<>>;

bool listed(const Kinds& kinds, const Resource& resource) {
  return !resource.custom && kinds.contains(resource.info.kind);
}

}  // namespace

bool allows_unconditional_update(const Resource& resource) {
  static const Kinds kConditional = {
      "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration",
      "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "Lease",
      "RuntimeClass", "PodDisruptionBudget", "CSIDriver", "CSINode", "CSIStorageCapacity", "VolumeAttachment",
      "CustomResourceDefinition"};
  return !resource.custom && !listed(kConditional, resource);
}

bool allows_create_on_update(const Resource& resource) {
  static const Kinds kCreated = {"Lease", "Endpoints", "Event", "LimitRange", "Service", "RuntimeClass",
                                 "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"};
  return listed(kCreated, resource);
}

bool returns_deleted_object(const Resource& resource) {
  static const Kinds kReturned = {
      "Namespace", "PersistentVolume", "PersistentVolumeClaim", "Pod", "PodTemplate", "ResourceQuota", "Service",
      "ServiceAccount", "DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice", "CSIDriver", "CSINode",
      "StorageClass", "VolumeAttachment", "VolumeAttributesClass"};
  return listed(kReturned, resource);
}

}  // namespace taut::sandbox
