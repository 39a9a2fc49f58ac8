"""ApplicationSets with strategy RollingSync: their Applications are synced step by step, and deleted in reverse."""
import json
import sys

import taut_e2e
from taut_e2e import ARGO, deployment, eventually

SETS = f"{ARGO}/namespaces/argocd/applicationsets"
APPLICATIONS = f"{ARGO}/namespaces/argocd/applications"
NAMES = {"dev": "dev", "prod-a": "prod", "prod-b": "prod", "spare": "none"}


def step(environment, **more):
    return {"matchExpressions": [{"key": "env", "operator": "In", "values": [environment]}], **more}


def files(image):
    return {f"{name}/d.json": deployment(name, image=image) for name in NAMES}


def begin(world, image, **strategy):
    (world.folder / "images").write_text("*/missing:* image-pull\n")
    world.start_sandbox("--workload-speed", "10", "--image-faults", str(world.folder / "images"))
    world.repository.commit(files(image))
    world.serve()
    world.kube.create(SETS, {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": "shop", "namespace": "argocd"},
        "spec": {"generators": [{"list": {"elements": [{"name": name, "env": env} for name, env in NAMES.items()]}}],
                 "strategy": {"type": "RollingSync", **strategy,
                              "rollingSync": {"steps": [step("dev"), step("prod", maxUpdate=1)]}},
                 "template": {"metadata": {"name": "{{name}}", "labels": {"env": "{{env}}"},
                                           "finalizers": ["resources-finalizer.argocd.argoproj.io"]},
                              "spec": {"project": "default",
                                       "source": {"repoURL": world.repository.url, "path": "{{name}}", "targetRevision": "main"},
                                       "destination": {"server": "https://kubernetes.default.svc", "namespace": "default"},
                                       "syncPolicy": {"automated": {"prune": True}}}}}})


def read(world):
    """What the set says, at one moment: the state of each Application, and of the rollout."""
    status = world.kube.get(f"{SETS}/shop").get("status", {})
    conditions = {c["type"]: c["message"] for c in status.get("conditions", [])}
    return {s["application"]: s["status"] for s in status.get("applicationStatus", [])}, conditions.get("RolloutProgressing", "")


def states(world):
    return read(world)[0]


def rollout(world):
    return read(world)[1]


def watch_until_done(world):
    """All that was seen of the states, until the rollout has completed."""
    seen = []
    def done():
        now, state = read(world)
        if not seen or seen[-1] != now:
            seen.append(now)
        return state == "ApplicationSet Rollout has completed" and len(now) == len(NAMES)
    eventually(done, 40, "the rollout completes")
    return seen


@taut_e2e.sandbox_only
def test_a_rollout_goes_step_by_step_and_stops_where_a_step_is_not_healthy(world):
    begin(world, "registry.example/missing:1")
    eventually(lambda: states(world).get("dev") == "Progressing", 20, "the first step has begun")
    eventually(lambda: "was not found" in json.dumps(world.app("dev")["status"].get("conditions", [])), 20, "the first step fails")
    assert rollout(world) == "ApplicationSet is performing rollout of step 1", rollout(world)
    assert states(world) == {"dev": "Progressing", "prod-a": "Waiting", "prod-b": "Waiting", "spare": "Waiting"}, states(world)
    assert world.kube.find("/apis/apps/v1/namespaces/default/deployments/prod-a") is None
    assert world.app("dev")["spec"]["syncPolicy"]["automated"] == {"enabled": False, "prune": True}
    # A mended commit goes through all steps, with one Application of the second on its way at a time.
    world.repository.commit(files("registry.example/app:2"))
    seen = watch_until_done(world)
    for moment in seen:
        under_way = [name for name, state in moment.items() if state in ("Pending", "Progressing")]
        assert len(under_way) <= 1, seen
        assert moment["dev"] == "Healthy" or not {moment["prod-a"], moment["prod-b"]} & {"Pending", "Progressing", "Healthy"}, seen
    assert seen[-1] == {"dev": "Healthy", "prod-a": "Healthy", "prod-b": "Healthy", "spare": "Waiting"}, seen
    operation = world.app("prod-b")["status"]["operationState"]
    assert operation["operation"]["initiatedBy"] == {"automated": True, "username": "applicationset-controller"}, operation
    steps = {s["application"]: s["step"] for s in world.kube.get(f"{SETS}/shop")["status"]["applicationStatus"]}
    assert steps == {"dev": "1", "prod-a": "2", "prod-b": "2", "spare": "-1"}, steps


def test_a_set_is_deleted_last_step_first(world):
    begin(world, "registry.example/app:1", deletionOrder="Reverse")
    watch_until_done(world)
    world.kube.delete(f"{SETS}/shop")
    there = lambda: {item["metadata"]["name"] for item in world.kube.get(APPLICATIONS)["items"]}
    gone = []
    def empty():
        gone.extend(sorted(set(NAMES) - there() - set(gone)))
        return len(gone) == len(NAMES)
    eventually(empty, 20, "all Applications go")
    assert gone.index("dev") > max(gone.index("prod-a"), gone.index("prod-b")), gone
    eventually(lambda: world.kube.find(f"{SETS}/shop") is None, 10, "the set goes last")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
