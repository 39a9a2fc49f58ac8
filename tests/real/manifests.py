"""Objects of the kinds that people deploy, with most of the fields that they use: where random_objects_test.py starts."""

LABELS = {"app": "x", "app.kubernetes.io/name": "x"}


def metadata(**more):
    return {"name": "x", "labels": dict(LABELS), "annotations": {"example.com/note": "n"}, **more}


def container(name="main", **more):
    return {
        "name": name, "image": "registry.example.com/x:1", "imagePullPolicy": "IfNotPresent", "command": ["run"], "args": ["--a", "--b"],
        "workingDir": "/srv", "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}, {"name": "metrics", "containerPort": 9090}],
        "env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k", "optional": True}}},
                {"name": "C", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                {"name": "D", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}},
                {"name": "E", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}}],
        "envFrom": [{"configMapRef": {"name": "c"}}, {"prefix": "P_", "secretRef": {"name": "s", "optional": True}}],
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}},
        "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "config", "mountPath": "/etc/x", "readOnly": True, "subPath": "a/b"}],
        "livenessProbe": {"httpGet": {"path": "/live", "port": "http", "httpHeaders": [{"name": "X-A", "value": "1"}]}, "periodSeconds": 10},
        "readinessProbe": {"tcpSocket": {"port": 8080}, "initialDelaySeconds": 3, "failureThreshold": 2, "successThreshold": 2},
        "startupProbe": {"exec": {"command": ["true"]}, "timeoutSeconds": 2},
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "1"]}}, "postStart": {"httpGet": {"path": "/", "port": 8080}}},
        "securityContext": {"runAsUser": 1000, "runAsNonRoot": True, "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                            "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationMessagePolicy": "File", **more}


def pod_spec(**more):
    selector = {"matchLabels": {"app": "x"}}
    expression = {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}
    return {
        "containers": [container(), {"name": "side", "image": "side:2"}],
        "initContainers": [{"name": "init", "image": "init:1", "command": ["true"], "volumeMounts": [{"name": "data", "mountPath": "/data"}]},
                           {"name": "sidecar", "image": "proxy:1", "restartPolicy": "Always", "readinessProbe": {"grpc": {"port": 9000}}}],
        "volumes": [{"name": "data", "emptyDir": {"sizeLimit": "1Gi"}}, {"name": "config", "configMap": {"name": "c", "defaultMode": 420, "items": [{"key": "k", "path": "p"}]}},
                    {"name": "secret", "secret": {"secretName": "s", "items": [{"key": "k", "path": "p", "mode": 256}]}},
                    {"name": "claim", "persistentVolumeClaim": {"claimName": "pvc"}}, {"name": "host", "hostPath": {"path": "/var/log", "type": "Directory"}},
                    {"name": "all", "projected": {"sources": [{"configMap": {"name": "c", "items": [{"key": "k", "path": "q"}]}}, {"secret": {"name": "s"}},
                                                              {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}}]}},
                    {"name": "down", "downwardAPI": {"items": [{"path": "cpu", "resourceFieldRef": {"containerName": "main", "resource": "limits.cpu"}}]}},
                    {"name": "csi", "csi": {"driver": "csi.example.com", "readOnly": True, "volumeAttributes": {"a": "b"}}},
                    {"name": "nfs", "nfs": {"server": "n.example.com", "path": "/share"}},
                    {"name": "eph", "ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}}}],
        "serviceAccountName": "x", "automountServiceAccountToken": False, "terminationGracePeriodSeconds": 20, "nodeSelector": {"kubernetes.io/os": "linux"},
        "securityContext": {"fsGroup": 2000, "runAsUser": 1000, "supplementalGroups": [1, 2], "sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}],
                            "fsGroupChangePolicy": "OnRootMismatch"},
        "imagePullSecrets": [{"name": "pull"}], "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a.example.com"]}],
        "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "x", "effect": "NoSchedule"}, {"key": "gone", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}],
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [dict(expression)]}]},
                                      "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": {"matchExpressions": [dict(expression)]}}]},
                     "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": selector, "topologyKey": "kubernetes.io/hostname"}],
                                         "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": {"labelSelector": selector, "topologyKey": "zone"}}]}},
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector}],
        "dnsConfig": {"nameservers": ["1.2.3.4"], "searches": ["example.com"], "options": [{"name": "ndots", "value": "2"}]}, "dnsPolicy": "ClusterFirst",
        "readinessGates": [{"conditionType": "example.com/ready"}], "hostname": "x", "subdomain": "sub", "enableServiceLinks": False, "schedulerName": "other", **more}


def template(**more):
    return {"metadata": {"labels": dict(LABELS), "annotations": {"a": "b"}}, "spec": pod_spec(**more)}


def workload(kind, **spec):
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata(), "spec": {"selector": {"matchLabels": {"app": "x"}}, "template": template(), **spec}}


CLAIM = {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}, "volumeMode": "Filesystem"}
PEERS = [{"podSelector": {"matchLabels": {"a": "b"}}, "namespaceSelector": {"matchLabels": {"c": "d"}}}, {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]
METRICS = [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}},
           {"type": "Pods", "pods": {"metric": {"name": "rps", "selector": {"matchLabels": {"a": "b"}}}, "target": {"type": "AverageValue", "averageValue": "10"}}},
           {"type": "External", "external": {"metric": {"name": "queue"}, "target": {"type": "Value", "value": "5"}}}]
JOB = {"parallelism": 1, "completions": 2, "backoffLimit": 3, "activeDeadlineSeconds": 60, "ttlSecondsAfterFinished": 10, "completionMode": "Indexed",
       "podFailurePolicy": {"rules": [{"action": "FailJob", "onExitCodes": {"containerName": "main", "operator": "In", "values": [1, 2]}},
                                      {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]},
       "template": template(restartPolicy="Never")}

# (path with {} for the namespace, object)
OBJECTS = [
    ("/api/v1/namespaces/{}/pods", {"apiVersion": "v1", "kind": "Pod", "metadata": metadata(), "spec": pod_spec()}),
    ("/api/v1/namespaces/{}/configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(), "data": {"a": "1", "b.txt": "2"}, "binaryData": {"c": "AAEC"}, "immutable": False}),
    ("/api/v1/namespaces/{}/secrets", {"apiVersion": "v1", "kind": "Secret", "metadata": metadata(), "type": "Opaque", "data": {"a": "MQ=="}, "stringData": {"b": "2"}}),
    ("/api/v1/namespaces/{}/secrets", {"apiVersion": "v1", "kind": "Secret", "metadata": metadata(), "type": "kubernetes.io/tls", "data": {"tls.crt": "MQ==", "tls.key": "Mg=="}}),
    ("/api/v1/namespaces/{}/services", {"apiVersion": "v1", "kind": "Service", "metadata": metadata(), "spec": {
        "type": "ClusterIP", "selector": {"app": "x"}, "sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 100}},
        "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}, {"name": "m", "port": 90, "targetPort": 9090}],
        "externalIPs": ["80.11.12.10"], "publishNotReadyAddresses": True, "internalTrafficPolicy": "Cluster", "ipFamilyPolicy": "SingleStack", "ipFamilies": ["IPv4"]}}),
    ("/api/v1/namespaces/{}/services", {"apiVersion": "v1", "kind": "Service", "metadata": metadata(), "spec": {
        "type": "LoadBalancer", "selector": {"app": "x"}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}], "loadBalancerSourceRanges": ["10.0.0.0/8"],
        "externalTrafficPolicy": "Local", "allocateLoadBalancerNodePorts": False, "loadBalancerClass": "example.com/lb"}}),
    ("/api/v1/namespaces/{}/services", {"apiVersion": "v1", "kind": "Service", "metadata": metadata(), "spec": {"clusterIP": "None", "selector": {"app": "x"}, "ports": [{"port": 80}]}}),
    ("/api/v1/namespaces/{}/services", {"apiVersion": "v1", "kind": "Service", "metadata": metadata(), "spec": {"type": "ExternalName", "externalName": "a.example.com"}}),
    ("/api/v1/namespaces/{}/serviceaccounts", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(), "imagePullSecrets": [{"name": "pull"}],
                                               "secrets": [{"name": "s"}], "automountServiceAccountToken": False}),
    ("/api/v1/namespaces/{}/persistentvolumeclaims", {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata(), "spec": {
        **CLAIM, "selector": {"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "k", "operator": "In", "values": ["v"]}]}, "volumeName": "pv"}}),
    ("/api/v1/namespaces/{}/limitranges", {"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata(), "spec": {"limits": [
        {"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "100m"}, "max": {"cpu": "2"}, "min": {"cpu": "50m"}, "maxLimitRequestRatio": {"cpu": "20"}},
        {"type": "Pod", "max": {"cpu": "4"}}, {"type": "PersistentVolumeClaim", "max": {"storage": "2Gi"}, "min": {"storage": "1Mi"}}]}}),
    ("/api/v1/namespaces/{}/resourcequotas", {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata(), "spec": {
        "hard": {"pods": "100", "requests.cpu": "100", "limits.memory": "100Gi", "count/deployments.apps": "50", "requests.storage": "1Ti"}, "scopes": ["NotTerminating"]}}),
    ("/api/v1/namespaces/{}/endpoints", {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata(), "subsets": [
        {"addresses": [{"ip": "10.1.2.3", "nodeName": "n"}], "ports": [{"name": "http", "port": 80, "protocol": "TCP"}]}]}),
    ("/api/v1/namespaces/{}/events", {"apiVersion": "v1", "kind": "Event", "metadata": metadata(), "involvedObject": {"kind": "Pod", "name": "p", "apiVersion": "v1"},
                                      "reason": "Tested", "message": "m", "type": "Normal", "count": 1, "source": {"component": "c"}}),
    ("/api/v1/namespaces/{}/replicationcontrollers", {"apiVersion": "v1", "kind": "ReplicationController", "metadata": metadata(), "spec": {
        "replicas": 2, "selector": {"app": "x"}, "template": template()}}),
    ("/api/v1/namespaces/{}/podtemplates", {"apiVersion": "v1", "kind": "PodTemplate", "metadata": metadata(), "template": template()}),
    ("/apis/apps/v1/namespaces/{}/deployments", workload("Deployment", replicas=2, minReadySeconds=5, revisionHistoryLimit=3, progressDeadlineSeconds=60, paused=False, strategy={
        "type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}})),
    ("/apis/apps/v1/namespaces/{}/deployments", workload("Deployment", replicas=1, strategy={"type": "Recreate"})),
    ("/apis/apps/v1/namespaces/{}/replicasets", workload("ReplicaSet", replicas=2, minReadySeconds=1)),
    ("/apis/apps/v1/namespaces/{}/statefulsets", workload("StatefulSet", replicas=2, serviceName="x", podManagementPolicy="Parallel", minReadySeconds=1, ordinals={"start": 1}, updateStrategy={
        "type": "RollingUpdate", "rollingUpdate": {"partition": 1}}, persistentVolumeClaimRetentionPolicy={"whenDeleted": "Delete", "whenScaled": "Retain"},
        volumeClaimTemplates=[{"metadata": {"name": "claim"}, "spec": dict(CLAIM)}])),
    ("/apis/apps/v1/namespaces/{}/daemonsets", workload("DaemonSet", minReadySeconds=1, updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}})),
    ("/apis/batch/v1/namespaces/{}/jobs", {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata(), "spec": JOB}),
    ("/apis/batch/v1/namespaces/{}/cronjobs", {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata(), "spec": {
        "schedule": "*/5 * * * *", "timeZone": "Europe/Berlin", "concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 10, "suspend": True, "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 2, "jobTemplate": {"metadata": {"labels": dict(LABELS)}, "spec": JOB}}}),
    ("/apis/networking.k8s.io/v1/namespaces/{}/ingresses", {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata(), "spec": {
        "ingressClassName": "nginx", "tls": [{"hosts": ["a.example.com"], "secretName": "tls"}], "defaultBackend": {"service": {"name": "d", "port": {"number": 80}}},
        "rules": [{"host": "a.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "x", "port": {"name": "http"}}}}]}},
                  {"host": "*.example.com", "http": {"paths": [{"pathType": "ImplementationSpecific", "backend": {"resource": {"apiGroup": "a.example.com", "kind": "B", "name": "b"}}}]}}]}}),
    ("/apis/networking.k8s.io/v1/ingressclasses", {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": metadata(), "spec": {
        "controller": "example.com/c", "parameters": {"apiGroup": "a.example.com", "kind": "P", "name": "p", "scope": "Namespace", "namespace": "n"}}}),
    ("/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies", {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata(), "spec": {
        "podSelector": {"matchLabels": {"app": "x"}}, "policyTypes": ["Ingress", "Egress"], "ingress": [{"from": PEERS, "ports": [{"port": 80, "protocol": "TCP", "endPort": 90}]}],
        "egress": [{"to": PEERS, "ports": [{"port": "http"}]}]}}),
    ("/apis/policy/v1/namespaces/{}/poddisruptionbudgets", {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata(), "spec": {
        "minAvailable": "50%", "selector": {"matchLabels": {"app": "x"}}, "unhealthyPodEvictionPolicy": "AlwaysAllow"}}),
    ("/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers", {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata(), "spec": {
        "minReplicas": 1, "maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}, "metrics": METRICS,
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60, "selectPolicy": "Min", "policies": [{"type": "Percent", "value": 10, "periodSeconds": 60}]}}}}),
    ("/apis/autoscaling/v1/namespaces/{}/horizontalpodautoscalers", {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": metadata(), "spec": {
        "minReplicas": 1, "maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}, "targetCPUUtilizationPercentage": 70}}),
    ("/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles", {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata(), "rules": [
        {"apiGroups": ["", "apps"], "resources": ["pods", "deployments"], "verbs": ["get", "list"], "resourceNames": ["a"]}]}),
    ("/apis/rbac.authorization.k8s.io/v1/clusterroles", {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata(), "rules": [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}, {"nonResourceURLs": ["/healthz"], "verbs": ["get"]}],
        "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}}),
    ("/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings", {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": metadata(), "roleRef": {
        "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "x"}, "subjects": [{"kind": "ServiceAccount", "name": "x", "namespace": "n"}, {"kind": "User", "name": "u", "apiGroup": "rbac.authorization.k8s.io"}]}),
    ("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": metadata(), "roleRef": {
        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}, "subjects": [{"kind": "Group", "name": "g"}]}),
    ("/apis/storage.k8s.io/v1/storageclasses", {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": metadata(), "provisioner": "example.com/p", "parameters": {"a": "b"},
                                                "reclaimPolicy": "Retain", "volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": True, "mountOptions": ["ro"],
                                                "allowedTopologies": [{"matchLabelExpressions": [{"key": "zone", "values": ["a"]}]}]}),
    ("/api/v1/persistentvolumes", {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata(), "spec": {
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Delete", "storageClassName": "fast", "mountOptions": ["ro"],
        "csi": {"driver": "csi.example.com", "volumeHandle": "h", "fsType": "ext4", "nodePublishSecretRef": {"name": "s", "namespace": "n"}},
        "claimRef": {"namespace": "n", "name": "c"}, "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "k", "operator": "In", "values": ["v"]}]}]}}}}),
    ("/apis/scheduling.k8s.io/v1/priorityclasses", {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": metadata(), "value": 100, "globalDefault": False,
                                                    "description": "d", "preemptionPolicy": "Never"}),
    ("/apis/coordination.k8s.io/v1/namespaces/{}/leases", {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata(), "spec": {
        "holderIdentity": "h", "leaseDurationSeconds": 15, "acquireTime": "2026-01-01T00:00:00.000000Z", "renewTime": "2026-01-01T00:00:00.123456Z", "leaseTransitions": 1}}),
    ("/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices", {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata(), "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.1.2.3"], "conditions": {"ready": True}, "nodeName": "n", "zone": "z", "hostname": "h", "targetRef": {"kind": "Pod", "name": "p"}}],
        "ports": [{"name": "http", "port": 80, "protocol": "TCP", "appProtocol": "http"}]}),
    ("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata(), "spec": {"finalizers": ["kubernetes"]}}),
    ("/api/v1/nodes", {"apiVersion": "v1", "kind": "Node", "metadata": metadata(), "spec": {
        "podCIDR": "10.9.0.0/24", "podCIDRs": ["10.9.0.0/24"], "providerID": "p://n", "unschedulable": True, "taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}]}}),
    ("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": metadata(), "webhooks": [
        {"name": "w.example.com", "clientConfig": {"service": {"namespace": "n", "name": "s", "path": "/p", "port": 443}, "caBundle": ""}, "admissionReviewVersions": ["v1"], "sideEffects": "None",
         "failurePolicy": "Ignore", "matchPolicy": "Exact", "timeoutSeconds": 1, "namespaceSelector": {"matchLabels": {"nobody": "has"}}, "objectSelector": {"matchLabels": {"nobody": "has"}},
         "rules": [{"apiGroups": ["a.example.com"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["bs"], "scope": "Namespaced"}]}]}),
]
