"""Objects of every kind that kstatus knows, in odd states."""
import copy
import json

KINDS = [("v1", "Service"), ("v1", "Pod"), ("v1", "Pod"), ("v1", "Secret"), ("v1", "ConfigMap"), ("v1", "PersistentVolumeClaim"), ("apps/v1", "StatefulSet"), ("apps/v1", "StatefulSet"),
         ("apps/v1", "DaemonSet"), ("extensions/v1beta1", "DaemonSet"), ("apps/v1", "Deployment"), ("apps/v1", "Deployment"), ("extensions/v1beta1", "Deployment"), ("apps/v1beta2", "ReplicaSet"),
         ("extensions/v1beta1", "ReplicaSet"), ("policy/v1", "PodDisruptionBudget"), ("batch/v1", "CronJob"), ("batch/v1", "Job"), ("batch/v1", "Job"), ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
         ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"), ("v1", "Namespace"), ("networking.k8s.io/v1", "Ingress"), ("example.com/v1", "Widget"), ("source.toolkit.fluxcd.io/v1", "GitRepository"),
         ("helm.toolkit.fluxcd.io/v2", "HelmRelease"), ("apps", "Deployment"), ("v1", "Deployment"), ("example.com/v1", "Pod")]
NUMBERS = ["replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas", "fullyLabeledReplicas", "desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled",
           "numberAvailable", "numberReady", "active", "succeeded", "failed", "currentHealthy", "desiredHealthy"]
TYPES = ["Ready", "Ready", "Reconciling", "Stalled", "Progressing", "Available", "ReplicaFailure", "PodScheduled", "Complete", "Failed", "Suspended", "SuccessCriteriaMet", "FailureTarget",
         "NamesAccepted", "Established", "Initialized", "ready", ""]
REASONS = ["NewReplicaSetAvailable", "ProgressDeadlineExceeded", "ReplicaSetUpdated", "Unschedulable", "SchedulingGated", "Installing", "InitialNamesAccepted", "NotAccepted", "BackoffLimitExceeded", "x", "",
           "DeadlineExceeded", "CrashLoopBackOff"]
STATES = ["True", "True", "True", "False", "False", "Unknown", "", "true", "Weird"]
MESSAGES = ["a message", "", "line\nline", "<é> & \"q\"", "tab\t\\"]
ODD = ["", "x", "3", 1.5, -1, True, None, [], {}, [1], {"a": 1}, ["x"], 2 ** 40, 0]
REPLICAS = [0, 1, 2, 3, 3, 3]


class Maker:
    def __init__(self, corpus):
        self.known = []
        if corpus:
            lines = (corpus / "kstatus/generated.jsonl").read_text().split("\n")[::37]
            self.known = [json.loads(line)["object"] for line in lines if line]

    def case(self, rng):
        object_ = copy.deepcopy(rng.choice(self.known)) if self.known and rng.random() < 0.3 else make(rng)
        for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
            spoil(rng, object_)
        return {"object": object_}


def make(rng):
    version, kind = rng.choice(KINDS)
    metadata = {"name": "x", "namespace": "d"}
    status = {}
    if rng.random() < 0.7:
        metadata["generation"] = rng.choice([1, 2, 2])
    if rng.random() < 0.7:
        status["observedGeneration"] = metadata.get("generation", 1) if rng.random() < 0.85 else rng.choice([0, 1, 3, -1])
    if rng.random() < 0.05:
        metadata["deletionTimestamp"] = rng.choice(["2020-01-01T00:00:00Z", "", "soon"])
    if rng.random() < 0.7:
        metadata["creationTimestamp"] = rng.choice(["2020-01-01T00:00:00Z", "2020-01-01T00:00:00+02:00", "2090-01-01T00:00:00Z", None, "bad"])
    steady = rng.random() < 0.5
    for name in NUMBERS:
        if rng.random() < 0.8:
            status[name] = 3 if steady and rng.random() < 0.9 else rng.choice(REPLICAS)
    if rng.random() < 0.75:
        status["conditions"] = [condition(rng) for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4]))]
    if rng.random() < 0.6:
        status["phase"] = rng.choice(["Pending", "Pending", "Running", "Running", "Running", "Succeeded", "Failed", "Unknown", "Bound", "Bound", "Lost", "Active", "", "bound"])
    for field in ("currentRevision", "updateRevision"):
        if rng.random() < 0.7:
            status[field] = rng.choice(["a", "a", "b", ""])
    if rng.random() < 0.5:
        status["startTime"] = rng.choice(["2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "", None])
    if rng.random() < 0.2:
        status["completionTime"] = "2020-01-01T00:00:00Z"
    if rng.random() < 0.5:
        status["containerStatuses"] = [container(rng) for _ in range(rng.choice([0, 1, 2, 3]))]
    if rng.random() < 0.4:
        status["loadBalancer"] = rng.choice([{}, {"ingress": []}, {"ingress": [{"ip": "1.2.3.4"}]}])
    out = {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec(rng), "status": status}
    if rng.random() < 0.05:
        del out["spec"]
    if rng.random() < 0.07:
        del out["status"]
    return out


def condition(rng):
    out = {"type": rng.choice(TYPES), "status": rng.choice(STATES), "reason": rng.choice(REASONS), "message": rng.choice(MESSAGES)}
    for field in list(out):
        if rng.random() < 0.06:
            del out[field]
    return out


def container(rng):
    waiting = {"reason": rng.choice(["CrashLoopBackOff", "CrashLoopBackOff", "ImagePullBackOff", "ContainerCreating"])}
    state = rng.choice([{"waiting": waiting}, {"waiting": waiting}, {"running": {}}, {"terminated": {"reason": "Error"}}, {}, {"waiting": {}}])
    out = {"name": rng.choice(["a", "b", "web"]), "state": state}
    if rng.random() < 0.1:
        del out[rng.choice(list(out))]
    return out


def spec(rng):
    out = {}
    if rng.random() < 0.7:
        out["replicas"] = rng.choice(REPLICAS)
    if rng.random() < 0.5:
        out["progressDeadlineSeconds"] = rng.choice([600, 600, 2147483647, 0, "600", 2147483646])
    if rng.random() < 0.4:
        out["updateStrategy"] = {"type": rng.choice(["RollingUpdate", "OnDelete", ""])}
        if rng.random() < 0.6:
            out["updateStrategy"]["rollingUpdate"] = {"partition": rng.choice([0, 1, 2, 5, -1])}
    if rng.random() < 0.5:
        out["type"] = rng.choice(["LoadBalancer", "LoadBalancer", "ClusterIP", "ExternalName", ""])
    if rng.random() < 0.5:
        out["clusterIP"] = rng.choice(["10.0.0.1", "", "None"])
    for field in ("completions", "parallelism"):
        if rng.random() < 0.5:
            out[field] = rng.choice([0, 1, 2, 3, 5])
    if rng.random() < 0.15:
        out["suspend"] = rng.choice([True, False])
    if rng.random() < 0.1:
        out["restartPolicy"] = "Never"
    return out


def spoil(rng, object_):
    """Puts something odd in one place, or takes what is there away."""
    place = object_
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = rng.choice(keys)
        if key in ("apiVersion", "kind") and place is object_:
            return
        if isinstance(place[key], (dict, list)) and rng.random() < 0.85:
            place = place[key]
            continue
        if rng.random() < 0.3 and isinstance(place, dict) and place is not object_:
            del place[key]
        else:
            place[key] = copy.deepcopy(rng.choice(ODD))
        return
