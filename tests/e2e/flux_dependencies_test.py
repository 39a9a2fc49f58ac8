"""Objects of Flux that wait for others, across kinds and dialects: cycles are told in a line, and who waits is in nobody's
way."""
import sys

import taut_e2e
from flux_helm_test import RELEASES, await_release, change
from flux_test import KUSTOMIZATIONS, await_ready, kustomization, source
from flux_tenants_test import FILES, release
from taut_e2e import config_map

CYCLE = ("Kustomization/flux-system/front -> HelmRelease/flux-system/back -> Kustomization/flux-system/middle -> "
         "Kustomization/flux-system/front")


def start(world):
    world.start_sandbox("--workload-speed", "10")
    world.repository.commit({**FILES, "front/a.yaml": config_map("front"), "middle/a.yaml": config_map("middle"), "shop/a.yaml": config_map("web")})
    world.serve()
    world.kube.create("/api/v1/namespaces", {"metadata": {"name": "flux-system"}})
    source(world)


def test_a_cycle_is_told_and_ends_when_one_lets_go(world):
    start(world)
    kustomization(world, "front", targetNamespace="default", dependsOn=[{"kind": "HelmRelease", "name": "back"}])
    release(world, "back", dependsOn=[{"kind": "Kustomization", "name": "middle"}])
    await_ready(world, "front", "False", "DependencyNotReady", "dependency 'flux-system/back' is not ready")
    kustomization(world, "middle", targetNamespace="default", dependsOn=[{"name": "front"}])
    kustomization(world, "after", path="./app", targetNamespace="default", dependsOn=[{"name": "front"}])
    turned = lambda first: " -> ".join((lambda steps: steps[steps.index(first):] + steps[:steps.index(first)] + [first])(CYCLE.split(" -> ")[:-1]))
    await_ready(world, "front", "False", "DependencyNotReady", "dependency cycle: " + CYCLE)
    await_ready(world, "middle", "False", "DependencyNotReady", "dependency cycle: " + turned("Kustomization/flux-system/middle"))
    await_release(world, "back", value="False", reason="DependencyNotReady", message="dependency cycle: " + turned("HelmRelease/flux-system/back"))
    await_ready(world, "after", "False", "DependencyNotReady", "dependency 'flux-system/front' is not ready")
    change(world, "back", dependsOn=None)
    await_release(world, "back", reason="InstallSucceeded")
    for name in ("front", "middle", "after"):
        await_ready(world, name)


def test_who_waits_is_in_nobodys_way(world):
    start(world)
    # More than there are workers.
    for number in range(8):
        release(world, f"waits-{number}", dependsOn=[{"name": "none"}])
        kustomization(world, f"waits-{number}", path="./app", dependsOn=[{"name": "none"}])
    release(world, "goes")
    kustomization(world, "goes", path="./front", targetNamespace="default")
    await_release(world, "goes", reason="InstallSucceeded")
    await_ready(world, "goes")
    waits = world.kube.get(f"{RELEASES}/waits-0")["status"]["conditions"][0]
    assert waits["reason"] == "DependencyNotReady", waits


def test_an_application_is_waited_for(world):
    start(world)
    wanted = {"kind": "Application", "name": "shop", "namespace": "argocd"}
    kustomization(world, "front", targetNamespace="default", dependsOn=[wanted])
    await_ready(world, "front", "False", "DependencyNotReady", "dependency 'argocd/shop' not found: Application.argoproj.io \"shop\" not found")
    world.application("shop", automated=False)
    await_ready(world, "front", "False", "DependencyNotReady", "dependency 'argocd/shop' is not ready")
    release(world, "back", dependsOn=[wanted])
    await_release(world, "back", value="False", reason="DependencyNotReady", message="dependency 'argocd/shop' is not ready")
    world.kube.patch("/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop", {"spec": {"syncPolicy": {"automated": {}}}})
    world.await_app("shop", sync="Synced", health="Healthy")
    await_ready(world, "front")
    await_release(world, "back", reason="InstallSucceeded")


def test_a_release_hears_of_a_cycle_that_an_application_makes(world):
    start(world)
    release(world, "back", dependsOn=[{"kind": "Kustomization", "name": "front"}])
    wanted = {"kind": "Application", "name": "shop", "namespace": "argocd"}
    kustomization(world, "front", targetNamespace="default", dependsOn=[wanted])
    world.application("shop", automated=False)
    await_release(world, "back", value="False", reason="DependencyNotReady", message="dependency 'flux-system/front' is not ready")
    shop = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop"
    world.kube.patch(shop, {"metadata": {"annotations": {"taut.dev/depends-on": "HelmRelease/flux-system/back"}}})
    await_release(world, "back", value="False", reason="DependencyNotReady",
                  message="dependency cycle: HelmRelease/flux-system/back -> Kustomization/flux-system/front -> Application/argocd/shop -> HelmRelease/flux-system/back")
    world.kube.patch(shop, {"metadata": {"annotations": {"taut.dev/depends-on": None}}, "spec": {"syncPolicy": {"automated": {}}}})
    await_release(world, "back", reason="InstallSucceeded")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
