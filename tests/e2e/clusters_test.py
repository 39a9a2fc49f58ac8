"""Applications that go to another cluster: two sandboxes, one `taut serve`; the second cluster dies and comes back."""
import base64
import json
import signal
import sys
import time

import taut_e2e
from taut_e2e import ARGO, Kube, config_map, deployment, eventually

MAPS = "/api/v1/namespaces/default/configmaps"
TOKEN = "east-token-that-nobody-sees"


class East:
    """The second cluster. Its state is in a file, so that it is the same one after a kill."""

    def __init__(self, world):
        self.world, self.port = world, 0
        self.kubeconfig = world.folder / "east"
        self.process = self.kube = None

    def start(self):
        self.kubeconfig.unlink(missing_ok=True)
        self.process = self.world.start("east", "sandbox", "--port", str(self.port), "--data", str(self.world.folder / "east.db"),
                                        "--token", TOKEN, "--kubeconfig", str(self.kubeconfig))
        eventually(self.kubeconfig.exists, 10, "the second sandbox writes its kubeconfig")
        self.kube = Kube(self.kubeconfig)
        self.port = self.kube.url.port
        eventually(lambda: self.kube.call("GET", "/version"), 20, "the second API server answers")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @property
    def server(self):
        return f"https://127.0.0.1:{self.port}"

    def secret(self, name="east", **more):
        config = {"bearerToken": TOKEN, "tlsClientConfig": {"insecure": True}}
        data = {"name": name, "server": self.server, "config": json.dumps(config), **more}
        return {"apiVersion": "v1", "kind": "Secret",
                "metadata": {"name": f"cluster-{name}", "namespace": "argocd",
                             "labels": {"argocd.argoproj.io/secret-type": "cluster"}},
                "data": {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}}


def conditions(world, name):
    return " ".join(c["message"] for c in world.app(name).get("status", {}).get("conditions", []))


@taut_e2e.sandbox_only
def test_another_cluster_is_kept_equal_to_git_and_may_go_away(world):
    world.start_sandbox()
    east = East(world)
    east.start()
    world.repository.commit({"far/map.yaml": config_map("far", x="1"), "far/d.yaml": deployment("far"),
                             "near/map.yaml": config_map("near", x="1")})
    world.serve()
    world.application("near")
    world.application("far", destination={"name": "east", "namespace": "default"})
    eventually(lambda: "there are no clusters with this name: east" in conditions(world, "far"), 15, "the cluster is not known")
    world.kube.create("/api/v1/namespaces/argocd/secrets", east.secret())
    world.await_app("far", "Synced", "Healthy")
    assert east.kube.find(f"{MAPS}/far") and not world.kube.find(f"{MAPS}/far")
    world.await_app("near", "Synced", "Healthy")

    start = time.monotonic()
    east.kube.patch(f"{MAPS}/far", {"data": {"x": "edited"}})
    eventually(lambda: east.kube.get(f"{MAPS}/far")["data"]["x"] == "1", 2.0, "an edit in the other cluster is healed")
    print(f"     healed after {(time.monotonic() - start) * 1000:.0f} ms")

    planned = world.run("diff", "far", "--kubeconfig", world.kubeconfig, "--data", str(world.folder / "data"), check=False)
    assert planned.returncode == 0, planned.stdout + planned.stderr

    east.kill()
    sha = world.repository.commit({"near/map.yaml": config_map("near", x="2"), "far/map.yaml": config_map("far", x="2")})
    world.await_app("near", "Synced", revision=sha)
    eventually(lambda: "failed to get cluster info" in conditions(world, "far"), 20, "the outage is told")
    why = conditions(world, "far")
    assert east.server in why and "refused" in why, why
    world.await_app("far", "Unknown")
    east.start()
    world.await_app("far", "Synced", "Healthy", revision=sha)
    assert east.kube.get(f"{MAPS}/far")["data"]["x"] == "2"
    eventually(lambda: "failed to get cluster info" not in conditions(world, "far"), 10, "the outage is forgotten")

    log = (world.folder / "serve.log").read_text()
    assert TOKEN not in log and base64.b64encode(TOKEN.encode()).decode() not in log


@taut_e2e.sandbox_only
def test_a_cluster_that_is_not_there_at_the_start_is_found_when_it_comes(world):
    world.start_sandbox()
    east = East(world)
    east.start()
    east.kill()
    world.repository.commit({"far/map.yaml": config_map("far", x="1")})
    process = world.serve()
    world.kube.create("/api/v1/namespaces/argocd/secrets", east.secret())
    world.application("far", destination={"server": east.server, "namespace": "default"})
    eventually(lambda: "failed to get cluster info" in conditions(world, "far"), 20, "the outage is told")
    east.start()
    world.await_app("far", "Synced", "Healthy")
    # Neither does a cluster that is away hold up the end.
    east.kill()
    start = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(15)
    assert time.monotonic() - start < 5, time.monotonic() - start


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
