"""`taut sandbox --import`: a copy of a cluster answers as the original does, and the original is only read."""
import json
import pathlib
import sys
import time

import taut_e2e
from taut_e2e import Kube, config_map, deployment, eventually

# What a server makes anew, or what is no part of a copy.
HISTORY = {("", "Event"), ("events.k8s.io", "Event"), ("coordination.k8s.io", "Lease")}
DEFINITION = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "gears.copy.taut.dev"},
              "spec": {"group": "copy.taut.dev", "scope": "Namespaced", "names": {"kind": "Gear", "plural": "gears"},
                       "versions": [{"name": "v1", "served": True, "storage": True, "subresources": {"status": {}}, "schema": {
                           "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}


def collections(kube):
    """(group, kind, path) of everything that can be listed and created, each kind once."""
    out = {}
    for group, path in [("", "/api/v1")] + [(g["name"], "/apis/" + g["preferredVersion"]["groupVersion"]) for g in kube.get("/apis")["groups"]]:
        for resource in kube.get(path)["resources"]:
            if {"list", "create"} <= set(resource["verbs"]) and (group, resource["kind"]) not in HISTORY:
                out[group, resource["kind"]] = f"{path}/{resource['name']}"
    return out


def objects(kube):
    """Every object by kind, namespace and name, without its resourceVersion."""
    out = {}
    for (group, kind), path in collections(kube).items():
        for item in kube.get(path)["items"]:
            item["metadata"].pop("resourceVersion")
            out[f"{group}/{kind} {item['metadata'].get('namespace', '')}/{item['metadata']['name']}"] = item
    return out


def fill(kube):
    """A little of everything that a cluster may hold."""
    kube.create("/api/v1/namespaces", {"metadata": {"name": "shop"}})
    kube.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", DEFINITION)
    shop = "/api/v1/namespaces/shop"
    eventually(lambda: kube.find(f"{shop}/serviceaccounts/default"), 30, "the namespace gets its service account")
    kube.create(f"{shop}/configmaps", config_map("c", a="1"))
    kube.create(f"{shop}/secrets", {"metadata": {"name": "s"}, "stringData": {"password": "geheim"}})
    kube.create(f"{shop}/services", {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}})
    kube.create("/apis/apps/v1/namespaces/shop/deployments", deployment("web", replicas=2))
    kube.create("/apis/batch/v1/namespaces/shop/jobs", {"metadata": {"name": "j"}, "spec": {"template": {"spec": {
        "restartPolicy": "Never", "containers": [{"name": "c", "image": "registry.example/job:1", "command": ["true"]}]}}}})
    eventually(lambda: kube.create("/apis/copy.taut.dev/v1/namespaces/shop/gears", {
        "apiVersion": "copy.taut.dev/v1", "kind": "Gear", "metadata": {"name": "g"}, "spec": {"teeth": 12}}), 30, "gears are served")
    eventually(lambda: kube.get("/apis/apps/v1/namespaces/shop/deployments/web")["status"].get("readyReplicas") == 2, 60, "web is ready")
    eventually(lambda: kube.get("/apis/batch/v1/namespaces/shop/jobs/j")["status"].get("succeeded") == 1, 60, "the job completes")
    # After all that it counts: a real controller that has missed one counts again after minutes only.
    eventually(lambda: kube.find(f"{shop}/configmaps/kube-root-ca.crt"), 30, "the namespace gets its certificate")
    kube.create(f"{shop}/resourcequotas", {"metadata": {"name": "q"}, "spec": {"hard": {"configmaps": "50"}}})
    eventually(lambda: kube.get(f"{shop}/resourcequotas/q").get("status", {}).get("used") == {"configmaps": "2"}, 60, "the quota counts both")
    stand_still(kube)


def stand_still(kube):
    """Waits until nothing changes any more."""
    before = None
    for _ in range(60):
        now = objects(kube)
        if now == before:
            return
        before = now
        time.sleep(1)
    raise AssertionError("the cluster does not come to rest")


def start_copy(world, source, *words):
    """A sandbox that begins with a copy of `source`; its client, and what it said."""
    number = len(world.processes)
    config = world.folder / f"copy{number}"
    process = world.start(f"copy{number}", "sandbox", "--port", "0", "--kubeconfig", str(config), "--import", str(source), *words)
    eventually(config.exists, 30, "the copy writes its kubeconfig")
    return Kube(config), (world.folder / f"copy{number}.log").read_text(), process


def withheld(found):
    """The objects as a copy has them that keeps no values of Secrets."""
    out = json.loads(json.dumps(found))
    for name, item in out.items():
        if name.startswith("/Secret "):
            item["data"] = dict.fromkeys(item.get("data", {}), "d2l0aGhlbGQ=")
    return out


def assert_equal(copy, original, but=()):
    """Both hold the same objects; `but` are kinds that only the copy makes for itself."""
    chosen = lambda found: {k: v for k, v in found.items() if not k.startswith(tuple(but))}
    copy, original = chosen(copy), chosen(original)
    assert copy.keys() == original.keys(), (sorted(copy.keys() - original.keys()), sorted(original.keys() - copy.keys()))
    different = [(k, original[k], copy[k]) for k in copy if copy[k] != original[k]]
    assert not different, json.dumps(different[0], indent=1)


# Bootstrap objects that the sandbox does not have are taken as they are; those of its own that a real server lacks
# are made beside them.
OWN = ("/Service default/kubernetes", "storage.k8s.io/StorageClass", "rbac.authorization.k8s.io/ClusterRole", "discovery.k8s.io/EndpointSlice default/kubernetes",
       "/Endpoints default/kubernetes")


def test_a_copy_of_a_cluster_is_equal_to_it(world):
    world.start_sandbox()
    fill(world.kube)
    before = objects(world.kube)
    copy, said, _ = start_copy(world, world.kubeconfig, "--workloads", "off")
    assert "not in the copy" not in said, said
    assert_equal(objects(copy), withheld(before), OWN)
    assert objects(world.kube) == before, "the original was changed"


def test_a_copy_stays_as_it_is_under_the_simulated_controllers(world):
    world.start_sandbox()
    fill(world.kube)
    before = objects(world.kube)
    copy, _, _ = start_copy(world, world.kubeconfig, "--import-secrets", "keep")
    time.sleep(3)
    assert_equal(objects(copy), before, OWN)
    # And they are alive: the copy goes its own way.
    copy.patch("/apis/apps/v1/namespaces/shop/deployments/web", {"spec": {"template": {"metadata": {"annotations": {"x": "y"}}}}})
    names = {p["metadata"]["name"] for p in world.kube.get("/api/v1/namespaces/shop/pods?labelSelector=app=web")["items"]}

    def rolled():
        pods = copy.get("/api/v1/namespaces/shop/pods?labelSelector=app=web")["items"]
        return len(pods) == 2 and not names & {p["metadata"]["name"] for p in pods}
    eventually(rolled, 30, "pods on nodes of the original are replaced")
    assert objects(world.kube) == before, "the original was changed"


def test_a_dump_is_a_copy_too_and_diffs_alike(world):
    world.start_sandbox()
    fill(world.kube)
    dump = {"apiVersion": "v1", "kind": "List", "items": [item for (group, kind), path in collections(world.kube).items()
                                                          for item in typed(world.kube, group, kind, path)]}
    (world.folder / "dump").mkdir()
    (world.folder / "dump" / "all.json").write_text(json.dumps(dump))
    (world.folder / "dump" / "broken.yaml").write_text("a: b: c\n")
    copy, said, _ = start_copy(world, world.folder / "dump", "--workloads", "off")
    assert "broken.yaml:1" in said and "1 could not be read" in said, said
    assert_equal(objects(copy), withheld(objects(world.kube)), OWN)
    wanted = world.folder / "wanted"
    wanted.mkdir()
    (wanted / "d.json").write_text(json.dumps(deployment("web", image="registry.example/app:2", replicas=3)))
    (wanted / "c.json").write_text(json.dumps(config_map("c", a="1", b="2")))
    diff = lambda config: world.run("diff", str(wanted), "-n", "shop", "--kubeconfig", str(config), check=False)
    original, other = diff(world.kubeconfig), diff(world.folder / f"copy{len(world.processes) - 1}")
    assert original.returncode == 1 and original.stdout == other.stdout, (original.stdout, other.stdout, other.stderr)
    assert "registry.example/app:2" in original.stdout


def typed(kube, group, kind, path):
    """Items with apiVersion and kind, as kubectl prints them."""
    found = kube.get(path)
    return [{"apiVersion": found["apiVersion"], "kind": kind, **item} for item in found["items"]]


@taut_e2e.sandbox_only
def test_an_imported_state_outlives_a_kill(world):
    world.start_sandbox()
    fill(world.kube)
    data = ["--data", str(world.folder / "copy.db"), "--workloads", "off"]
    copy, _, process = start_copy(world, world.kubeconfig, *data)
    copy.delete("/api/v1/namespaces/shop/configmaps/c")
    copy.patch("/apis/copy.taut.dev/v1/namespaces/shop/gears/g", {"spec": {"teeth": 13}})
    before = objects(copy)
    process.kill()
    process.wait()
    again, said, _ = start_copy(world, world.kubeconfig, *data)
    assert "the data file has a state already" in said, said
    assert_equal(objects(again), before)


@taut_e2e.sandbox_only
def test_what_may_not_be_read_is_named(world):
    world.start_sandbox()
    kube = world.kube
    account = kube.create("/api/v1/namespaces/default/serviceaccounts", {"metadata": {"name": "reader"}})
    role = {"metadata": {"name": "maps"}, "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}]}
    kube.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", role)
    kube.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        "metadata": {"name": "maps"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "maps"},
        "subjects": [{"kind": "ServiceAccount", "namespace": "default", "name": account["metadata"]["name"]}]})
    token = kube.create("/api/v1/namespaces/default/serviceaccounts/reader/token", {"spec": {}})["status"]["token"]
    config = world.folder / "reader"
    config.write_text(pathlib.Path(world.kubeconfig).read_text().replace(kube.token, token))
    copy, said, _ = start_copy(world, config, "--workloads", "off")
    assert "  Secret: secrets is forbidden" in said and "could not be read" in said, said
    assert copy.find("/api/v1/namespaces/default/configmaps/kube-root-ca.crt")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
