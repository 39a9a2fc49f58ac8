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


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
