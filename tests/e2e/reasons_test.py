"""Why it is red, in words: each trouble is provoked in the cluster and told in the status, the events and `taut get`."""
import sys

import taut_e2e
from taut_e2e import ARGO, deployment, eventually

FAULTS = "*/missing:* image-pull\n*/broken:* crash\n"


def cause(world, name):
    for condition in world.app(name).get("status", {}).get("conditions", []):
        if condition["type"] == "RootCauseWarning":
            return condition["message"]
    return ""


def prepare(world):
    faults = world.folder / "images"
    faults.write_text(FAULTS)
    world.start_sandbox("--workload-speed", "10", "--image-faults", str(faults))


def mounting(name, config):
    out = deployment(name)
    pod = out["spec"]["template"]["spec"]
    pod["volumes"] = [{"name": "conf", "configMap": {"name": config}}]
    pod["containers"][0]["volumeMounts"] = [{"name": "conf", "mountPath": "/conf"}]
    return out


CASES = {
    "image": ({"d.json": deployment("image", image="registry.example/missing:9")},
              "Image registry.example/missing:9 was not found in registry.example. Push the tag or roll back. ("),
    "twin": ({"d.json": deployment("twin", image="registry.example/missing:9")},
             "Image registry.example/missing:9 was not found in registry.example. Push the tag or roll back. ("),
    "claim": ({"v.json": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
                          "spec": {"storageClassName": "fast", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}},
              "Volume data waits: storage class fast does not exist. Classes here: standard. (ProvisioningFailed on PersistentVolumeClaim data; "
              "waits for storage class fast)"),
    "mount": ({"d.json": mounting("mount", "settingz")},
              "main needs ConfigMap settingz, which does not exist in default. Add it to Git or correct the name; similar: settings. ("),
    "kind": ({"g.json": {"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "g"}}},
             "The cluster does not know Gadget (example.com). Install its CRD, or correct apiVersion and kind. (no matches for kind on Gadget g; "
             "waits for the kind Gadget (example.com))"),
    "render": ({"x.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  labels: a: b\n"},
               "render/x.yaml:5: a second colon stands in one line, or the indentation is wrong. Nothing was changed in the cluster. (ComparisonError)"),
    "immutable": ({"d.json": deployment("immutable")},
                  'spec.selector of Deployment immutable cannot be changed in place ({"matchLabels":{"app":"old"}} to {"matchLabels":{"app":"immutable"}}). '
                  "Replace it (deletes first; its pods stop until the new ones are ready) or rename. (field is immutable on Deployment immutable)"),
}


@taut_e2e.sandbox_only
def test_each_trouble_has_its_sentence(world):
    prepare(world)
    world.kube.create("/api/v1/namespaces/default/configmaps", {"metadata": {"name": "settings"}})
    old = deployment("immutable")
    old["spec"]["selector"]["matchLabels"] = old["spec"]["template"]["metadata"]["labels"] = {"app": "old"}
    world.kube.create("/apis/apps/v1/namespaces/default/deployments", old)
    world.repository.commit({f"{name}/{file}": content for name, (files, _) in CASES.items() for file, content in files.items()})
    world.serve()
    for name in CASES:
        world.application(name)
    away = world.application("away", source={"repoURL": "http://127.0.0.1:1/x.git", "path": ".", "targetRevision": "main"})
    assert away
    for name, (_, wanted) in CASES.items():
        try:
            eventually(lambda: cause(world, name).startswith(wanted), 25, name)
        except AssertionError:
            raise AssertionError(f"{name}: {cause(world, name)!r} instead of {wanted!r}") from None
    eventually(lambda: cause(world, "away").startswith("http://127.0.0.1:1/x.git has not answered since 20"), 10, "a repository that is away")
    assert world.app("image")["status"]["health"]["message"] == "Image registry.example/missing:9 was not found in registry.example."
    listed = world.run("get", "--kubeconfig", world.kubeconfig).stdout
    assert listed.endswith("2 applications wait for image registry.example/missing:9.\n"), listed
    assert "Because:" in world.run("get", "image", "--kubeconfig", world.kubeconfig).stdout
    eventually(lambda: any(event["reason"] == "RootCause" and event["message"].startswith("Volume data waits")
                           for event in world.kube.get("/api/v1/namespaces/argocd/events")["items"]), 5, "an event tells it")
    # A wait that fails says why.
    done = world.run("sync", "kind", "--kubeconfig", world.kubeconfig, check=False)
    assert done.returncode == 1 and "because: The cluster does not know Gadget" in done.stdout, done


@taut_e2e.sandbox_only
def test_a_bad_revision_is_rolled_back_when_asked_for(world):
    prepare(world)
    good = world.repository.commit({"web/d.json": deployment("web")})
    world.serve()
    world.application("web")
    world.kube.patch(f"{ARGO}/namespaces/argocd/applications/web", {"metadata": {"annotations": {"taut.dev/rollback-after": "2s"}}})
    world.await_app("web", "Synced", "Healthy", revision=good)
    bad = world.repository.commit({"web/d.json": deployment("web", image="registry.example/missing:2")}, "web: two")
    app = eventually(lambda: (lambda a: a if a["status"]["history"][-1]["revision"] == good and len(a["status"]["history"]) > 2 else None)(world.app("web")),
                     20, "rolled back")
    world.await_app("web", "Synced", "Healthy", revision=good)
    conditions = {condition["type"]: condition["message"] for condition in world.app("web")["status"]["conditions"]}
    assert conditions["AutoSyncHeldWarning"].startswith(f"Rolled back to revision {good}"), conditions
    assert f"Rolled back to revision {good}" in world.run("get", "web", "--kubeconfig", world.kubeconfig).stdout
    events = [event["message"] for event in world.kube.get("/api/v1/namespaces/argocd/events")["items"] if event["reason"] == "RolledBack"]
    assert len(events) == 1 and events[0].startswith(f"Revision {bad} was not Healthy 2s after its sync"), (events, app)


def test_a_rollback_as_a_commit(world):
    prepare(world) if not taut_e2e.REAL else world.start_sandbox()
    first = world.repository.commit({"web/d.json": deployment("web", replicas=0), "other/x": "1"})
    world.serve()
    world.application("web")
    world.await_app("web", "Synced", revision=first)
    world.repository.commit({"web/d.json": deployment("web", image="registry.example/app:2", replicas=0), "other/x": "2"}, "web: two")
    world.await_app("web", "Synced", revision=world.repository.git("rev-parse", "HEAD"))
    data = ("--data", str(world.folder / "cli"), "--kubeconfig", world.kubeconfig)
    shown = world.run("rollback", "web", "--revert", "--dry-run", *data).stdout
    assert "-       \"image\": \"registry.example/app:2\"" in shown.replace("  ", "  ") or "app:2" in shown, shown
    done = world.run("rollback", "web", "--revert", *data).stdout
    world.repository.git("pull", "-q", "origin", "main")
    assert "pushed" in done and "app:1" in (world.repository.work / "web/d.json").read_text()
    assert (world.repository.work / "other/x").read_text() == "2"
    message = world.repository.git("log", "-1", "--format=%B")
    assert message.startswith(f"Roll back web to {first[:7]}") and "web: two" in message, message
    world.await_app("web", "Synced", revision=world.repository.git("rev-parse", "HEAD"))
    conditions = world.app("web")["status"].get("conditions", [])
    assert not any(condition["type"] == "AutoSyncHeldWarning" for condition in conditions), conditions


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
