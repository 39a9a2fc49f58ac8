"""Releases: taut and helm on the same ones, each reading what the other wrote. What needs helm is left out where the
binary of the real suite (tests/real) is not there."""
import json
import os
import pathlib
import re
import subprocess
import sys

import taut_e2e
from taut_e2e import ROOT, eventually

HELM = pathlib.Path(os.environ.get("TAUT_REAL_BUILD") or ROOT / "build" / "real").resolve() / "bin" / "helm"
CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: '7'\n",
    "values.yaml": "image: registry.example/web:1\nreplicas: 1\ncrash: false\n",
    "templates/web.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Release.Name }}"}}
    spec: {containers: [{name: web, image: "{{ .Values.image }}"}]}
""",
    "templates/before.yaml": """apiVersion: batch/v1
kind: Job
metadata:
  name: "{{ .Release.Name }}-before"
  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: "before-hook-creation,hook-succeeded"}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: "registry.example/job:1"}]}}}
""",
    "templates/kept.yaml": """apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-kept", annotations: {helm.sh/resource-policy: keep}}
""",
    "templates/NOTES.txt": "Ask {{ .Release.Name }} for more.\n",
    "crds/things.yaml": """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: things, singular: thing, kind: Thing, listKind: ThingList}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
""",
    "templates/thing.yaml": "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: \"{{ .Release.Name }}\"}\n",
}
WEB = "/apis/apps/v1/namespaces/shop/deployments/rel"


def chart(world):
    folder = world.folder / "chart"
    for name, text in CHART.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return str(folder)


def program(world, *words, check=True):
    """helm, or `taut helm`, in the namespace shop."""
    env = {**os.environ, "KUBECONFIG": world.kubeconfig, "HOME": str(world.folder), "HELM_NAMESPACE": "shop"}
    done = subprocess.run(list(map(str, words)), env=env, text=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=120)
    assert not check or done.returncode == 0, f"{words} exited {done.returncode}:\n{done.stdout}{done.stderr}"
    return done


def taut(world, *words, check=True):
    return program(world, world.taut_binary, "helm", *words, check=check)


def history(world):
    return [(item["revision"], item["status"], item["description"])
            for item in json.loads(taut(world, "history", "rel", "-o", "json").stdout)]


def test_a_release_from_install_to_uninstall(world):
    world.start_sandbox()
    done = taut(world, "install", "rel", chart(world), "--create-namespace", "--wait", "--timeout", "60s")
    assert re.search(r"^NAME: rel\nLAST DEPLOYED: .*\nNAMESPACE: shop\nSTATUS: deployed\nREVISION: 1\nDESCRIPTION: "
                     r"Install complete\nTEST SUITE: None\nNOTES:\nAsk rel for more.\n$", done.stdout), done.stdout
    assert world.kube.get(WEB)["status"]["readyReplicas"] == 1
    assert world.kube.get("/apis/example.com/v1/namespaces/shop/things/rel")
    assert world.kube.find("/apis/batch/v1/namespaces/shop/jobs/rel-before") is None
    done = taut(world, "upgrade", "rel", chart(world), "--set", "replicas=2", "--wait", "--timeout", "60s")
    assert done.stdout.startswith('Release "rel" has been upgraded. Happy Helming!\n'), done.stdout
    assert world.kube.get(WEB)["status"]["readyReplicas"] == 2
    taut(world, "rollback", "rel", "--wait")
    assert world.kube.get(WEB)["spec"]["replicas"] == 1
    assert history(world) == [(1, "superseded", "Install complete"), (2, "superseded", "Upgrade complete"),
                              (3, "deployed", "Rollback to 1")]
    done = taut(world, "uninstall", "rel", "--wait")
    assert done.stdout == ("These resources were kept due to the resource policy:\n[ConfigMap] rel-kept\n\n"
                           'release "rel" uninstalled\n'), done.stdout
    assert world.kube.find(WEB) is None
    assert taut(world, "list", "-o", "json").stdout == "[]\n"


@taut_e2e.sandbox_only
def test_a_failed_upgrade_goes_back_when_asked(world):
    faults = world.folder / "images"
    faults.write_text("*:nosuchtag image-pull\n")
    world.start_sandbox("--image-faults", str(faults))
    taut(world, "install", "rel", chart(world), "--create-namespace", "--wait")
    done = taut(world, "upgrade", "rel", chart(world), "--set", "image=registry.example/web:nosuchtag",
                "--rollback-on-failure", "--timeout", "3s", check=False)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert "Error: UPGRADE FAILED: release rel failed, and has been rolled back due to rollback-on-failure being set: " \
           "resource Deployment/shop/rel not ready. status: InProgress" in done.stderr, done.stderr
    assert "context deadline exceeded" in done.stderr
    assert [item[:2] for item in history(world)] == [(1, "superseded"), (2, "failed"), (3, "deployed")]
    containers = world.kube.get(WEB)["spec"]["template"]["spec"]["containers"]
    assert containers[0]["image"] == "registry.example/web:1"


def test_helm_and_taut_take_turns(world):
    if not HELM.exists():
        print("     (left out: there is no helm here)")
        return
    world.start_sandbox()
    folder = chart(world)
    program(world, HELM, "install", "rel", folder, "--create-namespace", "--wait", "--timeout", "60s")
    taut(world, "upgrade", "rel", folder, "--set", "replicas=2", "--wait", "--timeout", "60s")
    program(world, HELM, "rollback", "rel", "1", "--wait")
    taut(world, "upgrade", "rel", folder, "--server-side", "false", "--set", "replicas=3", "--wait")
    program(world, HELM, "upgrade", "rel", folder, "--server-side=true", "--set", "replicas=1", "--wait")
    assert world.kube.get(WEB)["status"]["readyReplicas"] == 1
    managers = {(m["manager"], m["operation"]) for m in world.kube.get(WEB)["metadata"]["managedFields"] if m["manager"] == "helm"}
    assert managers == {("helm", "Apply")}, managers
    for words in (["history", "rel"], ["history", "rel", "-o", "json"], ["history", "rel", "-o", "yaml"], ["list"],
                  ["list", "-o", "json"], ["get", "values", "rel"], ["get", "values", "rel", "--all", "-o", "yaml"],
                  ["get", "manifest", "rel"], ["get", "hooks", "rel"], ["get", "notes", "rel"], ["get", "metadata", "rel"],
                  ["get", "metadata", "rel", "-o", "json"], ["get", "all", "rel"], ["get", "all", "rel", "--revision", "2"]):
        ours, theirs = taut(world, *words).stdout, program(world, HELM, *words).stdout
        assert ours == theirs, f"{words}:\n{ours}\n--- helm:\n{theirs}"
    for words in (["install", "rel", folder], ["upgrade", "nope", folder], ["rollback", "rel", "99"], ["rollback", "nope"],
                  ["uninstall", "nope"], ["status", "nope"], ["history", "nope"], ["get", "values", "nope"],
                  ["install", "Bad_Name", folder]):
        ours, theirs = taut(world, *words, check=False), program(world, HELM, *words, check=False)
        errors = [[line for line in done.stderr.splitlines() if not line.startswith("level=")] for done in (ours, theirs)]
        assert errors[0] == errors[1] and ours.returncode == theirs.returncode, f"{words}: {errors}"
    taut(world, "uninstall", "rel", "--keep-history", "--wait")
    assert "uninstalled" in program(world, HELM, "history", "rel").stdout
    program(world, HELM, "uninstall", "rel")
    eventually(lambda: taut(world, "list", "-o", "json").stdout == "[]\n", 10, "no record is left")


# Charts whose versions differ in every way that a patch has to say: items and fields that come, go, change and move.
DRIFT_CHARTS = [
    {
        "containers": "[{name: web, image: a:1, args: [x, z], env: [{name: A, value: '1'}, {name: B, value: '2'}, {name: C, value: '3'}], ports: [{containerPort: 80}, {containerPort: 81, name: more}]},"
                      " {name: side, image: b:1, resources: {limits: {cpu: 100m, memory: 64Mi}}}]",
        "pod": "{tolerations: [{key: a, operator: Exists}], volumes: [{name: v, emptyDir: {}}, {name: w, configMap: {name: rel}}], nodeSelector: {disk: ssd, zone: a}}",
        "deployment": "{replicas: 2, minReadySeconds: 3, strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 2}}}",
        "ports": "[{name: http, port: 80, targetPort: 8080}, {name: metrics, port: 90}]",
        "data": "{kept: a, changed: b, gone: c, drifted: d}",
        "labels": "{team: x, tier: web}",
        "thing": "{list: [1, 2], map: {a: 1, b: 2}, gone: {x: z}, same: {deep: {a: 1}}}",
    },
    {
        "containers": "[{name: new, image: c:1}, {name: web, image: a:2, args: [z], env: [{name: C, value: '4'}, {name: A, value: '1'}, {name: D, value: '5'}], ports: [{containerPort: 81, name: more}]}]",
        "pod": "{tolerations: [{key: b, operator: Exists}], volumes: [{name: v, emptyDir: {medium: Memory}}], nodeSelector: {disk: hdd}}",
        "deployment": "{replicas: 3, strategy: {type: Recreate}}",
        "ports": "[{name: metrics, port: 90}, {name: http, port: 80, targetPort: 8081}]",
        "data": "{kept: a, changed: z, drifted: d, new: e}",
        "labels": "{team: z}",
        "thing": "{list: [2], map: {b: 3, c: 4}, same: {deep: {a: 1}}, new: {list: [{a: b}]}}",
    },
]
DRIFT_TEMPLATES = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\n",
    "templates/all.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: rel, labels: %(labels)s}
spec:
  selector: {matchLabels: {app: rel}}
  template:
    metadata: {labels: {app: rel}, annotations: %(labels)s}
    spec: {{ merge (dict "containers" (fromYamlArray `%(containers)s`)) (fromYaml `%(pod)s`) | toJson }}
{{ fromYaml `%(deployment)s` | toYaml | indent 2 }}
---
apiVersion: v1
kind: Service
metadata: {name: rel}
spec: {selector: {app: rel}, ports: %(ports)s}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: rel, labels: %(labels)s}
data: %(data)s
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: rel, labels: %(labels)s}
spec: %(thing)s
""",
}
DRIFT_CRD = CHART["crds/things.yaml"].replace("{type: object}", "{type: object, x-kubernetes-preserve-unknown-fields: true}")
# What others do to the objects between two operations: merge patches, by path.
DRIFTS = [
    {"apis/apps/v1/namespaces/NS/deployments/rel": {
        "metadata": {"labels": {"theirs": "1", "tier": None}, "annotations": {"seen": "yes"}},
        "spec": {"replicas": 7, "minReadySeconds": 9, "template": {"spec": {"containers": [
            {"name": "web", "image": "a:9", "env": [{"name": "A", "value": "9"}, {"name": "Z", "value": "1"}]},
            {"name": "injected", "image": "i:1"}], "nodeSelector": {"disk": "nvme", "theirs": "x"}}}}},
     "api/v1/namespaces/NS/configmaps/rel": {"data": {"drifted": "9", "theirs": "1", "kept": None}},
     "apis/example.com/v1/namespaces/NS/things/rel": {"spec": {"list": [9], "map": {"a": 9, "z": 1}, "same": {"deep": {"a": 2}}, "theirs": 1}}},
    {"apis/apps/v1/namespaces/NS/deployments/rel": {
        "spec": {"paused": True, "template": {"spec": {"volumes": None, "tolerations": [{"key": "t", "operator": "Exists"}], "hostNetwork": False}}}},
     "api/v1/namespaces/NS/services/rel": {"spec": {"ports": [{"name": "other", "port": 8000}, {"name": "theirs", "port": 99}]}},
     "apis/example.com/v1/namespaces/NS/things/rel": {"spec": {"new": None, "map": None}}},
]


def settled(value):
    """An object without what is its cluster's, its time's or its namespace's."""
    if isinstance(value, list):
        return [settled(item) for item in value]
    if not isinstance(value, dict):
        return value
    own = {"uid", "resourceVersion", "creationTimestamp", "time", "namespace", "clusterIP", "clusterIPs", "status",
           "meta.helm.sh/release-namespace", "deployment.kubernetes.io/revision"}
    out = {key: settled(item) for key, item in value.items() if key not in own}
    if "managedFields" in out:
        out["managedFields"] = sorted((entry for entry in out["managedFields"] if entry["manager"] != "kube-controller-manager"), key=json.dumps)
    return out


def test_client_side_upgrades_leave_what_helm_leaves(world):
    if not HELM.exists():
        print("     (left out: there is no helm here)")
        return
    world.start_sandbox("--workloads", "off")
    folders = []
    for number, parts in enumerate(DRIFT_CHARTS):
        folders.append(world.folder / f"v{number}")
        for name, text in DRIFT_TEMPLATES.items():
            (folders[-1] / name).parent.mkdir(parents=True, exist_ok=True)
            (folders[-1] / name).write_text(text % parts if "all" in name else text)
    (folders[0] / "crds").mkdir()
    (folders[0] / "crds/things.yaml").write_text(DRIFT_CRD)
    client = ["--server-side=false"]
    steps = [["install", "rel", folders[0], "--create-namespace", *client], 0, ["upgrade", "rel", folders[1], *client], 0, 1,
             ["rollback", "rel", "1", *client], 1, ["upgrade", "rel", folders[0], *client], ["upgrade", "rel", folders[1], *client, "--force-replace"]]
    paths = sorted({path for drift in DRIFTS for path in drift})
    for step in steps:
        for ns, binary in (("theirs", [HELM]), ("ours", [world.taut_binary, "helm"])):
            if isinstance(step, list):
                program(world, *binary, *step, "-n", ns)
                continue
            for path, patch in DRIFTS[step].items():
                world.kube.call("PATCH", "/" + path.replace("NS", ns) + "?fieldManager=other", patch, "application/merge-patch+json")
        for path in paths:
            theirs, ours = (settled(world.kube.get("/" + path.replace("NS", ns))) for ns in ("theirs", "ours"))
            assert ours == theirs, f"{path} after {step}:\n{json.dumps(ours)}\n--- helm:\n{json.dumps(theirs)}"


def sections(text):
    """What `helm status` prints before, of, and after each kind, whose order is another each time in helm."""
    before, rest = text.split("RESOURCES:\n")
    resources, after = rest.split("\n\n\n")
    return before, sorted(re.sub(r"\b\d+s$", "AGE", resources, flags=re.M).split("\n\n")), after


def test_status_shows_what_helm_shows(world):
    if not HELM.exists():
        print("     (left out: there is no helm here)")
        return
    world.start_sandbox()
    folder = pathlib.Path(chart(world))
    (folder / "templates/more.yaml").write_text("".join(
        f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\n{rest}\n---\n" for kind, name, rest in (
            ("ConfigMap", "a-rather-long-name", "data: {a: b}"), ("Secret", "s", "stringData: {a: b}"), ("ConfigMap", "b", ""),
            ("Service", "web", "spec: {ports: [{port: 80}]}"), ("ServiceAccount", "web", ""),
            ("PersistentVolumeClaim", "p", "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}"))))
    taut(world, "install", "rel", folder, "--create-namespace", "--wait", "--timeout", "60s")
    ours, theirs = (sections(program(world, *binary, "status", "rel").stdout) for binary in ([world.taut_binary, "helm"], [HELM]))
    assert ours == theirs, f"{ours}\n--- helm:\n{theirs}"
    assert any("READY" in section for section in ours[1]), ours
    for form in ("json", "yaml"):
        ours, theirs = (program(world, *binary, "status", "rel", "-o", form).stdout for binary in ([world.taut_binary, "helm"], [HELM]))
        assert ours == theirs, f"{ours}\n--- helm:\n{theirs}"


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
