"""Flux's HelmReleases run by taut: charts of a repository over HTTP and of Git; installed, upgraded, tested, put right
when they fail or drift, and removed, with Helm's own records."""
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading

import taut_e2e
from flux_test import await_ready as await_kustomization, kustomization, source
from helm_release_test import HELM
from taut_e2e import config_map, eventually

GROUP = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system"
RELEASES = "/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases"
MAPS = "/api/v1/namespaces/flux-system/configmaps"
WEB = "/apis/apps/v1/namespaces/{}/deployments/{}"

CHART = {
    "values.yaml": "who: nobody\nwhere: here\nimage: registry.example/web:1\n",
    "values-prod.yaml": "where: prod\n",
    "templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"
                          "data:\n  who: {{ .Values.who }}\n  where: {{ .Values.where }}\n",
    "templates/web.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  selector: {matchLabels: {app: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Release.Name }}"}}
    spec: {containers: [{name: web, image: "{{ .Values.image }}"}]}
""",
    "templates/test.yaml": """apiVersion: batch/v1
kind: Job
metadata: {name: "{{ .Release.Name }}-test", annotations: {helm.sh/hook: test}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: "registry.example/job:1"}]}}}
""",
}


class Charts:
    """A Helm repository served over HTTP from a folder."""

    def __init__(self, world):
        self.world, self.folder, self.entries = world, world.folder / "charts", []
        self.folder.mkdir()
        self.guard = None  # who may read, by the headers of a request; None: everybody
        handler = lambda *words: Quiet(self, *words, directory=str(self.folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def push(self, version, name="shop", **changes):
        folder = self.world.folder / "packed" / version / name
        for path, text in {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: '7'\n", **CHART, **changes}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        self.world.run("helm", "package", str(folder), "-d", str(self.folder), env={**os.environ, "HOME": str(self.world.folder)})
        file = f"{name}-{version}.tgz"
        digest = hashlib.sha256((self.folder / file).read_bytes()).hexdigest()
        self.entries.append({"apiVersion": "v2", "name": name, "version": version, "urls": [file], "digest": digest, "created": "2026-01-01T00:00:00Z"})
        index = {"apiVersion": "v1", "entries": {name: self.entries}, "generated": "2026-01-01T00:00:00Z"}
        (self.folder / "index.yaml").write_text(json.dumps(index))


class Quiet(http.server.SimpleHTTPRequestHandler):
    def __init__(self, charts, *words, **options):
        self.charts = charts
        super().__init__(*words, **options)

    def do_GET(self):
        if self.charts.guard and not self.charts.guard(self.headers):
            return self.send_error(401)
        super().do_GET()

    def log_message(self, *words):
        pass


def start(world, *words):
    world.start_sandbox("--workload-speed", "10", *words)
    world.serve()
    world.kube.create("/api/v1/namespaces", {"metadata": {"name": "flux-system"}})


def repository(world, **spec):
    charts = Charts(world)
    charts.push("1.0.0")
    world.kube.create(f"{GROUP}/helmrepositories", {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "HelmRepository",
                                                    "metadata": {"name": "charts", "namespace": "flux-system"},
                                                    "spec": {"interval": "1s", "url": charts.url, **spec}})
    return charts


def release(world, name, chart=None, **spec):
    wanted = {"chart": "shop", "version": ">=1.0.0", "interval": "1s", "sourceRef": {"kind": "HelmRepository", "name": "charts"}, **(chart or {})}
    body = {"interval": "1m", "chart": {"spec": wanted}, **spec}
    world.kube.create(RELEASES, {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease",
                                 "metadata": {"name": name, "namespace": "flux-system"}, "spec": body})


def change(world, name, **spec):
    world.kube.patch(f"{RELEASES}/{name}", {"spec": spec})


def condition(of, type):
    return next((c for c in of.get("conditions", []) if c["type"] == type), {})


def await_condition(world, path, type="Ready", value="True", reason=None, message="", seconds=20):
    def holds():
        now = world.kube.get(path).get("status", {})
        found = condition(now, type)
        fits = found.get("status") == value and reason in (None, found.get("reason")) and message in found.get("message", "")
        return now if fits else None
    try:
        return eventually(holds, seconds, "")
    except AssertionError:
        raise AssertionError(f"{path}: {type} is not {value} {reason} {message}: {world.kube.get(path).get('status')}") from None


def await_release(world, name, **wanted):
    return await_condition(world, f"{RELEASES}/{name}", **wanted)


def helm(world, *words):
    env = {**os.environ, "KUBECONFIG": world.kubeconfig, "HOME": str(world.folder)}
    return subprocess.run([HELM, *words, "-n", "flux-system"], env=env, text=True, capture_output=True, check=True).stdout


def helm_history(world, name):
    if not HELM.exists():
        return None
    return [(item["revision"], item["status"]) for item in json.loads(helm(world, "history", name, "-o", "json"))]


def test_a_release_is_installed_upgraded_and_removed(world):
    start(world)
    charts = repository(world)
    world.kube.create(MAPS, config_map("defaults", **{"values.yaml": "who: them\nwhere: there\n", "place": "far"}))
    release(world, "second", dependsOn=[{"name": "shop"}], releaseName="other", targetNamespace="apps", install={"createNamespace": True})
    await_release(world, "second", value="False", reason="DependencyNotReady", message="unable to get 'flux-system/shop' dependency")
    release(world, "shop", valuesFrom=[{"kind": "ConfigMap", "name": "defaults"},
                                       {"kind": "ConfigMap", "name": "defaults", "valuesKey": "place", "targetPath": "where"}], values={"who": "me"},
            test={"enable": True}, commonMetadata={"labels": {"team": "red"}},
            postRenderers=[{"kustomize": {"patches": [{"patch": "- {op: add, path: /data/more, value: x}", "target": {"kind": "ConfigMap"}}]}}])
    now = await_release(world, "shop", reason="TestSucceeded", message="Helm test succeeded for release flux-system/shop.v1 with chart shop@1.0.0: "
                                                                       "1 test hook completed successfully")
    repo = world.kube.get(f"{GROUP}/helmrepositories/charts")["status"]
    assert repo["artifact"]["revision"].startswith("sha256:") and condition(repo, "Ready")["message"].startswith("stored artifact: revision 'sha256:"), repo
    chart = world.kube.get(f"{GROUP}/helmcharts/flux-system-shop")["status"]
    assert condition(chart, "Ready")["message"] == "pulled 'shop' chart with version '1.0.0'", chart
    assert condition(chart, "Ready")["reason"] == "ChartPullSucceeded" and chart["observedChartName"] == "shop", chart
    assert condition(now, "Released")["message"] == "Helm install succeeded for release flux-system/shop.v1 with chart shop@1.0.0", now
    live = world.kube.get(f"{MAPS}/shop")
    assert live["data"] == {"who": "me", "where": "far", "more": "x"}, live
    assert live["metadata"]["labels"]["team"] == "red" and live["metadata"]["labels"]["helm.toolkit.fluxcd.io/name"] == "shop", live
    snapshot = now["history"][0]
    assert (snapshot["version"], snapshot["status"], snapshot["action"], snapshot["appVersion"]) == (1, "deployed", "install", "7"), snapshot
    assert snapshot["testHooks"]["shop-test"]["phase"] == "Succeeded", snapshot
    assert {"id": "flux-system_shop__ConfigMap", "v": "v1"} in now["inventory"]["entries"], now
    await_release(world, "second", reason="InstallSucceeded", message="apps/other.v1")
    assert world.kube.find("/api/v1/namespaces/apps/configmaps/other")
    charts.push("1.1.0")
    now = await_release(world, "shop", type="Released", reason="UpgradeSucceeded", message="shop.v2 with chart shop@1.1.0")
    change(world, "shop", values={"who": "you"})
    now = await_release(world, "shop", type="Released", reason="UpgradeSucceeded", message="shop.v3 with chart shop@1.1.0")
    assert world.kube.get(f"{MAPS}/shop")["data"]["who"] == "you"
    assert helm_history(world, "shop") in (None, [(1, "superseded"), (2, "superseded"), (3, "deployed")])
    if HELM.exists():
        helm(world, "rollback", "shop", "1", "--force-conflicts")  # the fields are the helm-controller's
        assert world.kube.get(f"{MAPS}/shop")["data"]["who"] == "me"
        world.kube.patch(f"{RELEASES}/shop", {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}}})
        await_release(world, "shop", type="Released", reason="UpgradeSucceeded", message="shop.v5 with chart shop@1.1.0")
        assert world.kube.get(f"{MAPS}/shop")["data"]["who"] == "you"
    world.kube.delete(f"{RELEASES}/shop")
    eventually(lambda: world.kube.find(f"{RELEASES}/shop") is None, 10, "the HelmRelease is gone")
    assert world.kube.find(f"{MAPS}/shop") is None and world.kube.find(f"{GROUP}/helmcharts/flux-system-shop") is None
    assert world.kube.find("/api/v1/namespaces/flux-system/secrets/sh.helm.release.v1.shop.v3") is None


@taut_e2e.sandbox_only
def test_a_failed_upgrade_is_rolled_back_and_given_up(world):
    faults = world.folder / "images"
    faults.write_text("*:nosuchtag image-pull\n")
    start(world, "--image-faults", str(faults))
    repository(world)
    release(world, "shop", timeout="2s", upgrade={"remediation": {"retries": 1}})
    await_release(world, "shop", reason="InstallSucceeded")
    change(world, "shop", values={"image": "registry.example/web:nosuchtag"})
    await_release(world, "shop", type="Remediated", reason="RollbackSucceeded",
                  message="Helm rollback to previous release flux-system/shop.v1 with chart shop@1.0.0 succeeded")
    now = await_release(world, "shop", type="Stalled", reason="RetriesExceeded", message="Failed to upgrade after 2 attempt(s)", seconds=30)
    assert now["upgradeFailures"] == 2 and condition(now, "Ready")["status"] == "False", now
    assert condition(now, "Released")["message"].startswith("Helm upgrade failed for release flux-system/shop with chart shop@1.0.0: "), now
    image = world.kube.get(WEB.format("flux-system", "shop"))["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == "registry.example/web:1", image
    states = [status for _, status in helm_history(world, "shop") or [(0, "failed"), (0, "deployed")]]
    assert "failed" in states and states[-1] == "deployed", states
    change(world, "shop", values={"image": "registry.example/web:2"})
    now = await_release(world, "shop", reason="UpgradeSucceeded")
    assert "upgradeFailures" not in now and not condition(now, "Stalled"), now


def test_drift_is_told_and_corrected(world):
    start(world)
    repository(world)
    release(world, "shop", interval="1s", driftDetection={"mode": "warn", "ignore": [{"paths": ["/data/where"], "target": {"kind": "ConfigMap"}}]})
    await_release(world, "shop", reason="InstallSucceeded")
    world.kube.patch(f"{MAPS}/shop", {"data": {"who": "somebody", "where": "elsewhere"}})
    now = await_release(world, "shop", type="Drifted", reason="DriftDetected",
                        message="ConfigMap/flux-system/shop changed (0 additions, 1 changes, 0 removals)")
    assert condition(now, "Ready")["status"] == "True", now
    change(world, "shop", driftDetection={"mode": "enabled"})
    eventually(lambda: world.kube.get(f"{MAPS}/shop")["data"] == {"who": "nobody", "where": "elsewhere"}, 10, "the drift is corrected, the ignored field stays")
    world.kube.delete(f"{MAPS}/shop")
    eventually(lambda: world.kube.find(f"{MAPS}/shop"), 10, "what was removed is there again")
    now = await_release(world, "shop", type="Drifted", value="False", reason="NoDriftDetected")
    assert now["history"][0]["version"] == 1, now


def test_charts_of_git_with_values_files_and_faults(world):
    start(world)
    files = {f"chart/{path}": text for path, text in {"Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n", **CHART}.items()}
    world.repository.commit({**files, "after/map.yaml": config_map("after")})
    source(world)
    chart = {"chart": "./chart", "sourceRef": {"kind": "GitRepository", "name": "home"}, "reconcileStrategy": "Revision",
             "valuesFiles": ["chart/values.yaml", "chart/values-prod.yaml"]}
    release(world, "shop", chart=chart)
    now = await_release(world, "shop", reason="InstallSucceeded")
    sha = world.repository.git("rev-parse", "HEAD")
    assert now["lastAttemptedRevision"] == f"1.0.0+{sha[:12]}.1", now
    assert world.kube.get(f"{MAPS}/shop")["data"]["where"] == "prod"
    message = condition(world.kube.get(f"{GROUP}/helmcharts/flux-system-shop")["status"], "Ready")["message"]
    assert message == f"packaged 'shop' chart with version '1.0.0+{sha[:12]}.1' and merged values files [chart/values.yaml chart/values-prod.yaml]", message
    release(world, "none", chart={**chart, "chart": "./none"})
    await_release(world, "none", value="False", reason="SourceNotReady", message="HelmChart 'flux-system/flux-system-none' is not ready: invalid chart reference")
    release(world, "cel", chart=chart, healthCheckExprs=[{"apiVersion": "v1", "kind": "Widget", "current": "true"}])
    now = await_release(world, "cel", value="False", reason="UnsupportedField", message="spec.healthCheckExprs is not supported: health by CEL expressions")
    assert condition(now, "Stalled")["status"] == "True", now
    # Flux's own dependencies stay within a kind.
    kustomization(world, "chart", namespace="flux-system", path="./after", targetNamespace="default", dependsOn=[{"kind": "HelmRelease", "name": "late"}])
    await_kustomization(world, "chart", "False", "DependencyNotReady", 'HelmRelease.helm.toolkit.fluxcd.io "late" not found')
    world.kube.create(RELEASES.replace("v2", "v2beta2"), {
        "apiVersion": "helm.toolkit.fluxcd.io/v2beta2", "kind": "HelmRelease", "metadata": {"name": "late", "namespace": "flux-system"},
        "spec": {"interval": "1m", "chart": {"spec": {"chart": "./chart", "sourceRef": {"kind": "GitRepository", "name": "home"}}}}})
    await_release(world, "late", reason="InstallSucceeded")
    await_kustomization(world, "chart")
    release(world, "last", chart=chart, dependsOn=[{"kind": "Kustomization", "name": "chart"}])
    await_release(world, "last", reason="InstallSucceeded")
    change(world, "shop", suspend=True, values={"who": "never"})
    world.kube.delete(f"{RELEASES}/shop")
    eventually(lambda: world.kube.find(f"{RELEASES}/shop") is None, 10, "the HelmRelease is gone")
    assert world.kube.get(f"{MAPS}/shop")["data"]["who"] == "nobody"


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
