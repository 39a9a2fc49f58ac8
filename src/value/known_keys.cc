// Names that most objects have, and the same with "f:" before them, as managedFields have them. Each exists once and
// is never counted, which saves memory and time; a name that is not here works the same.
#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/hash.hh"
#include "value/node.hh"

namespace taut {
namespace {

constexpr std::string_view kNames[] = {
    "accessModes", "activeDeadlineSeconds", "additionalPrinterColumns", "additionalProperties", "affinity",
    "allowPrivilegeEscalation", "allowVolumeExpansion", "annotations", "apiGroup", "apiGroups", "apiVersion",
    "apiVersions", "app.kubernetes.io/component", "app.kubernetes.io/instance", "app.kubernetes.io/managed-by",
    "app.kubernetes.io/name", "app.kubernetes.io/part-of", "app.kubernetes.io/version",
    "argocd.argoproj.io/sync-options", "argocd.argoproj.io/sync-wave", "automated", "automountServiceAccountToken",
    "averageUtilization", "backendRefs", "backoffLimit", "behavior", "binaryData", "blockOwnerDeletion",
    "capabilities", "claimName", "clusterIP", "clusterIPs", "clusterName", "commonAnnotations", "commonLabels",
    "completions", "components", "concurrencyPolicy", "conditions", "configMap", "configMapGenerator",
    "configMapKeyRef", "configMapRef", "configurations", "containerID", "containerPort", "containerStatuses",
    "containers", "controller", "conversion", "creationTimestamp", "currentReplicas", "defaultMode",
    "deletionTimestamp", "dependsOn", "description", "destination", "dnsPolicy", "driftDetection", "emptyDir",
    "enableServiceLinks", "endpoints", "ephemeral-storage", "externalIPs", "externalName", "externalTrafficPolicy",
    "failedJobsHistoryLimit", "failureThreshold", "fieldPath", "fieldRef", "finalizers", "generateName", "generation",
    "generatorOptions", "generators", "gracePeriodSeconds", "helm.sh/chart", "helm.sh/hook", "hostNetwork",
    "hostPath", "hostPort", "hostname", "httpHeaders", "imagePullPolicy", "imagePullSecrets", "immutable",
    "ingressClassName", "initContainers", "initialDelaySeconds", "insecureSkipTLSVerify", "internalTrafficPolicy",
    "interval", "involvedObject", "ipFamilies", "ipFamilyPolicy", "jobTemplate", "kubernetes.io/ingress.class",
    "kubernetes.io/metadata.name", "labelSelector", "lastProbeTime", "lastTransitionTime", "lastUpdateTime",
    "listKind", "literals", "livenessProbe", "loadBalancer", "loadBalancerIP", "managedFields", "matchExpressions",
    "matchLabels", "maxReplicas", "maxSurge", "maxUnavailable", "metadata", "minAvailable", "minReadySeconds",
    "minReplicas", "mountPath", "mountPropagation", "namePrefix", "nameReference", "nameSuffix", "namespace",
    "namespaceSelector", "namespaces", "nodeAffinity", "nodeName", "nodePort", "nodeSelector", "nodeSelectorTerms",
    "nonResourceURLs", "objectSelector", "observedGeneration", "openAPIV3Schema", "operation", "operator", "optional",
    "ownerReferences", "parallelism", "parameters", "parentRefs", "partition", "patchesJson6902",
    "patchesStrategicMerge", "pathType", "percentage", "periodSeconds", "persistentVolumeClaim",
    "persistentVolumeReclaimPolicy", "podAffinity", "podAffinityTerm", "podAntiAffinity", "podSelector",
    "policyTypes", "postBuild", "preference", "preferredDuringSchedulingIgnoredDuringExecution", "priority",
    "priorityClassName", "privileged", "progressDeadlineSeconds", "projected", "properties", "protocol", "provider",
    "provisioner", "readOnly", "readOnlyRootFilesystem", "readinessProbe", "readyReplicas", "reclaimPolicy",
    "replicas", "requests", "required", "requiredDuringSchedulingIgnoredDuringExecution", "resourceFieldRef",
    "resourceNames", "resourceVersion", "resources", "restartCount", "restartPolicy", "revisionHistoryLimit",
    "rollingUpdate", "runAsGroup", "runAsNonRoot", "runAsUser", "scaleTargetRef", "schedule", "schedulerName",
    "seLinuxOptions", "seccompProfile", "secretGenerator", "secretKeyRef", "secretName", "secretRef",
    "securityContext", "selector", "selfHeal", "selfLink", "serviceAccount", "serviceAccountName", "serviceName",
    "sessionAffinity", "shortNames", "singular", "sourceRef", "startTime", "startupProbe", "stateful",
    "storageClassName", "strategy", "stringData", "subjects", "subresource", "subresources", "successThreshold",
    "successfulJobsHistoryLimit", "syncOptions", "syncPolicy", "targetPort", "targetRevision", "template",
    "templateRef", "terminationGracePeriodSeconds", "terminationMessagePath", "terminationMessagePolicy",
    "timeoutSeconds", "tolerations", "topologyKey", "topologySpreadConstraints", "transformers",
    "ttlSecondsAfterFinished", "unavailableReplicas", "updateStrategy", "updatedReplicas", "valueFiles", "valueFrom",
    "valuesFrom", "versions", "volumeClaimTemplates", "volumeMode", "volumeMounts", "volumeName", "webhooks",
    "whenUnsatisfiable", "workingDir", "x-kubernetes-group-version-kind", "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys", "x-kubernetes-list-type", "x-kubernetes-map-type",
    "x-kubernetes-preserve-unknown-fields",
};

constexpr std::string_view kOwned = "f:";

// An open table of twice the size and more, over nodes in one piece of memory.
class Table {
 public:
  Table() {
    size_t bytes = 0;
    for (std::string_view name : kNames) bytes += node_size(name.size()) + node_size(kOwned.size() + name.size());
    memory_ = std::make_unique<uint64_t[]>(bytes / sizeof(uint64_t));
    char* at = reinterpret_cast<char*>(memory_.get());
    for (std::string_view name : kNames) {
      add({}, name, at);
      add(kOwned, name, at);
    }
  }

  const TextNode* find(std::string_view name) const {
    if (name.size() > 49) return nullptr;
    for (size_t slot = hash(name); slots_[slot] != nullptr; slot = (slot + 1) % slots_.size()) {
      const TextNode* node = slots_[slot];
      if (node->size == name.size() && std::memcmp(node->text(), name.data(), name.size()) == 0) return node;
    }
    return nullptr;
  }

 private:
  static size_t node_size(size_t text) { return (sizeof(TextNode) + text + 7) / 8 * 8; }

  void add(std::string_view before, std::string_view name, char*& at) {
    auto* node = new (at) TextNode;
    node->references.store(kImmortal, std::memory_order_relaxed);
    node->size = static_cast<uint32_t>(before.size() + name.size());
    std::copy(name.begin(), name.end(), std::copy(before.begin(), before.end(), node->text()));
    at += node_size(node->size);
    size_t slot = hash({node->text(), node->size});
    while (slots_[slot] != nullptr) slot = (slot + 1) % slots_.size();
    slots_[slot] = node;
  }

  // Of the length and of eight bytes at each end; names here are longer than kShortKey.
  static size_t hash(std::string_view name) {
    uint64_t head = 0, tail = 0;
    std::memcpy(&head, name.data(), 8);
    std::memcpy(&tail, name.data() + name.size() - 8, 8);
    uint64_t mixed = (head * 0x9E3779B97F4A7C15ull) ^ (tail * 0xC2B2AE3D27D4EB4Full) ^ name.size();
    return (mixed ^ mixed >> 29) * 0xBF58476D1CE4E5B9ull >> 53;
  }

  std::unique_ptr<uint64_t[]> memory_;
  std::array<const TextNode*, 2048> slots_{};
};

}  // namespace

const TextNode* find_known_key(std::string_view text) {
  static const Table& table = *new Table;  // never freed: values of other static objects hold its nodes
  return table.find(text);
}

}  // namespace taut
