"""taut.dev/depends-on: Applications that wait for objects of every dialect, and cycles among them."""
import sys

import taut_e2e
from taut_e2e import ARGO, config_map, eventually

APPS = f"{ARGO}/namespaces/argocd/applications"
KUSTOMIZE = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations"
SOURCES = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories"


def waits(world, name):
    conditions = world.app(name).get("status", {}).get("conditions", [])
    return next((c["message"] for c in conditions if c["type"] == "DependencyWarning"), "")


def depend(world, name, on):
    world.kube.patch(f"{APPS}/{name}", {"metadata": {"annotations": {"taut.dev/depends-on": on}}})


def test_an_application_waits_for_a_kustomization(world):
    world.start_sandbox()
    world.repository.commit({"infra/c.json": config_map("infra", k="1"), "web/c.json": config_map("web", k="1"),
                             "base/c.json": config_map("base", k="1")})
    world.serve()
    world.kube.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "flux-system"}})
    app = world.application("web", automated=False)
    depend(world, "web", "Kustomization/flux-system/infra, Application/base")
    world.kube.patch(f"{APPS}/web", {"spec": {"syncPolicy": {"automated": {"prune": True}}}})
    eventually(lambda: "'Kustomization/flux-system/infra' not found" in waits(world, "web"), 10, "it says what it waits for")
    world.kube.create(SOURCES, {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": {"name": "home", "namespace": "flux-system"},
                                "spec": {"url": world.repository.url, "interval": "1m", "ref": {"branch": "main"}}})
    world.kube.create(KUSTOMIZE, {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
                                  "metadata": {"name": "infra", "namespace": "flux-system"},
                                  "spec": {"interval": "1m", "prune": True, "path": "infra", "targetNamespace": "default",
                                           "sourceRef": {"kind": "GitRepository", "name": "home"}}})
    eventually(lambda: waits(world, "web") == "Automated sync waits: dependency 'Application/argocd/base' not found", 15, "the Kustomization is ready")
    assert world.app("web")["status"]["sync"]["status"] == "OutOfSync"
    world.application("base")
    world.await_app("web", "Synced", phase="Succeeded")
    assert waits(world, "web") == ""
    # A cycle holds everybody in it, and nobody else.
    depend(world, "base", "Application/web")
    cycle = "dependency cycle: Application/argocd/{0} -> Application/argocd/{1} -> Application/argocd/{0}"
    eventually(lambda: cycle.format("base", "web") in waits(world, "base") and cycle.format("web", "base") in waits(world, "web"), 10, "the cycle is told")
    depend(world, "base", "")
    eventually(lambda: waits(world, "base") == waits(world, "web") == "", 10, "the cycle is gone")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
