"""Charts of registries by HelmRepositories of type oci, and charts in Git whose dependencies are fetched with the login of
a HelmRepository beside them."""
import base64
import sys

import fake_registry
import taut_e2e
from flux_helm_test import CHART, GROUP, MAPS, Charts, await_condition, await_release, change, release
from flux_oci_test import PASSWORD, SECRETS, login
from flux_test import source
from taut_e2e import eventually

FILES = {"values.yaml": CHART["values.yaml"], "templates/map.yaml": CHART["templates/map.yaml"]}


def start(world, files=None):
    world.start_sandbox("--workload-speed", "10")
    world.repository.commit(files or {"readme.md": ""})
    world.serve()
    world.kube.create("/api/v1/namespaces", {"metadata": {"name": "flux-system"}})


def repository(world, name, url, **spec):
    world.kube.create(f"{GROUP}/helmrepositories", {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "HelmRepository",
                                                    "metadata": {"name": name, "namespace": "flux-system"}, "spec": {"interval": "1s", "url": url, **spec}})


def oci(world, registry, name="charts", **spec):
    repository(world, name, f"oci://{registry.host}/team/charts", type="oci", insecure=True, **spec)


def chart_of(world, release):
    return f"{GROUP}/helmcharts/flux-system-{release}"


def test_charts_of_a_registry_are_released(world):
    start(world)
    registry = fake_registry.Registry("robot", PASSWORD)
    registry.push_chart("team/charts", "shop", "1.0.0", FILES)
    registry.push_chart("team/charts", "shop", "2.0.0", FILES)
    login(world, registry, PASSWORD)
    oci(world, registry, secretRef={"name": f"login-{len(PASSWORD)}"})
    release(world, "shop", chart={"version": "1.x"}, values={"who": "taut"})
    now = await_release(world, "shop", reason="InstallSucceeded", message="with chart shop@1.0.0")
    assert world.kube.get(f"{MAPS}/shop")["data"] == {"who": "taut", "where": "here"}
    chart = world.kube.get(chart_of(world, "shop"))["status"]
    assert chart["artifact"]["revision"] == "1.0.0", chart
    assert "pulled 'shop' chart with version '1.0.0'" in await_condition(world, chart_of(world, "shop"))["conditions"][0]["message"]
    # A registry is asked when a chart is: the repository itself has nothing to say.
    assert "conditions" not in world.kube.get(f"{GROUP}/helmrepositories/charts").get("status", {}), now
    registry.push_chart("team/charts", "shop", "1.1.0+build.7", FILES)
    await_release(world, "shop", reason="UpgradeSucceeded", message="with chart shop@1.1.0+build.7")
    change(world, "shop", chart={"spec": {"version": "9.x"}})
    await_condition(world, chart_of(world, "shop"), value="False", reason="InvalidChartReference",
                    message="could not locate a version matching provided version string 9.x")
    await_release(world, "shop", value="False", reason="SourceNotReady", message="HelmChart 'flux-system/flux-system-shop' is not ready: invalid chart reference")
    assert PASSWORD not in (world.folder / "serve.log").read_text()


def test_a_registry_that_refuses_is_told(world):
    start(world)
    registry = fake_registry.Registry("robot", PASSWORD)
    registry.push_chart("team/charts", "shop", "1.0.0", FILES)
    oci(world, registry)
    release(world, "shop")
    await_condition(world, chart_of(world, "shop"), value="False", reason="ChartPullError", message="failed to get chart version for remote reference")
    login(world, registry, PASSWORD)
    world.kube.patch(f"{GROUP}/helmrepositories/charts", {"spec": {"secretRef": {"name": f"login-{len(PASSWORD)}"}}})
    await_release(world, "shop", reason="InstallSucceeded")
    repository(world, "wrong", "https://charts.example.com", type="oci")
    release(world, "wrong", chart={"sourceRef": {"kind": "HelmRepository", "name": "wrong"}})
    await_condition(world, chart_of(world, "wrong"), value="False", message="invalid OCI registry URL: https://charts.example.com")


def test_dependencies_are_fetched_with_the_login_of_a_repository_beside(world):
    registry = fake_registry.Registry("robot", PASSWORD)
    registry.push_chart("team/charts", "shop", "1.2.0", FILES)
    parent = lambda url, version: {"umbrella/Chart.yaml": "apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n"
                                                          f"- name: shop\n  version: {version}\n  repository: {url}\n"}
    files = parent(f"oci://{registry.host}/team/charts/", "1.x")
    start(world, files)
    source(world)
    login(world, registry, PASSWORD)
    release(world, "umbrella", chart={"chart": "./umbrella", "reconcileStrategy": "Revision", "sourceRef": {"kind": "GitRepository", "name": "home"}},
            values={"shop": {"who": "below"}})
    await_condition(world, chart_of(world, "umbrella"), value="False", reason="DependencyBuildError", message="failed to add remote dependency 'shop': ")
    oci(world, registry, secretRef={"name": f"login-{len(PASSWORD)}"})
    await_release(world, "umbrella", reason="InstallSucceeded")
    assert world.kube.get(f"{MAPS}/umbrella")["data"]["who"] == "below"
    # The same over HTTP, with a name and a password.
    charts = Charts(world)
    charts.push("1.0.0", **{"templates/web.yaml": "", "templates/test.yaml": ""})
    wanted = "Basic " + base64.b64encode(f"robot:{PASSWORD}".encode()).decode()
    charts.guard = lambda headers: headers.get("Authorization") == wanted
    world.kube.create(SECRETS, {"metadata": {"name": "basic"}, "stringData": {"username": "robot", "password": PASSWORD}})
    world.repository.commit(parent(charts.url, "1.0.0"))
    await_condition(world, chart_of(world, "umbrella"), value="False", reason="DependencyBuildError", message="shop")
    repository(world, "private", charts.url + "/", secretRef={"name": "basic"})
    await_condition(world, f"{GROUP}/helmrepositories/private")
    await_release(world, "umbrella", reason="UpgradeSucceeded")
    eventually(lambda: world.kube.get(f"{MAPS}/umbrella")["data"]["who"] == "below", 10, "it is released with the other shop")
    assert PASSWORD not in (world.folder / "serve.log").read_text()


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
