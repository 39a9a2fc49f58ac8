"""What Argo CD's annotations and settings ask for beyond the main job: hooks around deletion, confirmations, objects
that kubectl applied, and what argocd-cm says of marks and builds."""
import json
import sys
import time

import taut_e2e
from taut_e2e import ARGO, config_map, eventually

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
APPLICATIONS = f"{ARGO}/namespaces/argocd/applications"
HOOK = "argocd.argoproj.io/hook"
POLICY = "argocd.argoproj.io/hook-delete-policy"


def begin(world, files, **options):
    world.start_sandbox()
    world.repository.commit(files)
    world.serve()
    world.application("web", **options)
    return world.await_app("web", "Synced", "Healthy", "Succeeded")


def test_hooks_run_around_the_deletion_of_an_application(world):
    begin(world, {"web/m.yaml": config_map("m"),
                  "web/before.yaml": config_map("before", {HOOK: "PreDelete"}),
                  "web/after.yaml": config_map("after", {HOOK: "PostDelete", POLICY: "HookFailed"})})
    finalizers = eventually(lambda: world.app("web")["metadata"].get("finalizers"), 10, "the hooks hold the application")
    assert {f.split("/")[0].split(".")[0] for f in finalizers} == {"pre-delete-finalizer", "post-delete-finalizer"}, finalizers
    assert world.kube.find(f"{CONFIG_MAPS}/before") is None
    world.kube.patch(f"{APPLICATIONS}/web", {"metadata": {"finalizers": finalizers + ["resources-finalizer.argocd.argoproj.io"]}})
    world.kube.delete(f"{APPLICATIONS}/web")
    eventually(lambda: world.kube.find(f"{APPLICATIONS}/web") is None, 20, "the application goes once its hooks have run")
    assert world.kube.find(f"{CONFIG_MAPS}/m") is None
    assert world.kube.find(f"{CONFIG_MAPS}/before") is None  # without a policy a hook goes at the end
    assert world.kube.find(f"{CONFIG_MAPS}/after")           # it did not fail


def test_a_prune_that_asks_for_it_waits_for_a_confirmation(world):
    begin(world, {"web/m.yaml": config_map("m"),
                  "web/old.yaml": config_map("old", {"argocd.argoproj.io/sync-options": "Prune=confirm"})})
    world.repository.commit({"web/old.yaml": None})
    waiting = "Waiting for pruning confirmation of v1/ConfigMap/old"
    eventually(lambda: world.app("web")["status"]["operationState"].get("message") == waiting, 20, waiting)
    assert world.kube.find(f"{CONFIG_MAPS}/old")
    approved = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
    world.kube.patch(f"{APPLICATIONS}/web", {"metadata": {"annotations": {"argocd.argoproj.io/deletion-approved": approved}}})
    eventually(lambda: world.kube.find(f"{CONFIG_MAPS}/old") is None, 10, "what was confirmed is pruned")


def test_what_kubectl_applied_is_taken_over(world):
    world.start_sandbox()
    applied = config_map("m", a="1", old="x")
    live = config_map("m", {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(applied)}, a="1", old="x")
    world.kube.create(f"{CONFIG_MAPS}?fieldManager=kubectl-client-side-apply", live)
    world.repository.commit({"web/m.yaml": config_map("m", a="2")})
    world.serve()
    world.application("web")
    world.await_app("web", "Synced", "Healthy", "Succeeded")
    now = world.kube.get(f"{CONFIG_MAPS}/m")
    assert now["data"] == {"a": "2"}, now["data"]
    assert {(m["manager"], m["operation"]) for m in now["metadata"]["managedFields"]} == {("argocd-controller", "Apply")}


def test_settings_of_argocd_cm_are_followed_as_they_change(world):
    begin(world, {"web/kustomization.yaml": "resources: [m.yaml]\n", "web/m.yaml": config_map("m")})
    labels = lambda: world.kube.get(f"{CONFIG_MAPS}/m")["metadata"].get("labels", {})
    assert labels() == {}
    world.kube.create("/api/v1/namespaces/argocd/configmaps", {
        **config_map("argocd-cm"), "data": {"application.resourceTrackingMethod": "annotation+label",
                                            "kustomize.buildOptions": "--enable-managedby-label"}})
    eventually(lambda: labels().get("app.kubernetes.io/instance") == "web", 15, "the label says whose the object is")
    eventually(lambda: "app.kubernetes.io/managed-by" in labels(), 15, "the build's options are followed")


def test_a_namespace_may_be_made_by_one_application_and_be_an_object_of_another(world):
    platform = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team", "annotations": {"cost-center": "7"}}}
    metadata = {"managedNamespaceMetadata": {"labels": {"tier": "gold"}}}
    policy = {"automated": {"prune": True, "selfHeal": True}, "syncOptions": ["CreateNamespace=true"]}
    begin(world, {"web/m.yaml": config_map("m"), "platform/team.yaml": platform}, namespace="team", syncPolicy={**policy, **metadata})
    world.application("platform")
    world.await_app("platform", "Synced", "Healthy", "Succeeded")
    metadata["managedNamespaceMetadata"]["labels"] = {"tier": "silver"}
    world.kube.patch(f"{APPLICATIONS}/web", {"spec": {"syncPolicy": metadata}})
    world.run("sync", "web", "--kubeconfig", world.kubeconfig)
    def both():
        now = world.kube.get("/api/v1/namespaces/team")["metadata"]
        return now["labels"].get("tier") == "silver" and now["annotations"].get("cost-center") == "7"
    eventually(both, 10, "each has what it set")
    world.await_app("platform", "Synced", "Healthy")
    world.kube.patch(f"{APPLICATIONS}/web", {"spec": {"syncPolicy": {"managedNamespaceMetadata": None}}})
    world.run("sync", "web", "--kubeconfig", world.kubeconfig)
    world.await_app("web", "Synced", "Healthy", "Succeeded")
    assert both() and world.app("platform")["status"]["sync"]["status"] == "Synced"


def test_an_application_may_lie_in_a_submodule(world):
    lib = world.folder / "lib"
    taut_e2e.Repository(lib).commit({"shared/c.json": config_map("shared", k="1"), "shared/kustomization.yaml": "resources: [c.json]\n"})
    world.repository.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", f"file://{lib}/repository.git", "lib")
    begin(world, {"web/kustomization.yaml": "resources: [../lib/shared]\n"}, path="lib/shared")
    world.application("base", path="web", namespace="other")
    world.await_app("web", "Synced", phase="Succeeded")
    world.await_app("base", "Synced", phase="Succeeded")
    assert world.kube.get(f"{CONFIG_MAPS}/shared")["data"] == {"k": "1"}
    cli = ("--kubeconfig", world.kubeconfig, "--data", str(world.folder / "cli"))
    assert world.run("diff", "--rev", "main", "--into", "main", *cli).stdout == "0 of 2 applications would change\n"


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
