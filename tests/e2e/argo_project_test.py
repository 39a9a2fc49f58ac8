"""What AppProjects say beyond what applications may use: objects in their namespaces that belong to nobody."""
import sys

import taut_e2e
from taut_e2e import ARGO, config_map, deployment, eventually

APPS = f"{ARGO}/namespaces/argocd/applications"


def orphans(world, name):
    return [c["message"] for c in world.app(name)["status"].get("conditions", []) if c["type"] == "OrphanedResourceWarning"]


def refresh(world, name):
    world.kube.patch(f"{APPS}/{name}", {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "normal"}}})


def test_orphans_of_a_project_are_counted(world):
    world.start_sandbox()
    world.repository.commit({"a/c.json": config_map("ours", k="1"), "b/c.json": config_map("theirs", k="1")})
    world.serve()
    world.kube.create(f"{ARGO}/namespaces/argocd/appprojects", {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": "team", "namespace": "argocd"},
        "spec": {"sourceRepos": ["*"], "destinations": [{"server": "*", "namespace": "*"}],
                 "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
                 "orphanedResources": {"ignore": [{"kind": "ConfigMap", "name": "left-*"}]}}})
    world.kube.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}})
    world.kube.create("/api/v1/namespaces/team/configmaps", config_map("left-alone", k="1"))
    world.application("a", namespace="team", project="team")
    world.application("b", namespace="team")
    for name in "ab":
        world.await_app(name, "Synced", phase="Succeeded")
    assert orphans(world, "a") == orphans(world, "b") == []
    world.kube.create("/api/v1/namespaces/team/configmaps", config_map("stray", k="1"))
    world.kube.create("/apis/apps/v1/namespaces/team/deployments", deployment("stray", replicas=1))
    eventually(lambda: world.kube.get("/api/v1/namespaces/team/pods")["items"], 10, "the deployment has a pod")
    refresh(world, "a")
    # The ConfigMap, and the Deployment with its ReplicaSet and its Pod.
    eventually(lambda: orphans(world, "a") == ["Application has 4 orphaned resources"], 15, "the orphans are counted")
    assert orphans(world, "b") == [], "its project does not ask"
    world.kube.delete("/apis/apps/v1/namespaces/team/deployments/stray")
    world.kube.delete("/api/v1/namespaces/team/configmaps/stray")
    eventually(lambda: not world.kube.get("/api/v1/namespaces/team/pods")["items"], 10, "the pod is gone")
    eventually(lambda: orphans(world, "a") == [], 20, "they are looked for again without being asked")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
