"""kill -9 at any moment of a sync, then a restart, ends in the same state."""
import random
import signal
import sys
import time

import taut_e2e
from taut_e2e import config_map, deployment, eventually

ROUNDS = 50


@taut_e2e.sandbox_only
def test_killed_fifty_times_it_ends_where_git_says(world):
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    print(f"     seed {seed}")
    world.start_sandbox("--workload-speed", "10")
    files = {"web/d.yaml": deployment("web")}
    for i in range(12):
        files[f"web/m{i}.yaml"] = config_map(f"m{i}", {"argocd.argoproj.io/sync-wave": str(i % 4)}, round="0")
    world.repository.commit(files)
    process = world.serve()
    world.application("web")
    world.await_app("web", "Synced", "Healthy")
    for i in range(1, ROUNDS + 1):
        change = {f"web/m{k}.yaml": config_map(f"m{k}", {"argocd.argoproj.io/sync-wave": str(k % 4)}, round=str(i)) for k in range(12)}
        # A map that is there only in every other round is created and pruned all the time.
        change["web/extra.yaml"] = config_map("extra", x=str(i)) if i % 2 else None
        sha = world.repository.commit(change)
        world.kube.patch(f"{taut_e2e.ARGO}/namespaces/argocd/applications/web",
                         {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "normal"}}})
        time.sleep(chance.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = world.serve()
        if i % 10 == 0:
            world.await_app("web", "Synced", "Healthy", revision=sha, seconds=40)
    world.await_app("web", "Synced", "Healthy", "Succeeded", revision=sha, seconds=40)
    maps = world.kube.get("/api/v1/namespaces/default/configmaps")["items"]
    found = {m["metadata"]["name"]: m["data"] for m in maps if m["metadata"]["name"] != "kube-root-ca.crt"}
    assert found == {f"m{k}": {"round": str(ROUNDS)} for k in range(12)}, found
    history = [h["revision"] for h in world.app("web")["status"]["history"]]
    assert len(history) == len(set(history)) and history[-1] == sha, history


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
