"""Requests about comparisons, ignored differences and fields of known types, made up at random."""
import copy
import json

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def deployment(rng, kind="Deployment"):
    containers = [{"name": name, "image": rng.choice(["nginx:1", "nginx:2"])} for name in rng.sample(["a", "b", "c"], rng.randint(1, 3))]
    for container in containers:
        if rng.random() < 0.5:
            container["env"] = [{"name": name, **rng.choice([{"value": "x"}, {"value": ""}, {}, {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}])}
                                for name in rng.sample(["E1", "E2", "E3"], rng.randint(0, 3))]
        if rng.random() < 0.5:
            container["ports"] = [{"containerPort": port, **rng.choice([{}, {"protocol": "TCP"}, {"protocol": "UDP"}, {"name": f"p{port}"}])}
                                  for port in rng.sample([80, 443, 8080], rng.randint(0, 3))]
        if rng.random() < 0.4:
            container["resources"] = rng.choice([{}, {"requests": {"cpu": rng.choice(["100m", "0.1", 1, "1000m", 0.5]), "memory": rng.choice(["1Gi", "1024Mi", "1e3"])}},
                                                 {"limits": {"cpu": "2000m"}}, {"limits": None}])
        if rng.random() < 0.3:
            container["volumeMounts"] = [{"name": "v", "mountPath": path, **rng.choice([{}, {"readOnly": False}, {"readOnly": True}])} for path in ("/a", "/b")[:rng.randint(1, 2)]]
        if rng.random() < 0.3:
            container["command"] = rng.sample(["sh", "-c", "run"], rng.randint(0, 3))
        if rng.random() < 0.2:
            container["livenessProbe"] = {"httpGet": {"path": "/", "port": rng.choice([80, "http"])}, **rng.choice([{}, {"timeoutSeconds": 1}, {"periodSeconds": 5}])}
    pod = {"containers": containers}
    if rng.random() < 0.3:
        pod["tolerations"] = [{"key": key, "operator": "Exists"} for key in rng.sample(["x", "y"], rng.randint(0, 2))]
    if rng.random() < 0.3:
        pod["volumes"] = [{"name": "v", **rng.choice([{"emptyDir": {}}, {"configMap": {"name": "c"}}, {"configMap": {"name": "c", "defaultMode": 420}}])}]
    if rng.random() < 0.3:
        pod["imagePullSecrets"] = [{"name": name} for name in rng.sample(["s", "t"], rng.randint(0, 2))]
    if rng.random() < 0.2:
        pod["restartPolicy"] = "Always"
    if rng.random() < 0.2:
        pod["securityContext"] = rng.choice([{}, {"runAsUser": 1}, None])
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "spec": pod}}
    if rng.random() < 0.7:
        spec["replicas"] = rng.choice([0, 1, 2, 3])
    if kind == "Deployment" and rng.random() < 0.4:
        spec["strategy"] = rng.choice([{"type": "Recreate"}, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": rng.choice([1, "25%"])}}, {}, {"rollingUpdate": None}])
    if kind == "StatefulSet":
        spec["serviceName"] = "web"
        if rng.random() < 0.6:
            spec["volumeClaimTemplates"] = [{"metadata": {"name": "d"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": rng.choice(["1Gi", "1024Mi"])}}}}]
    return {"apiVersion": "apps/v1", "kind": kind, "spec": spec}


def service(rng):
    ports = [{"port": port, **rng.choice([{}, {"protocol": "TCP"}, {"targetPort": port}, {"targetPort": "http"}, {"name": f"n{port}", "nodePort": 30000 + port}])}
             for port in rng.sample([80, 443, 53], rng.randint(1, 3))]
    return {"apiVersion": "v1", "kind": "Service", "spec": {"ports": ports, "selector": {"app": rng.choice("ab")}, **rng.choice([{}, {"type": "ClusterIP"}, {"clusterIP": "None"}])}}


def config_map(rng):
    return {"apiVersion": "v1", "kind": "ConfigMap", "data": {key: rng.choice(["x", "y", ""]) for key in rng.sample("abcd", rng.randint(0, 4))}}


def secret(rng):
    out = {"apiVersion": "v1", "kind": "Secret", "type": rng.choice(["Opaque", "kubernetes.io/tls"])}
    if rng.random() < 0.8:
        out["data"] = {key: rng.choice(["eA==", "eQ==", "", None]) for key in rng.sample("abc", rng.randint(0, 3))}
    if rng.random() < 0.5:
        out["stringData"] = {key: rng.choice(["x", "y", "", "é"]) for key in rng.sample("abc", rng.randint(0, 3))}
    return out


def role(rng):
    kind = rng.choice(["Role", "ClusterRole"])
    out = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "rules": rng.choice([[], None, [
        {"apiGroups": [""], "resources": rng.sample(["pods", "secrets"], 2), "verbs": ["get", rng.choice(["list", "watch"])]}]])}
    if kind == "ClusterRole" and rng.random() < 0.5:
        out["aggregationRule"] = {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}
    return out


def endpoints(rng):
    subsets = [{"addresses": [{"ip": ip} for ip in rng.sample(["10.0.0.1", "10.0.0.2", "10.0.0.10"], rng.randint(1, 3))],
                "ports": [{"port": port, **rng.choice([{}, {"name": "x"}, {"protocol": "TCP"}])} for port in rng.sample([80, 443], rng.randint(1, 2))]} for _ in range(rng.randint(0, 2))]
    return {"apiVersion": "v1", "kind": "Endpoints", "subsets": subsets}


def custom(rng):
    spec = {"list": [{"name": name, "v": rng.choice([1, 2.5, "x", None, True])} for name in rng.sample("abc", rng.randint(0, 3))], "size": rng.choice([1, 2, "2"]),
            "nested": {"k": rng.choice(["x", {}, [], None, 0, False, ""]), **rng.choice([{}, {"l": {"m": 1}}])}, "set": rng.sample(["x", "y", "z"], rng.randint(0, 3))}
    for key in rng.sample(sorted(spec), rng.randint(0, 2)):
        del spec[key]
    return {"apiVersion": "example.com/v1", "kind": "Widget", "spec": spec}


def autoscaler(rng):
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "spec": {"maxReplicas": rng.choice([3, 5]), "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "w"},
            "metrics": [{"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": rng.choice([50, 60])}}} for name in rng.sample(["cpu", "memory"], rng.randint(1, 2))]}}


def ingress(rng):
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "spec": {"rules": [{"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": rng.choice("ab"), "port": {"number": 80}}}}]}}
            for host in rng.sample(["a.example", "b.example"], rng.randint(0, 2))], **rng.choice([{}, {"tls": [{"hosts": ["a.example"], "secretName": "t"}]}])}}


def job(rng):
    pod = deployment(rng)["spec"]["template"]
    template = {"spec": {"template": pod, **rng.choice([{}, {"backoffLimit": 3}])}}
    return rng.choice([{"apiVersion": "batch/v1", "kind": "Job", "spec": template["spec"]},
                       {"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"schedule": "* * * * *", "jobTemplate": template, **rng.choice([{}, {"suspend": False}])}}])


KINDS = [(deployment, 6), (lambda rng: deployment(rng, "StatefulSet"), 4), (lambda rng: deployment(rng, "DaemonSet"), 1), (service, 4), (config_map, 3), (secret, 3), (role, 2),
         (endpoints, 2), (custom, 6), (autoscaler, 2), (ingress, 2), (job, 2)]


def named(rng, thing):
    metadata = {"name": "web"}
    if rng.random() < 0.7:
        metadata["namespace"] = "default"
    if rng.random() < 0.5:
        metadata["labels"] = {key: rng.choice(["x", "y", ""]) for key in rng.sample(["app", "tier"], rng.randint(0, 2))}
    if rng.random() < 0.3:
        metadata["annotations"] = {key: rng.choice(["x", "y", ""]) for key in rng.sample(["note", "a.b/c"], rng.randint(0, 2))}
    if rng.random() < 0.1:
        metadata["creationTimestamp"] = None
    return {"apiVersion": thing["apiVersion"], "kind": thing["kind"], "metadata": metadata, **{k: v for k, v in thing.items() if k not in ("apiVersion", "kind")}}


def changed(rng, value, chance=0.12):
    """Another version of the same: fields changed, added, gone; items of lists gone, doubled or in another order."""
    if isinstance(value, dict):
        out = {}
        for key, item in value.items():
            if rng.random() < chance / 2 and key not in ("name", "kind", "apiVersion", "metadata", "spec", "containerPort", "port", "template", "containers", "mountPath", "key"):
                continue
            out[key] = item if key in ("name", "kind", "apiVersion", "namespace") else changed(rng, item, chance)
        return out
    if isinstance(value, list):
        out = [changed(rng, item, chance) for item in value]
        if out and rng.random() < chance:
            out.pop(rng.randrange(len(out)))
        if rng.random() < chance:
            rng.shuffle(out)
        return out
    if isinstance(value, str) and rng.random() < chance and len(value) < 12:
        return rng.choice([value, value + "x"]) if not value.isdigit() else value
    if isinstance(value, int) and value > 9:
        return value  # ports are the keys of their lists
    if isinstance(value, int) and not isinstance(value, bool) and rng.random() < chance:
        return value + rng.choice([0, 1])
    return value


def triple(rng):
    """What was applied last, what is wanted, and what there is: the first with changes, and what a server adds."""
    maker = rng.choices([m for m, _ in KINDS], [w for _, w in KINDS])[0]
    original = named(rng, maker(rng))
    config = changed(rng, original) if rng.random() < 0.8 else copy.deepcopy(original)
    live = changed(rng, original if rng.random() < 0.7 else config, 0.08)
    live["metadata"] = {**live.get("metadata", {}), "uid": "u", "resourceVersion": "5", "creationTimestamp": "2024-01-01T00:00:00Z"}
    if rng.random() < 0.3:
        live["status"] = {"replicas": 1} if live["kind"] in ("Deployment", "StatefulSet") else {}
        if live["kind"] not in ("Deployment", "StatefulSet", "Service", "Widget"):
            del live["status"]
    return original, config, live


def without_odd_types(thing):
    return json.loads(json.dumps(thing))


def three_way(rng):
    original, config, live = triple(rng)
    while original["kind"] == "Secret":  # their text is folded into their data before
        original, config, live = triple(rng)
    return {"op": "three_way", "original": original, "config": config, "live": live}


def with_last_applied(rng, original, live):
    if rng.random() < 0.75:
        live["metadata"]["annotations"] = {**(live["metadata"].get("annotations") or {}), LAST_APPLIED: json.dumps(original) if rng.random() < 0.95 else rng.choice(["{", "[]", "", "null"])}
    return live


def diff(rng):
    original, config, live = triple(rng)
    out = {"op": "diff", "config": config, "live": with_last_applied(rng, original, live), "aggregatedRoles": rng.random() < 0.3}
    if rng.random() < 0.05:
        del out[rng.choice(["config", "live"])]
    return out


def fields_of(value):
    """What somebody owns who applied this, as FieldsV1; only of maps and atomic lists."""
    out = {}
    for key, item in value.items():
        out[f"f:{key}"] = fields_of(item) if isinstance(item, dict) and item else {}
    return out


def managed(rng, thing, manager):
    owned = {key: item for key, item in thing.items() if key not in ("apiVersion", "kind", "metadata", "status")}
    labels = (thing["metadata"].get("labels") or {})
    fields = fields_of(strip_lists(owned))
    if labels:
        fields["f:metadata"] = {"f:labels": {f"f:{key}": {} for key in labels}}
    return {"manager": manager, "operation": "Apply", "apiVersion": thing["apiVersion"], "time": "2024-01-01T00:00:00Z", "fieldsType": "FieldsV1", "fieldsV1": fields}


def strip_lists(value):
    if not isinstance(value, dict):
        return value
    return {key: strip_lists(item) for key, item in value.items() if not isinstance(item, list) and item is not None}


def merge_diff(rng):
    maker = rng.choices([m for m, _ in KINDS], [w for _, w in KINDS])[0]
    while maker is custom:
        maker = rng.choices([m for m, _ in KINDS], [w for _, w in KINDS])[0]
    original = named(rng, maker(rng))
    config, live = changed(rng, original), changed(rng, original, 0.08)
    live["metadata"] = {**live["metadata"], "uid": "u", "managedFields": [managed(rng, live, "argocd-controller")]}
    if rng.random() < 0.4:
        live["metadata"]["managedFields"].append(managed(rng, changed(rng, live), "kubectl"))
    return {"op": "diff", "config": config, "live": live, "structuredMerge": True}


def server_diff(rng):
    request = merge_diff(rng)
    del request["structuredMerge"]
    dry_run = changed(rng, request["config"], 0.05)
    dry_run["metadata"] = {**dry_run["metadata"], "uid": "u", "resourceVersion": "9", "managedFields": [managed(rng, request["config"], "argocd-controller")]}
    if rng.random() < 0.3:
        dry_run["metadata"]["labels"] = {**(dry_run["metadata"].get("labels") or {}), "webhook": "was-here"}
    return {**request, "serverSide": True, "keepWebhook": rng.random() < 0.4, "dryRun": dry_run}


POINTERS = ["/spec/replicas", "/metadata/labels", "/metadata/labels/app", "/spec/template/spec/containers/0/image", "/spec/template/spec/containers/9", "/spec/template/spec/containers/-",
            "/data/a", "/nope", "", "/", "spec", "/spec/ports/0", "/metadata/annotations/a.b~1c", "/spec/template/spec/containers/-1", "/spec/list/1/v", "/spec/nested/k", "/spec//x", "/data/~0", "/spec/set/00"]
EXPRESSIONS = [".spec.replicas", ".spec.template.spec.containers[].image", ".spec.template.spec.containers[] | select(.name == \"a\")", ".metadata.labels", ".spec.list[]?.v",
               ".spec.ports[0]", ".nope.deeper", ".data[\"a\"]", ".spec.template.spec.containers[0].env[]? | select(.name | test(\"E[12]\"))", ".spec.replicas, .metadata.labels", ".kind.x",
               ".spec[\"nested\"][\"k\"]", ".[", "select(.kind == \"Service\").spec", ".spec.set[1:]", ".spec.list | last", ".spec.list[-1]", "nosuch", "$x", "env", ".spec | to_entries[] | .key",
               ".metadata.annotations[\"a.b/c\"]", "paths", ".data | keys", ".spec.template.spec.containers | map(select(.name==\"b\"))", "first(.spec.list[]?)", ".spec | (.size, .set)", "if .spec.size then .spec.size else empty end", "empty",
               ".spec.list[] | select(.v == 1) | .name", "error", "limit(1; .spec.list[]?)", ".spec?", ".spec.template.spec.containers[].env[]?", "getpath([\"spec\",\"size\"])", "@base64"]


def ignore(rng):
    thing = triple(rng)[2]
    rules = []
    for _ in range(rng.randint(1, 3)):
        group = thing["apiVersion"].rpartition("/")[0]
        rule = {"group": rng.choice([group, group, "*", "", "apps", group[:3] + "*"]), "kind": rng.choice([thing["kind"], "*", thing["kind"], thing["kind"][:3] + "*", "Pod"])}
        if rng.random() < 0.2:
            rule["name"] = rng.choice(["web", "other", "*"])
        if rng.random() < 0.2:
            rule["namespace"] = rng.choice(["default", "other", "*"])
        if rng.random() < 0.6:
            rule["jsonPointers"] = [rng.choice(POINTERS) for _ in range(rng.randint(0, 3))]
        if rng.random() < 0.6:
            rule["jqPathExpressions"] = [rng.choice(EXPRESSIONS) for _ in range(rng.randint(0, 2))]
        rules.append(rule)
    return {"op": "ignore", "ignore": rules, "object": thing}


TYPES = ["core/v1/PodSpec", "core/v1/PodTemplateSpec", "core/Quantity", "meta/v1/Duration", "core/v1/Container", "core/v1/ResourceRequirements", "core/v1/ResourceList", "core/v1/Volume", "core/v1/EnvVar", "nosuch",
         "core/v1/Affinity", "core/v1/ServiceSpec"]


def known(rng):
    pod = deployment(rng)["spec"]["template"]
    thing = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": {
        "template": changed(rng, pod), "size": rng.choice(["1000m", 1, "1.5", "0.1", "1e3", "1024Mi", "bad", "", None, 2.5, "100Ki", "1500m"]), "wait": rng.choice(["90s", "1h0m0s", "5m", "bad", 5, "", "1.5h"]),
        "requests": {"cpu": rng.choice(["1000m", "0.5", 2, "2"]), "x": "1k"}, "containers": pod["spec"]["containers"], "service": service(rng)["spec"]}}
    fields = [rng.choice([("spec.template", "core/v1/PodTemplateSpec"), ("spec.template.spec", "core/v1/PodSpec"), ("spec.size", "core/Quantity"), ("spec.wait", "meta/v1/Duration"), ("spec.requests", "core/v1/ResourceList"),
                          ("spec.containers", "core/v1/Container"), ("spec.template.spec.containers.resources", "core/v1/ResourceRequirements"), ("spec.service", "core/v1/ServiceSpec"),
                          ("spec.nope", "core/v1/PodSpec"), ("spec.template.spec.volumes", "core/v1/Volume"), ("spec.containers.env", "core/v1/EnvVar"), ("spec." + rng.choice(["size", "template"]), rng.choice(TYPES))])
              for _ in range(rng.randint(1, 2))]
    return {"op": "known", "key": "example.com/Widget", "object": thing, "fields": [{"field": field, "type": kind} for field, kind in fields]}


CONDITIONS = ["Ready", "Available", "Progressing", "Degraded", "Synced", "Healthy", "ReplicaFailure", "Complete", "Failed", "Suspended", "ScalingActive", "AbleToScale", "Stalled", "Reconciling", "Issuing"]
REASONS = ["", "Pending", "ProgressDeadlineExceeded", "NewReplicaSetAvailable", "FailedGetScale", "ReconcileSuccess", "Creating", "BackoffLimitExceeded", "InProgress", "Suspended", "ErrImagePull"]
SCRIPTED = ["cert-manager.io/v1 Certificate", "cert-manager.io/v1 Issuer", "external-secrets.io/v1 ExternalSecret", "keda.sh/v1alpha1 ScaledObject", "argoproj.io/v1alpha1 Rollout", "argoproj.io/v1alpha1 ApplicationSet",
            "helm.toolkit.fluxcd.io/v2 HelmRelease", "kustomize.toolkit.fluxcd.io/v1 Kustomization", "source.toolkit.fluxcd.io/v1 GitRepository", "serving.knative.dev/v1 Service", "kafka.strimzi.io/v1beta2 Kafka",
            "pkg.crossplane.io/v1 Provider", "s3.aws.crossplane.io/v1beta1 Bucket", "cluster.x-k8s.io/v1beta1 Cluster", "flagger.app/v1beta1 Canary", "batch/v1 CronJob", "policy/v1 PodDisruptionBudget",
            "apiextensions.k8s.io/v1 CustomResourceDefinition", "monitoring.coreos.com/v1 Prometheus", "networking.istio.io/v1 VirtualService", "gateway.networking.k8s.io/v1 Gateway", "gateway.networking.k8s.io/v1 HTTPRoute"]


def status(rng):
    out = {}
    if rng.random() < 0.8:
        out["conditions"] = [{"type": rng.choice(CONDITIONS), "status": rng.choice(["True", "False", "Unknown"]), "reason": rng.choice(REASONS), "message": rng.choice(["", "it is so"]),
                              **rng.choice([{}, {"observedGeneration": rng.randint(1, 2)}])} for _ in range(rng.randint(0, 3))]
    for field in ("replicas", "readyReplicas", "updatedReplicas", "availableReplicas", "currentReplicas", "observedGeneration", "active", "succeeded", "failed", "numberAvailable",
                  "updatedNumberScheduled", "desiredNumberScheduled", "currentHealthy", "desiredHealthy"):
        if rng.random() < 0.4:
            out[field] = rng.randint(0, 3)
    if rng.random() < 0.4:
        out["phase"] = rng.choice(["Pending", "Running", "Succeeded", "Failed", "Bound", "Lost", "Progressing", "Healthy", "Degraded", "Paused", "Active", "Unknown", "x"])
    for field, values in (("currentRevision", ["a", "b"]), ("updateRevision", ["a", "b"]), ("message", ["m", ""])):
        if rng.random() < 0.3:
            out[field] = rng.choice(values)
    if rng.random() < 0.2:
        out["loadBalancer"] = rng.choice([{}, {"ingress": []}, {"ingress": [{"ip": "1.2.3.4"}]}])
    return out


def health(rng):
    kinds = ["apps/v1 Deployment", "apps/v1 StatefulSet", "apps/v1 DaemonSet", "apps/v1 ReplicaSet", "v1 Service", "v1 PersistentVolumeClaim", "batch/v1 Job", "networking.k8s.io/v1 Ingress", "v1 ConfigMap",
             "argoproj.io/v1alpha1 Workflow", "apps/v1beta1 Deployment", "autoscaling/v2 HorizontalPodAutoscaler", "apiregistration.k8s.io/v1 APIService"]
    version, kind = rng.choice(kinds).split()
    spec = {"Service": {"type": rng.choice(["ClusterIP", "LoadBalancer"])}, "Job": rng.choice([{}, {"suspend": True}])}.get(kind, {"replicas": rng.randint(0, 3)})
    if kind in ("Deployment", "StatefulSet", "DaemonSet") and rng.random() < 0.3:
        spec = {**spec, **rng.choice([{"paused": True}, {"updateStrategy": {"type": "OnDelete"}}, {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}}])}
    if kind in ("PersistentVolumeClaim", "ConfigMap", "Workflow", "Ingress", "APIService", "HorizontalPodAutoscaler"):
        spec = {}
    metadata = {"name": "web", "generation": rng.randint(1, 2), **rng.choice([{}, {}, {}, {"deletionTimestamp": "2024-01-01T00:00:00Z"}])}
    return {"op": "health", "object": {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec, "status": status(rng)}}


def scripted(rng):
    version, kind = rng.choice(SCRIPTED).split()
    metadata = {"name": "web", "generation": rng.randint(1, 2)}
    thing = {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": rng.choice([{}, {"replicas": rng.randint(0, 3)}, {"suspend": True}, {"paused": True}])}
    if rng.random() < 0.9:
        thing["status"] = status(rng)
    return {"op": rng.choice(["lua", "lua", "lua", "discover"]), "object": thing}


MAKERS = [(three_way, 20), (diff, 14), (merge_diff, 8), (server_diff, 8), (ignore, 12), (known, 8), (health, 8), (scripted, 8)]
