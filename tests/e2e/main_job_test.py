"""The main job: from a commit to a cluster that stays equal to it, on the sandbox."""
import sys
import time

import taut_e2e
from taut_e2e import ARGO, Refused, config_map, deployment, eventually

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"


def begin(world, files, *, name="web", **options):
    world.start_sandbox()
    sha = world.repository.commit(files)
    world.serve()
    world.application(name, **options)
    return sha


def test_a_commit_is_rolled_out_and_status_is_argo_s(world):
    sha = begin(world, {"web/app.yaml": deployment("web", "registry.example/web:1"), "web/map.yaml": config_map("m", a="1")})
    app = world.await_app("web", "Synced", "Healthy", "Succeeded")
    assert app["status"]["sync"]["revision"] == sha
    assert app["status"]["operationState"]["message"] == "successfully synced (all tasks run)"
    assert app["status"]["sourceType"] == "Directory"
    assert {(r["kind"], r["name"], r["status"]) for r in app["status"]["resources"]} == {
        ("Deployment", "web", "Synced"), ("ConfigMap", "m", "Synced")}
    assert app["status"]["summary"]["images"] == ["registry.example/web:1"]
    assert [h["revision"] for h in app["status"]["history"]] == [sha]
    assert "operation" not in app
    events = world.kube.get("/api/v1/namespaces/argocd/events")["items"]
    reasons = {e["reason"] for e in events if e["involvedObject"]["name"] == "web"}
    assert {"OperationStarted", "OperationCompleted"} <= reasons, reasons

    second = world.repository.commit({"web/app.yaml": deployment("web", "registry.example/web:2")})
    app = world.await_app("web", "Synced", "Healthy", "Succeeded", revision=second)
    image = world.kube.get(f"{DEPLOYMENTS}/web")["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == "registry.example/web:2", image
    assert [h["revision"] for h in app["status"]["history"]] == [sha, second]


def test_drift_is_healed_within_a_second(world):
    begin(world, {"web/app.yaml": deployment("web", replicas=2)})
    world.await_app("web", "Synced", "Healthy")
    start = time.monotonic()
    world.kube.patch(f"{DEPLOYMENTS}/web", {"spec": {"replicas": 7}})
    eventually(lambda: world.kube.get(f"{DEPLOYMENTS}/web")["spec"]["replicas"] == 2, 1.0, "the edit is healed")
    print(f"     healed after {(time.monotonic() - start) * 1000:.0f} ms")
    world.kube.delete(f"{DEPLOYMENTS}/web")
    eventually(lambda: world.kube.find(f"{DEPLOYMENTS}/web"), 3.0, "a deleted object comes back")


def test_what_leaves_git_is_pruned(world):
    begin(world, {"web/a.yaml": config_map("a", x="1"), "web/b.yaml": config_map("b", x="1")})
    world.await_app("web", "Synced", "Healthy")
    assert world.kube.find(f"{CONFIG_MAPS}/b")
    sha = world.repository.commit({"web/b.yaml": None})
    world.await_app("web", "Synced", "Healthy", revision=sha)
    eventually(lambda: world.kube.find(f"{CONFIG_MAPS}/b") is None, 10, "b is pruned")
    assert world.kube.find(f"{CONFIG_MAPS}/a")


def test_objects_of_others_are_never_pruned(world):
    begin(world, {"web/a.yaml": config_map("a", x="1")})
    world.await_app("web", "Synced")
    world.kube.create(CONFIG_MAPS, config_map("foreign", x="1"))
    sha = world.repository.commit({"web/a.yaml": config_map("a", x="2")})
    world.await_app("web", "Synced", revision=sha)
    assert world.kube.find(f"{CONFIG_MAPS}/foreign")


def test_without_self_heal_and_automation_nothing_is_touched(world):
    begin(world, {"web/a.yaml": config_map("a", x="1")}, automated=False)
    world.await_app("web", "OutOfSync", "Missing")
    time.sleep(0.5)
    assert world.kube.find(f"{CONFIG_MAPS}/a") is None
    world.run("sync", "web", "--kubeconfig", world.kubeconfig)
    world.await_app("web", "Synced", "Healthy")
    world.kube.patch(f"{CONFIG_MAPS}/a", {"data": {"x": "edited"}})
    world.await_app("web", "OutOfSync")
    assert world.kube.get(f"{CONFIG_MAPS}/a")["data"]["x"] == "edited"


@taut_e2e.sandbox_only
def test_a_bad_image_is_degraded_with_the_reason_and_rolled_back(world):
    faults = world.folder / "images"
    faults.write_text("*:broken image-pull\n")
    world.start_sandbox("--workload-speed", "20", "--image-faults", str(faults))
    spec = deployment("web", "registry.example/web:1")
    spec["spec"]["progressDeadlineSeconds"] = 5
    world.repository.commit({"web/app.yaml": spec})
    world.serve()
    world.application("web")
    world.await_app("web", "Synced", "Healthy")
    spec["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example/web:broken"
    world.repository.commit({"web/app.yaml": spec})
    app = world.await_app("web", health="Degraded")
    assert any("exceeded its progress deadline" in r.get("health", {}).get("message", "")
               for r in app["status"]["resources"]), app["status"]["resources"]
    done = world.run("rollback", "web", "--kubeconfig", world.kubeconfig)
    world.await_app("web", health="Healthy")
    image = world.kube.get(f"{DEPLOYMENTS}/web")["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == "registry.example/web:1", (image, done.stdout)


def test_waves_and_hooks_run_in_order(world):
    hook = {"argocd.argoproj.io/hook": "PreSync"}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "migrate", "annotations": hook},
           "spec": {"template": {"spec": {"restartPolicy": "Never",
                                          "containers": [{"name": "c", "image": "registry.example/migrate:1"}]}}}}
    first = config_map("first", {"argocd.argoproj.io/sync-wave": "-1"}, x="1")
    last = config_map("last", {"argocd.argoproj.io/sync-wave": "2"}, x="1")
    begin(world, {"web/job.yaml": job, "web/first.yaml": first, "web/last.yaml": last, "web/d.yaml": deployment("mid")})
    app = world.await_app("web", "Synced", "Healthy", "Succeeded")
    results = app["status"]["operationState"]["syncResult"]["resources"]
    assert [r["name"] for r in results if r["kind"] != "Namespace"] == ["migrate", "first", "mid", "last"], results
    migrate = next(r for r in results if r["name"] == "migrate")
    assert migrate["hookPhase"] == "Succeeded" and migrate["hookType"] == "PreSync", migrate
    at = lambda path: int(world.kube.get(path)["metadata"]["resourceVersion"])
    assert at(f"{CONFIG_MAPS}/first") < at(f"{CONFIG_MAPS}/last")


def test_an_app_of_apps_installs_its_children(world):
    world.start_sandbox()
    child = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
             "metadata": {"name": "child", "namespace": "argocd"},
             "spec": {"project": "default", "destination": {"server": "https://kubernetes.default.svc", "namespace": "default"},
                      "source": {"repoURL": world.repository.url, "path": "child", "targetRevision": "main"},
                      "syncPolicy": {"automated": {}}}}
    world.repository.commit({"apps/child.yaml": child, "child/map.yaml": config_map("from-child", x="1")})
    world.serve()
    world.application("parent", path="apps", namespace="argocd")
    world.await_app("parent", "Synced")
    world.await_app("child", "Synced", "Healthy")
    assert world.kube.find(f"{CONFIG_MAPS}/from-child")


def test_deleting_an_application_with_its_finalizer_deletes_its_objects(world):
    begin(world, {"web/a.yaml": config_map("a", x="1")})
    world.await_app("web", "Synced")
    world.kube.patch(f"{ARGO}/namespaces/argocd/applications/web",
                     {"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io"]}})
    world.kube.delete(f"{ARGO}/namespaces/argocd/applications/web")
    eventually(lambda: world.kube.find(f"{ARGO}/namespaces/argocd/applications/web") is None, 10, "the Application is gone")
    assert world.kube.find(f"{CONFIG_MAPS}/a") is None


def condition_of(world, name, kind):
    def present():
        conditions = world.app(name).get("status", {}).get("conditions", [])
        return next((c["message"] for c in conditions if c["type"] == kind), None)
    return eventually(present, 15, f"{name} has a {kind}")


def test_bad_input_gives_one_clear_condition_and_all_else_goes_on(world):
    world.start_sandbox()
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9))
    world.repository.commit({
        "good/a.yaml": config_map("good", x="1"),
        "malformed/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n data: {\n",
        "unknown/a.yaml": {"apiVersion": "nowhere.example/v1", "kind": "Thing", "metadata": {"name": "x"}},
        "bomb/a.yaml": bomb, "nokind/a.yaml": "apiVersion: v1\nkind:\nmetadata:\n  name: x\n",
        "mixed/a.yaml": config_map("mixed", x="1"),
        "mixed/b.yaml": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "Not_A_Name"}},
    })
    world.serve()
    for name in ("good", "malformed", "unknown", "bomb", "nokind", "mixed"):
        world.application(name)
    world.application("nowhere", path="is/not/there")
    world.application("norevision", path="good", source={"repoURL": world.repository.url, "path": "good", "targetRevision": "no-such-branch"})
    world.application("noproject", path="good", project="none")
    world.kube.create(f"{ARGO}/namespaces/argocd/appprojects", {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": "narrow", "namespace": "argocd"},
        "spec": {"sourceRepos": ["*"], "destinations": [{"server": "*", "namespace": "allowed"}]}})
    world.application("forbidden", path="good", project="narrow")
    world.application("gone", source={"repoURL": "file:///no/such/repository.git", "path": "x", "targetRevision": "main"})

    world.await_app("good", "Synced", "Healthy")
    malformed = condition_of(world, "malformed", "ComparisonError")
    assert "malformed/a.yaml" in malformed and "line" in malformed, malformed
    assert "app path does not exist" in condition_of(world, "nowhere", "ComparisonError")
    assert "no-such-branch" in condition_of(world, "norevision", "ComparisonError")
    assert "bomb/a.yaml" in condition_of(world, "bomb", "ComparisonError")
    assert "nokind/a.yaml" in condition_of(world, "nokind", "ComparisonError")
    assert condition_of(world, "gone", "ComparisonError")
    assert "project" in condition_of(world, "noproject", "InvalidSpecError")
    forbidden = condition_of(world, "forbidden", "InvalidSpecError")
    assert "do not match any of the allowed destinations in project 'narrow'" in forbidden, forbidden
    # An unknown kind may come any moment, so the sync is tried again; meanwhile it says why.
    why = eventually(lambda: world.app("unknown")["status"].get("operationState", {}).get("message", ""), 15, "a message")
    assert "could not find nowhere.example/Thing" in why, why
    # One object that is refused does not stop the others of its wave.
    eventually(lambda: world.kube.find(f"{CONFIG_MAPS}/mixed"), 10, "the good half of mixed is applied")
    world.await_app("good", "Synced", "Healthy")


def test_a_refresh_annotation_is_honoured_and_removed(world):
    begin(world, {"web/a.yaml": config_map("a", x="1")})
    before = world.await_app("web", "Synced")["status"]["reconciledAt"]
    time.sleep(1.1)
    world.kube.patch(f"{ARGO}/namespaces/argocd/applications/web",
                     {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "hard"}}})
    def refreshed():
        app = world.app("web")
        return "argocd.argoproj.io/refresh" not in app["metadata"].get("annotations", {}) and app["status"]["reconciledAt"] != before
    eventually(refreshed, 10, "refreshed, annotation removed")


def test_taut_diff_tells_what_would_change_by_its_exit_code(world):
    begin(world, {"web/a.yaml": config_map("a", x="1")})
    world.await_app("web", "Synced")
    same = world.run("diff", "web", "--kubeconfig", world.kubeconfig, check=False)
    assert same.returncode == 0, (same.returncode, same.stdout, same.stderr)
    folder = world.folder / "local"
    folder.mkdir()
    (folder / "a.yaml").write_text(taut_e2e.json.dumps(config_map("a", x="2")))
    differs = world.run("diff", str(folder), "--kubeconfig", world.kubeconfig, check=False)
    assert differs.returncode == 1, (differs.returncode, differs.stdout, differs.stderr)
    assert "data.x" in differs.stdout and "ConfigMap" in differs.stdout, differs.stdout
    broken = world.run("diff", str(world.folder / "not-there"), "--kubeconfig", world.kubeconfig, check=False)
    assert broken.returncode > 1 and "not-there" in broken.stderr, (broken.returncode, broken.stderr)


def test_secrets_never_show(world):
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"password": "hunter2hunter2"}}
    begin(world, {"web/s.yaml": secret})
    world.await_app("web", "Synced")
    folder = world.folder / "local"
    folder.mkdir()
    secret["stringData"]["password"] = "correct-horse-battery"
    (folder / "s.yaml").write_text(taut_e2e.json.dumps(secret))
    shown = world.run("diff", str(folder), "--kubeconfig", world.kubeconfig, check=False)
    everything = shown.stdout + shown.stderr + str(world.app("web")) + (world.folder / "serve.log").read_text()
    for word in ("hunter2hunter2", "correct-horse-battery", "aHVudGVyMmh1bnRlcjI=", "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5"):
        assert word not in everything, everything


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
