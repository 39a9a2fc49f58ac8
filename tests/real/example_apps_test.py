"""Argo CD's own example repository, run by taut: created in order, healthy, healed, pruned, status in Argo's words.

Needs the bundle repos/argocd-example-apps.bundle of the corpus (TAUT_CORPUS); says so and passes nothing without it.
Runs on the real API server with TAUT_E2E_REAL=1, else on the sandbox.
"""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import taut_e2e  # noqa: E402
from taut_e2e import ARGO, eventually  # noqa: E402

CORPUS = pathlib.Path(os.environ.get("TAUT_CORPUS", taut_e2e.ROOT.parent / "shared" / "corpus"))
BUNDLE = CORPUS / "repos" / "argocd-example-apps.bundle"


def begin(world):
    world.start_sandbox()
    world.repository.git("fetch", "-q", str(BUNDLE), "HEAD")
    world.repository.git("checkout", "-q", "-B", "main", "FETCH_HEAD")
    world.repository.git("push", "-q", "-f", "origin", "main")
    world.serve()


def results_of(app):
    return app["status"]["operationState"]["syncResult"]["resources"]


def test_guestbook_is_healthy_healed_and_pruned(world):
    begin(world)
    world.application("guestbook", namespace="guestbook")
    app = world.await_app("guestbook", "Synced", "Healthy", "Succeeded", seconds=60)
    kinds = {(r["kind"], r["name"]) for r in app["status"]["resources"]}
    assert kinds == {("Deployment", "guestbook-ui"), ("Service", "guestbook-ui")}, kinds
    deployment = "/apis/apps/v1/namespaces/guestbook/deployments/guestbook-ui"
    world.kube.patch(deployment, {"spec": {"replicas": 5}})
    wanted = 1
    eventually(lambda: world.kube.get(deployment)["spec"]["replicas"] == wanted, 5, "the edit is healed")
    world.repository.commit({"guestbook/guestbook-ui-svc.yaml": None})
    eventually(lambda: world.kube.find("/api/v1/namespaces/guestbook/services/guestbook-ui") is None, 20, "the Service is pruned")
    world.await_app("guestbook", "Synced", "Healthy")


def test_jobs_run_as_hooks_before_and_after(world):
    begin(world)
    # The folder is a kustomization; its jobs are taken as plain files, and something to sync between them.
    world.repository.commit({"pre-post-sync/settings-job.yaml": taut_e2e.config_map("settings", x="1")})
    source = {"repoURL": world.repository.url, "path": "pre-post-sync", "targetRevision": "main",
              "directory": {"include": "*-job.yaml"}}
    world.application("hooks", namespace="hooks", source=source)
    app = world.await_app("hooks", "Synced", "Healthy", "Succeeded", seconds=90)
    hooks = [(r["hookType"], r["hookPhase"]) for r in results_of(app) if r.get("hookType")]
    assert ("PreSync", "Succeeded") in hooks and ("PostSync", "Succeeded") in hooks, results_of(app)
    phases = [r["syncPhase"] for r in results_of(app) if r["kind"] != "Namespace"]
    assert phases == ["PreSync", "Sync", "PostSync"], phases
    jobs = "/apis/batch/v1/namespaces/hooks/jobs"
    eventually(lambda: not world.kube.get(jobs)["items"], 15, "the hooks are deleted, as HookSucceeded says")


def test_waves_are_created_in_order(world):
    begin(world)
    world.application("waves", path="sync-waves", namespace="waves")
    app = world.await_app("waves", "Synced", "Healthy", "Succeeded", seconds=120)
    assert all(r.get("status", r.get("hookPhase")) in ("Synced", "Succeeded") for r in results_of(app)), results_of(app)
    times = {}
    for kind in ("apps/v1/namespaces/waves/replicasets", "batch/v1/namespaces/waves/jobs"):
        for item in world.kube.get("/apis/" + kind)["items"]:
            wave = int(item["metadata"].get("annotations", {}).get("argocd.argoproj.io/sync-wave", "0"))
            times.setdefault(wave, []).append(item["metadata"]["creationTimestamp"])
    ordered = [times[wave] for wave in sorted(times)]
    assert all(max(a) <= min(b) for a, b in zip(ordered, ordered[1:])), times


def plain_services(world):
    """blue-green's two Services as the chart renders them by its default values: all its manifests are templates."""
    labels = {"app": "helm-guestbook", "release": "blue-green"}
    service = lambda name: {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "labels": labels},
                            "spec": {"type": "ClusterIP", "selector": labels,
                                     "ports": [{"port": 80, "targetPort": "http", "protocol": "TCP", "name": "http"}]}}
    names = ("blue-green-helm-guestbook", "blue-green-helm-guestbook-preview")
    return {f"blue-green-plain/{name}.yaml": service(name) for name in names}


def test_blue_green_s_plain_manifests(world):
    begin(world)
    world.repository.commit(plain_services(world))
    world.application("blue-green", path="blue-green-plain", namespace="bg")
    app = world.await_app("blue-green", "Synced", "Healthy", "Succeeded", seconds=60)
    assert len(app["status"]["resources"]) == 2, app["status"]["resources"]


def test_an_app_of_apps_where_its_files_are_plain(world):
    begin(world)
    # The folder `apps` is a chart; what it would render to is written out plain.
    files = {}
    children = {"guestbook": "guestbook", "waves": "sync-waves"}
    for name, path in children.items():
        files[f"plain-apps/{name}.yaml"] = {
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": name, "namespace": "argocd"},
            "spec": {"project": "default", "syncPolicy": {"automated": {}, "syncOptions": ["CreateNamespace=true"]},
                     "destination": {"server": "https://kubernetes.default.svc", "namespace": name},
                     "source": {"repoURL": world.repository.url, "path": path, "targetRevision": "main"}}}
    world.repository.commit(files)
    world.application("apps", path="plain-apps", namespace="argocd")
    world.await_app("apps", "Synced", seconds=60)
    for name in children:
        world.await_app(name, "Synced", "Healthy", seconds=120)


def test_status_has_argo_s_fields_and_words(world):
    begin(world)
    world.application("guestbook", namespace="guestbook")
    status = world.await_app("guestbook", "Synced", "Healthy", "Succeeded", seconds=60)["status"]
    operation = status["operationState"]
    assert set(operation) >= {"phase", "message", "startedAt", "finishedAt", "operation", "syncResult"}, sorted(operation)
    assert operation["syncResult"]["source"]["path"] == "guestbook"
    assert set(status["sync"]) >= {"status", "revision", "comparedTo"}
    assert set(status) >= {"sync", "health", "resources", "history", "reconciledAt", "sourceType", "summary"}, sorted(status)
    entry = status["history"][0]
    assert set(entry) >= {"id", "revision", "deployedAt", "deployStartedAt", "source", "initiatedBy"}, sorted(entry)
    assert world.kube.get(f"{ARGO}/namespaces/argocd/applications/guestbook")["status"]["health"]["status"] == "Healthy"


if __name__ == "__main__":
    if not BUNDLE.exists():
        print(f"skipped: no {BUNDLE.name} in the corpus (set TAUT_CORPUS)")
        print("0 passed, 0 failed")
        sys.exit(0)
    taut_e2e.main(sys.modules[__name__])
