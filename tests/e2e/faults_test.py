"""What goes wrong between taut and the API server is survived: each fault is injected by the sandbox's own switch."""
import http.client
import itertools
import sys
import threading

import taut_e2e
from taut_e2e import config_map, deployment, eventually

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


def survive(world, rules):
    """A first sync, three commits, an edit and a prune under these faults; the end is what Git says."""
    faults = world.folder / "faults"
    faults.write_text("seed 7\n" + rules)
    world.start_sandbox("--fault", str(faults), "--workload-speed", "10")
    files = {"web/d.yaml": deployment("web")}
    files.update({f"web/m{i}.yaml": config_map(f"m{i}", round="0") for i in range(8)})
    world.repository.commit(files)
    world.serve()
    # Our own request may be the one that fails.
    eventually(lambda: world.kube.find(f"{taut_e2e.ARGO}/namespaces/argocd/applications/web") or world.application("web"), 30, "web is made")
    world.await_app("web", "Synced", "Healthy", seconds=60)
    for number in "123":
        sha = world.repository.commit({f"web/m{i}.yaml": config_map(f"m{i}", round=number) for i in range(8)})
        world.await_app("web", "Synced", "Healthy", revision=sha, seconds=60)
    sha = world.repository.commit({"web/m7.yaml": None})
    world.await_app("web", "Synced", "Healthy", revision=sha, seconds=60)

    def as_git_says():
        maps = {m["metadata"]["name"]: m["data"] for m in world.kube.get(CONFIG_MAPS)["items"]}
        maps.pop("kube-root-ca.crt", None)
        return maps == {f"m{i}": {"round": "3"} for i in range(7)}
    eventually(as_git_says, 60, "the objects are what Git says")


@taut_e2e.sandbox_only
def test_connections_that_break(world):
    survive(world, "patch,delete * reset p=0.15\ncreate /apis/apiextensions* reset count=2\nwatch * cut=300ms p=0.5\n")


@taut_e2e.sandbox_only
def test_a_server_that_is_overloaded(world):
    survive(world, "patch * too-many=1s p=0.1\nlist * too-many=1s count=3\n")


@taut_e2e.sandbox_only
def test_a_server_that_fails(world):
    survive(world, "patch /api* error=500 p=0.1\nget * error=503 p=0.1\nlist * error=500 count=4\n")


@taut_e2e.sandbox_only
def test_watches_that_are_slow_and_expire(world):
    survive(world, "watch * expired p=0.3\nwatch * slow=100ms p=0.5\nwatch * cut=500ms p=0.5\n")


@taut_e2e.sandbox_only
def test_every_twentieth_request_fails_and_every_watch_is_cut(world):
    survive(world, "* * error=500 p=0.05\nwatch * cut=2s\n")


@taut_e2e.sandbox_only
def test_every_twentieth_request_fails_in_one_of_several_ways(world):
    survive(world, "* * reset p=0.02\n* * error=503 p=0.02\n* * too-many=1s p=0.01\nwatch * cut=2s\n")


@taut_e2e.sandbox_only
def test_a_definition_that_comes_later(world):
    world.start_sandbox()
    world.repository.commit({"web/thing.yaml": {"apiVersion": "later.example/v1", "kind": "Thing", "metadata": {"name": "t"},
                                                "spec": {"size": 3}}})
    world.serve()
    world.application("web")
    eventually(lambda: "could not find later.example/Thing" in str(world.app("web").get("status", {})), 15,
               "the missing kind is named")
    world.kube.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.later.example"},
        "spec": {"group": "later.example", "scope": "Namespaced",
                 "names": {"kind": "Thing", "listKind": "ThingList", "plural": "things", "singular": "thing"},
                 "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                     "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}})
    world.await_app("web", "Synced", seconds=60)
    assert world.kube.get("/apis/later.example/v1/namespaces/default/things/t")["spec"]["size"] == 3


@taut_e2e.sandbox_only
def test_a_sandbox_with_data_survives_its_own_kill(world):
    data = str(world.folder / "state.db")
    world.start_sandbox("--data", data, "--token", "t" * 20)
    world.kube.create(CONFIG_MAPS, config_map("kept", x="1"))
    before = world.kube.get(f"{CONFIG_MAPS}/kept")
    world.sandbox.kill()
    world.sandbox.wait()
    (world.folder / "kubeconfig").unlink()
    world.start_sandbox("--data", data, "--token", "t" * 20)
    after = eventually(lambda: world.kube.find(f"{CONFIG_MAPS}/kept"), 10, "the object is there again")
    assert after == before, (before, after)


@taut_e2e.sandbox_only
def test_a_sandbox_killed_under_load_loses_no_answered_write(world):
    """kill -9 while four clients write: what was answered is there again, and nothing is half there."""
    data, config = str(world.folder / "state.db"), world.folder / "kubeconfig"
    answered, stop = {}, threading.Event()

    def write(client, number):
        for i in itertools.count():
            name = f"w{number}-{i}"
            try:
                made = client.create(CONFIG_MAPS, config_map(name, n=str(i)))
                answered[name] = made["metadata"]["resourceVersion"]
                if i % 3 == 0:
                    answered[name] = client.patch(f"{CONFIG_MAPS}/{name}", {"data": {"n": "patched"}})["metadata"]["resourceVersion"]
            except (OSError, http.client.HTTPException, ValueError):
                return
            if stop.is_set():
                return

    for _ in range(3):
        world.start_sandbox("--data", data, "--token", "t" * 20)
        known = len(answered)
        stop.clear()
        writers = [threading.Thread(target=write, args=(taut_e2e.Kube(config), f"{known}x{n}")) for n in range(4)]
        for writer in writers:
            writer.start()
        eventually(lambda: len(answered) > known + 100, 60, "writes are under way")
        world.sandbox.kill()
        world.sandbox.wait()
        stop.set()
        for writer in writers:
            writer.join(30)
        config.unlink()
    world.start_sandbox("--data", data, "--token", "t" * 20)
    found = {m["metadata"]["name"]: m["metadata"]["resourceVersion"] for m in world.kube.get(CONFIG_MAPS)["items"]}
    lost = {name for name, version in answered.items() if int(found.get(name, 0)) < int(version)}
    assert not lost, f"{len(lost)} of {len(answered)} answered writes are lost: {sorted(lost)[:5]}"


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
