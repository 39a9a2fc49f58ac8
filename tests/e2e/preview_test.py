"""`taut preview`: a good commit, one that restarts, one that prunes, and several that break, each tried on a copy."""
import json
import sys

import taut_e2e
from taut_e2e import config_map, deployment, eventually

IMAGE = "registry.example/app:1"


def prepare(world, **extra):
    """A cluster with one application, synced and healthy."""
    faults = world.folder / "images"
    faults.write_text("*/missing:* image-pull\n")
    world.faults = str(faults)
    world.start_sandbox("--workload-speed", "10")
    world.repository.commit({"web/d.json": deployment("web", image=IMAGE, replicas=2),
                             "web/s.json": {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
                                            "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
                             "web/c.json": config_map("settings", colour="blue"),
                             "web/p.json": {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "password"}, "stringData": {"p": "geheim"}},
                             **extra})
    serve = world.serve()
    world.application("web")
    world.await_app("web", "Synced", "Healthy", seconds=40)
    serve.terminate()
    serve.wait()


def commit(world, files, branch="change"):
    """A commit on a branch of its own; main stays where it is."""
    world.repository.git("checkout", "-q", "-B", branch, "main")
    for name, content in files.items():
        path = world.repository.work / name
        if content is None:
            path.unlink()
        else:
            path.write_text(json.dumps(content, indent=1))
    world.repository.git("add", "-A")
    world.repository.git("commit", "-q", "-m", branch)
    world.repository.git("push", "-q", "-f", "origin", branch)
    sha = world.repository.git("rev-parse", "HEAD")
    world.repository.git("checkout", "-q", "main")
    return sha


def preview(world, *words, code, form="json"):
    done = world.run("preview", "--kubeconfig", world.kubeconfig, "--data", str(world.folder / "preview"), "--image-faults", world.faults,
                     "-o", form, *words, check=False)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert "geheim" not in done.stdout + done.stderr and "Z2VoZWlt" not in done.stdout + done.stderr
    return json.loads(done.stdout) if form == "json" else done.stdout


def objects(world):
    """What a preview must leave alone."""
    paths = ["/apis/apps/v1/namespaces/default/deployments", "/api/v1/namespaces/default/pods", "/api/v1/namespaces/default/configmaps",
             f"{taut_e2e.ARGO}/namespaces/argocd/applications", "/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects"]
    return {path: world.kube.get(path)["items"] for path in paths}


def steps(report):
    return {f"{s['action']} {s['kind']} {s['name']}" for a in report["applications"] for s in a["steps"]}


def test_a_good_commit_changes_and_breaks_nothing(world):
    prepare(world)
    before = objects(world)
    sha = commit(world, {"web/c.json": config_map("settings", colour="green")})
    report = preview(world, "web", "--revision", "change", code=0)
    assert report["revision"] == sha and not report["breaks"], report
    assert steps(report) == {"change ConfigMap settings"}, report
    change = report["applications"][0]["steps"][0]["changes"][0]
    assert (change["path"], change["before"], change["after"]) == (".data.colour", "blue", "green"), change
    assert report["restarts"] == report["removed"] == report["broken"] == [], report
    assert objects(world) == before, "the cluster was written to"
    text = preview(world, "--revision", "change", code=0, form="text")
    assert "~ change ConfigMap default/settings" in text and "nothing would break" in text, text


def test_a_commit_that_restarts_says_which_pods_and_why(world):
    prepare(world)
    commit(world, {"web/d.json": deployment("web", image="registry.example/app:2", replicas=2)})
    report = preview(world, "web", "--revision", "change", code=0)
    [restart] = report["restarts"]
    assert (restart["kind"], restart["name"], restart["pods"], restart["replaced"], restart["ready"]) == ("Deployment", "web", 2, 2, 2), restart
    assert restart["why"] == ['.spec.containers[name=main].image: "registry.example/app:1" -> "registry.example/app:2"'], restart
    commit(world, {"web/d.json": deployment("web", image=IMAGE, replicas=1)}, "fewer")
    report = preview(world, "web", "--revision", "fewer", code=0)
    assert report["restarts"] == [] and steps(report) == {"change Deployment web"}, report


def test_a_commit_that_prunes_says_what_goes_along_and_what_is_lost(world):
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
             "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
    prepare(world, **{"web/v.json": claim, "web/other.json": deployment("other")})
    commit(world, {"web/v.json": None, "web/other.json": None})
    report = preview(world, "web", "--revision", "change", code=0)
    removed = {(r["kind"], r["name"]): r for r in report["removed"]}
    assert removed["PersistentVolumeClaim", "data"]["loses"] == "its data", report
    assert removed["Deployment", "other"]["pruned"], report
    assert {kind for kind, name in removed} >= {"ReplicaSet", "Pod"} and not any(r["pruned"] for r in report["removed"] if r["kind"] == "Pod")
    assert world.kube.get("/apis/apps/v1/namespaces/default/deployments/other")


def test_an_image_that_is_not_there_breaks(world):
    prepare(world)
    commit(world, {"web/d.json": deployment("web", image="registry.example/missing:9", replicas=2)})
    report = preview(world, "web", "--revision", "change", code=2)
    [broken] = report["broken"]
    assert (broken["kind"], broken["name"], broken["before"]) == ("Deployment", "web", "Healthy"), broken
    assert "registry.example/missing:9 was not found" in broken["sentence"] + broken["nextStep"], broken
    markdown = preview(world, "web", "--revision", "change", code=2, form="markdown")
    assert markdown.startswith("## ❌ Something would break") and "| `Deployment.apps default/web` | Healthy → Degraded |" in markdown, markdown


def test_a_field_that_cannot_change_breaks(world):
    prepare(world)
    changed = deployment("web", image=IMAGE, replicas=2)
    changed["spec"]["selector"]["matchLabels"] = changed["spec"]["template"]["metadata"]["labels"] = {"app": "web", "tier": "front"}
    commit(world, {"web/d.json": changed})
    report = preview(world, "web", "--revision", "change", code=2)
    assert any(b["kind"] == "Deployment" and b["after"] == "Refused" and "field is immutable" in b["sentence"] for b in report["broken"]), report


def test_a_quota_that_is_too_small_breaks(world):
    prepare(world)
    world.kube.create("/api/v1/namespaces/default/resourcequotas", {"metadata": {"name": "pods"}, "spec": {"hard": {"pods": "3"}}})
    eventually(lambda: world.kube.get("/api/v1/namespaces/default/resourcequotas/pods").get("status", {}).get("used"), 10, "the quota counts")
    commit(world, {"web/d.json": deployment("web", image=IMAGE, replicas=5)})
    report = preview(world, "web", "--revision", "change", code=2)
    [broken] = report["broken"]
    assert broken["name"] == "web" and "quota" in (broken["sentence"] + broken["nextStep"]).lower(), broken


def test_a_service_that_loses_its_pods_breaks(world):
    prepare(world)
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
               "spec": {"selector": {"app": "wbe"}, "ports": [{"port": 80}]}}
    commit(world, {"web/s.json": service})
    report = preview(world, "web", "--revision", "change", code=2)
    assert any(b["kind"] == "Service" and "No pod answers for Service web" in b["sentence"] for b in report["broken"]), report


def test_files_that_cannot_be_rendered_break_and_wrong_words_are_errors(world):
    prepare(world)
    (world.repository.work / "web" / "bad.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [}\n")
    commit(world, {})
    report = preview(world, "web", "--revision", "change", code=2)
    assert report["applications"][0]["phase"] == "Error" and "bad.yaml" in report["broken"][0]["sentence"], report
    for words in (["nobody", "--revision", "change"], ["web", "--revision", "no-such-branch"], ["--empty", "--import", "x"]):
        done = world.run("preview", "--kubeconfig", world.kubeconfig, "--data", str(world.folder / "preview"), *words, check=False)
        assert done.returncode == 1 and "error" in done.stderr, (words, done)


def test_folders_need_no_application_and_dumps_no_cluster(world):
    prepare(world)
    folder = world.folder / "manifests"
    folder.mkdir()
    (folder / "d.json").write_text(json.dumps(deployment("web", image="registry.example/app:3", replicas=2)))
    report = preview(world, str(folder), "-n", "default", code=0)
    assert [r["name"] for r in report["restarts"]] == ["web"] and steps(report) == {"change Deployment web"}, report
    dump = world.folder / "dump.json"
    items = [{"apiVersion": f["apiVersion"], "kind": kind, **item} for kind, path in
             (("Deployment", "/apis/apps/v1/deployments"), ("ReplicaSet", "/apis/apps/v1/replicasets"), ("Pod", "/api/v1/pods"))
             for f in [world.kube.get(path)] for item in f["items"]]
    dump.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    report = preview(world, str(folder), "--import", str(dump), code=0)
    assert [(r["name"], r["replaced"]) for r in report["restarts"]] == [("web", 2)], report
    report = preview(world, str(folder), "-n", "new", "--empty", code=0)
    assert steps(report) >= {"create Deployment web"} and report["restarts"] == [], report
    # A work tree in place of a commit.
    (world.repository.work / "web" / "c.json").write_text(json.dumps(config_map("settings", colour="red")))
    report = preview(world, "web", "--source", str(world.repository.work), code=0)
    assert steps(report) == {"change ConfigMap settings"}, report


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
