"""What `taut sandbox --data` promises: whatever was answered survives kill -9, a full disk is an error in words."""
import json
import random
import resource
import signal
import subprocess
import sys
import threading
import time

import taut_e2e
from taut_e2e import Kube, Refused, config_map

MAPS = "/api/v1/namespaces/default/configmaps"
ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts"
ROUNDS = 6


class Server:
    """`taut sandbox` over one data file, to be killed and started again."""

    def __init__(self, world):
        self.world, self.folder = world, world.folder
        self.config = self.folder / "data.kubeconfig"
        self.process = None

    def start(self, file_limit=None):
        self.config.unlink(missing_ok=True)
        limit = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))) if file_limit else None
        # Python ignores SIGXFSZ; that is handed on, so that a file that is too long is an error, not a death.
        self.process = subprocess.Popen([self.world.taut_binary, "sandbox", "--port", "0", "--workloads", "off", "--data", self.folder / "data.db",
                                         "--kubeconfig", self.config], stdout=subprocess.DEVNULL, preexec_fn=limit, restore_signals=False)
        self.world.processes.append(self.process)
        for _ in range(1000):
            if self.config.exists():
                return Kube(self.config)
            assert self.process.poll() is None, "the sandbox ended"
            time.sleep(0.01)
        raise AssertionError("the sandbox does not start")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def write_until_it_dies(kube, thread, acknowledged):
    """Creates, changes and deletes; `acknowledged` has what the server confirmed last for each name (None: deleted)."""
    for i in range(1_000_000):
        name = f"t{thread}-{i % 20}"
        try:
            if acknowledged.get(name) is None:
                acknowledged[name + "?"] = str(i)
                kube.call("POST", MAPS, config_map(name, value=str(i)))
                acknowledged[name] = str(i)
            elif i % 3 == 0:
                acknowledged[name + "?"] = None
                kube.call("DELETE", f"{MAPS}/{name}")
                acknowledged[name] = None
            else:
                acknowledged[name + "?"] = str(i)
                kube.call("PATCH", f"{MAPS}/{name}", {"data": {"value": str(i)}}, "application/merge-patch+json")
                acknowledged[name] = str(i)
        except (OSError, json.JSONDecodeError):
            return
        except Refused as refused:
            # What was not confirmed before the kill may have happened.
            if refused.code not in (404, 409):
                raise
            found = kube.find(f"{MAPS}/{name}")
            acknowledged[name] = found["data"]["value"] if found else None


@taut_e2e.sandbox_only
def test_what_was_answered_survives_kill_9_under_load(world):
    server, chance = Server(world), random.Random(5)
    states = [{} for _ in range(4)]
    for _ in range(ROUNDS):
        kube = server.start()
        threads = [threading.Thread(target=write_until_it_dies, args=(kube, i, states[i])) for i in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.3, 0.8))
        server.kill()
        for thread in threads:
            thread.join()
        kube = server.start()
        found = {m["metadata"]["name"]: m["data"]["value"] for m in kube.get(MAPS)["items"] if m["metadata"]["name"].startswith("t")}
        for state in states:
            for name in [n for n in state if not n.endswith("?")]:
                # The last one under way may or may not have happened; all before it must.
                assert found.get(name) in (state[name], state[name + "?"]), (name, found.get(name), state[name], state[name + "?"])
                state[name] = found.get(name)
        server.kill()
    assert sum(len(s) for s in states) > 40, "hardly anything was written"


@taut_e2e.sandbox_only
def test_tokens_and_revisions_outlive_a_restart(world):
    server = Server(world)
    kube = server.start()
    kube.call("POST", ACCOUNTS, {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot"}})
    token = kube.call("POST", f"{ACCOUNTS}/robot/token", {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                                                          "spec": {}})["status"]["token"]
    newest = int(kube.call("POST", MAPS, config_map("one"))["metadata"]["resourceVersion"])
    server.kill()
    kube = server.start()
    assert int(kube.call("POST", MAPS, config_map("two"))["metadata"]["resourceVersion"]) > newest
    kube.token = token
    who = kube.call("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {"apiVersion": "authentication.k8s.io/v1",
                                                                                  "kind": "SelfSubjectReview"})
    assert who["status"]["userInfo"]["username"] == "system:serviceaccount:default:robot", who
    server.kill()


@taut_e2e.sandbox_only
def test_a_full_disk_is_an_error_in_words_and_nothing_else_breaks(world):
    server = Server(world)
    kube = server.start()
    server.kill()
    kube = server.start(file_limit=1 << 20)
    written, refusal = 0, None
    for i in range(2000):
        try:
            kube.call("POST", MAPS, config_map(f"m{i}", pad="x" * 4000))
            written += 1
        except Refused as refused:
            refusal = refused
            break
    assert refusal is not None and refusal.code == 500, refusal
    assert "no space is left on the disk" in refusal.body["message"], refusal.body
    assert kube.find(f"{MAPS}/m{written}") is None
    assert len([m for m in kube.get(MAPS)["items"] if m["metadata"]["name"].startswith("m")]) == written
    server.kill()
    kube = server.start()
    assert len([m for m in kube.get(MAPS)["items"] if m["metadata"]["name"].startswith("m")]) == written
    kube.call("POST", MAPS, config_map("after"))
    server.kill()


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
