"""Tenants of Flux run by taut: HelmReleases and Kustomizations as a service account and on other clusters, and the flags
that keep tenants apart."""
import base64
import re
import sys

import taut_e2e
from flux_helm_test import CHART, MAPS, RELEASES, await_release, condition
from flux_test import KUSTOMIZATIONS, await_ready, kustomization, source
from taut_e2e import Kube, config_map, eventually

FILES = {"chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n", "chart/values.yaml": CHART["values.yaml"],
         "chart/templates/map.yaml": CHART["templates/map.yaml"], "app/a.yaml": config_map("a", key="1")}
ROLES = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}"


def start(world, *words):
    world.start_sandbox("--workload-speed", "10")
    world.repository.commit(FILES)
    world.serve(*words)
    world.kube.create("/api/v1/namespaces", {"metadata": {"name": "flux-system"}})
    source(world)


def release(world, name, **spec):
    chart = {"chart": "./chart", "interval": "1s", "sourceRef": {"kind": "GitRepository", "name": "home"}}
    world.kube.create(RELEASES, {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease",
                                 "metadata": {"name": name, "namespace": "flux-system"}, "spec": {"interval": "1m", "chart": {"spec": chart}, **spec}})


def permit(kube, account, namespace, resources):
    roles = ROLES.format(namespace)
    kube.create(f"{roles}/roles", {"metadata": {"name": account}, "rules": [{"apiGroups": [""], "resources": resources, "verbs": ["*"]}]})
    kube.create(f"{roles}/rolebindings", {"metadata": {"name": account}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": account},
                                          "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": "flux-system"}]})


def account(world, name):
    world.kube.create("/api/v1/namespaces/flux-system/serviceaccounts", {"metadata": {"name": name}})


def request(world, name):
    world.kube.patch(f"{RELEASES}/{name}", {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}}})


def test_a_release_is_written_by_its_service_account(world):
    start(world)
    account(world, "tenant")
    release(world, "shop", serviceAccountName="tenant")
    await_release(world, "shop", value="False", message="system:serviceaccount:flux-system:tenant")
    permit(world.kube, "tenant", "flux-system", ["configmaps", "secrets"])
    request(world, "shop")
    await_release(world, "shop", reason="InstallSucceeded")
    writers = {entry["manager"] for entry in world.kube.get(f"{MAPS}/shop")["metadata"]["managedFields"]}
    assert writers == {"helm-controller"}, writers
    world.kube.delete("/api/v1/namespaces/flux-system/serviceaccounts/tenant")
    world.kube.delete(f"{RELEASES}/shop")
    eventually(lambda: world.kube.find(f"{RELEASES}/shop") is None, 10, "it is let go without its account")
    assert world.kube.find(f"{MAPS}/shop"), "what nobody may delete stays"


@taut_e2e.sandbox_only
def test_a_release_goes_to_another_cluster(world):
    start(world)
    kubeconfig = world.folder / "east"
    world.start("east", "sandbox", "--port", "0", "--kubeconfig", str(kubeconfig), "--workload-speed", "10")
    eventually(kubeconfig.exists, 10, "the second sandbox writes its kubeconfig")
    east = Kube(kubeconfig)
    east.create("/api/v1/namespaces", {"metadata": {"name": "flux-system"}})
    release(world, "shop", kubeConfig={"secretRef": {"name": "east"}}, driftDetection={"mode": "enabled"})
    await_release(world, "shop", value="False", reason="RESTClientError", message="could not get KubeConfig secret 'flux-system/east': ")
    secrets = "/api/v1/namespaces/flux-system/secrets"
    world.kube.create(secrets, {"metadata": {"name": "east"}, "stringData": {"other": "x"}})
    await_release(world, "shop", value="False", reason="RESTClientError",
                  message="KubeConfig secret 'flux-system/east' does not contain a 'value' or 'value.yaml' key with data")
    world.kube.patch(f"{secrets}/east", {"stringData": {"value": kubeconfig.read_text()}})
    request(world, "shop")
    now = await_release(world, "shop", reason="InstallSucceeded")
    assert east.find(f"{MAPS}/shop") and world.kube.find(f"{MAPS}/shop") is None
    assert east.find(f"{secrets}/sh.helm.release.v1.shop.v1") and world.kube.find(f"{secrets}/sh.helm.release.v1.shop.v1") is None, now
    east.delete(f"{MAPS}/shop")
    world.kube.patch(f"{RELEASES}/shop", {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "again"}}})
    eventually(lambda: east.find(f"{MAPS}/shop"), 10, "drift is corrected there")
    world.kube.delete(f"{RELEASES}/shop")
    eventually(lambda: world.kube.find(f"{RELEASES}/shop") is None, 10, "the HelmRelease is gone")
    assert east.find(f"{MAPS}/shop") is None


@taut_e2e.sandbox_only
def test_a_cluster_is_reached_by_the_token_of_an_account(world):
    start(world)
    account(world, "far")
    maps = "/api/v1/namespaces/flux-system/configmaps"
    kustomization(world, "app", targetNamespace="default", kubeConfig={"configMapRef": {"name": "east"}})
    await_ready(world, "app", "False", "ReconciliationFailed", 'failed to get configmap flux-system/east: configmaps "east" not found')
    world.kube.create(maps, {"metadata": {"name": "east"}, "data": {"provider": "aws"}})
    await_ready(world, "app", "False", "ReconciliationFailed", "provider 'aws' is not supported")
    authority = re.search(r'"?certificate-authority-data"?:\s*"?([^"\s,}]+)', open(world.kubeconfig).read())[1]
    server = world.kube.url.netloc
    data = {"provider": "generic", "address": server, "ca.crt": base64.b64decode(authority).decode(), "serviceAccountName": "far",
            "audiences": "https://kubernetes.default.svc\n"}
    world.kube.patch(f"{maps}/east", {"data": data})
    await_ready(world, "app", "False", message="system:serviceaccount:flux-system:far")
    release(world, "shop", kubeConfig={"configMapRef": {"name": "east"}})
    await_release(world, "shop", value="False", message="system:serviceaccount:flux-system:far")
    world.kube.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", {"metadata": {"name": "far"}, "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]})
    world.kube.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        "metadata": {"name": "far"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "far"},
        "subjects": [{"kind": "ServiceAccount", "name": "far", "namespace": "flux-system"}]})
    await_ready(world, "app")
    request(world, "shop")
    await_release(world, "shop", reason="InstallSucceeded")


def test_flags_keep_tenants_apart(world):
    start(world, "--default-service-account", "tenant", "--no-cross-namespace-refs", "--no-remote-bases")
    world.kube.create("/api/v1/namespaces", {"metadata": {"name": "team"}})
    kustomization(world, "app", namespace="team", targetNamespace="default")
    now = await_ready(world, "app", "False", "AccessDenied", "can't access 'GitRepository/flux-system/home', cross-namespace references have been blocked", namespace="team")
    assert condition(now, "Stalled")["status"] == "True", now
    world.kube.create(RELEASES.replace("flux-system", "team"), {
        "apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "shop", "namespace": "team"},
        "spec": {"interval": "1m", "chartRef": {"kind": "OCIRepository", "name": "shop", "namespace": "flux-system"}}})
    taut_e2e.World.await_ready(world, RELEASES.replace("flux-system", "team") + "/shop", "False", "AccessDenied",
                               "cross-namespace references are not allowed: cannot access OCIRepository flux-system/shop")
    # Without an account of that name nobody may write.
    kustomization(world, "home", path="./app", targetNamespace="default")
    await_ready(world, "home", "False", "ReconciliationFailed", "system:serviceaccount:flux-system:tenant")
    world.repository.commit({"remote/kustomization.yaml": f"resources: [\"{world.repository.url}//app?ref=main\"]\n"})
    kustomization(world, "remote", targetNamespace="default")
    refused = f"remote kustomization '{world.repository.url}//app?ref=main' is not fetched"
    await_ready(world, "remote", "False", "BuildFailed", refused)
    world.kube.delete(f"{KUSTOMIZATIONS.format('flux-system')}/remote")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
