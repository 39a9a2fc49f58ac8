"""taut why, taut promote and taut diff --rev: where fields come from, and how a change goes from one environment to the next."""
import json
import subprocess
import sys

import taut_e2e
from taut_e2e import config_map, deployment, eventually

BASE = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 0
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: main
        image: registry.example/app:1
"""
OVERLAY = """resources: [../../base]
namespace: default
images:
- name: registry.example/app
  newTag: "%s"
patches:
- path: replicas.yaml
"""
PATCH = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  minReadySeconds: 3
"""
CHART = "apiVersion: v2\nname: chart\nversion: 0.1.0\n"
TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: charted\ndata:\n  colour: {{ .Values.colour }}\n"


def files(tag_dev="1", tag_staging="1"):
    return {"base/d.yaml": BASE, "base/kustomization.yaml": "resources: [d.yaml]\n",
            "overlays/dev/kustomization.yaml": OVERLAY % tag_dev, "overlays/dev/replicas.yaml": PATCH,
            "overlays/staging/kustomization.yaml": OVERLAY % tag_staging + "# ours\n", "overlays/staging/replicas.yaml": PATCH,
            "plain/c.yaml": "# a comment\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: plain\ndata:\n  colour: blue\n",
            "chart/Chart.yaml": CHART, "chart/values.yaml": "colour: red\n", "chart/templates/c.yaml": TEMPLATE}


def fields(world, *words):
    story = json.loads(world.run("why", *words, "-o", "json").stdout)
    return story, {field["path"]: field for field in story["fields"]}


def place(field):
    git = field["git"]
    return git["file"], git.get("line"), git["by"]


def test_where_fields_come_from_without_a_cluster(world):
    first = world.repository.commit(files(), "the beginning")
    second = world.repository.commit(files(tag_dev="2"), "dev: two")
    dev = str(world.repository.work / "overlays/dev")
    data = ("--data", str(world.folder / "cli"))
    story, known = fields(world, "--dir", dev, "deployment/web", *data)
    assert (story["object"], story["path"], story["type"]) == ("Deployment default/web", "overlays/dev", "Kustomize"), story
    assert place(known["/spec/replicas"]) == ("base/d.yaml", 6, "as written"), known
    image = known["/spec/template/spec/containers/0/image"]
    assert image["value"] == "registry.example/app:2" and place(image)[0] == "overlays/dev/kustomization.yaml", image
    assert place(known["/spec/minReadySeconds"])[:2] == ("overlays/dev/replicas.yaml", 6), known
    commit = known["/spec/replicas"]["git"]["commit"]
    assert (commit["sha"], commit["author"], commit["subject"]) == (first, "Test <test@example.com>", "the beginning"), commit
    assert second
    text = world.run("why", "--dir", dev, "deployment/web", "spec.replicas", *data).stdout
    assert "base/d.yaml:6" in text and first[:7] in text and "minReadySeconds" not in text, text
    _, known = fields(world, "--dir", str(world.repository.work / "plain"), "cm/plain", "data", *data)
    assert list(known) == ["/data/colour"] and place(known["/data/colour"]) == ("plain/c.yaml", 7, "as written"), known
    story, known = fields(world, "--dir", str(world.repository.work / "chart"), "configmap/charted", *data)
    assert story["type"] == "Helm" and place(known["/data/colour"]) == ("chart/templates/c.yaml", 6, "template"), known
    done = world.run("why", "--dir", dev, "deployment/nothing", check=False)
    assert done.returncode == 1 and "renders no deployment/nothing" in done.stderr, done


def test_where_live_fields_come_from(world):
    world.start_sandbox()
    first = world.repository.commit(files(tag_dev="2"), "the beginning")
    world.serve()
    world.application("web", path="overlays/dev", automated=False)
    world.application("plain")
    world.await_app("web", "OutOfSync", revision=first)
    cli = ("--kubeconfig", world.kubeconfig, "--data", str(world.folder / "cli"))
    world.run("sync", "web", "--kubeconfig", world.kubeconfig)
    world.kube.call("PATCH", "/apis/apps/v1/namespaces/default/deployments/web?fieldManager=scaler", {"spec": {"replicas": 2}}, "application/merge-patch+json")
    story, known = fields(world, "deploy/web", *cli)
    assert (story["application"], story["repository"], story["revision"]) == ("argocd/web", world.repository.url, first), story
    scaled = known["/spec/replicas"]
    assert scaled["value"] == 2 and not scaled["fromGit"] and scaled["git"]["value"] == 0, scaled
    assert any(owner["manager"] == "scaler" and owner["operation"] == "Update" and owner["time"] for owner in scaled["owners"]), scaled
    image = known["/spec/template/spec/containers/0/image"]
    assert image["fromGit"] and image["git"]["commit"]["sha"] == first and place(image)[0] == "overlays/dev/kustomization.yaml", image
    assert not known["/spec/progressDeadlineSeconds"]["fromGit"] and "git" not in known["/spec/progressDeadlineSeconds"], known
    text = world.run("why", "deploy/web", "spec.replicas", *cli).stdout
    assert "scaler (Update" in text and "Git says 0 at base/d.yaml:6" in text, text
    world.await_app("plain", "Synced")
    story, known = fields(world, "configmap/plain", "data.colour", *cli)
    assert place(known["/data/colour"]) == ("plain/c.yaml", 7, "as written") and known["/data/colour"]["fromGit"], known


def test_a_change_goes_to_the_next_environment(world):
    world.repository.commit(files(tag_dev="2"), "dev: two")
    work, data = world.repository.work, ("--data", str(world.folder / "cli"))
    shown = world.run("promote", "dev", "staging", "--dir", str(work), *data).stdout
    assert '-  newTag: "1"' in shown and '+  newTag: "2"' in shown and "overlays/staging/kustomization.yaml" in shown, shown
    assert world.repository.git("branch", "--list", "promote/*") == ""
    world.run("promote", "dev", "staging", "--dir", str(work), "--push", *data)
    text = world.repository.git("show", "promote/dev-to-staging:overlays/staging/kustomization.yaml")
    assert text == (OVERLAY % "2" + "# ours").strip(), text
    assert (work / "overlays/staging/kustomization.yaml").read_text() == OVERLAY % "1" + "# ours\n"
    world.start_sandbox()
    world.serve()
    world.application("web-dev", path="overlays/dev", automated=False)
    world.application("web-staging", path="overlays/staging", automated=False)
    cli = ("--kubeconfig", world.kubeconfig, *data)
    done = world.run("promote", "web-dev", "web-staging", "--push", *cli).stdout
    assert "pushed" in done and "promote/web-dev-to-web-staging" in done, done
    branch = "promote/web-dev-to-web-staging"
    assert subprocess.run(["git", "-C", world.repository.bare, "show", f"{branch}:overlays/staging/kustomization.yaml"], text=True,
                          capture_output=True, check=True).stdout == OVERLAY % "2" + "# ours\n"
    again = world.run("promote", "web-dev", "web-staging", "--push", *cli, check=False)
    assert again.returncode == 1 and "is there already" in again.stderr, again


def test_a_branch_compared_with_everything_that_it_touches(world):
    world.start_sandbox()
    first = world.repository.commit({"a/c.json": config_map("a", k="1"), "b/c.json": config_map("b", k="1"), "c/c.json": config_map("c", k="1")})
    world.serve()
    for name in "abc":
        world.application(name)
    for name in "abc":
        world.await_app(name, "Synced", revision=first)
    git = world.repository.git
    git("checkout", "-q", "-B", "change")
    for name in "ab":
        (world.repository.work / name / "c.json").write_text(json.dumps(config_map(name, k="2")))
    git("commit", "-q", "-am", "change")
    git("push", "-q", "origin", "change")
    git("checkout", "-q", "main")
    cli = ("--kubeconfig", world.kubeconfig, "--data", str(world.folder / "cli"))
    done = world.run("diff", "--rev", "change", "--into", "main", *cli, check=False)
    assert done.returncode == 1 and done.stdout.endswith("2 of 3 applications would change\n"), done
    assert "ConfigMap" in done.stdout and done.stdout.count(".data.k") == 2, done.stdout
    assert world.run("diff", "--rev", "main", "--into", "main", *cli).stdout == "0 of 3 applications would change\n"
    assert world.run("diff", "--rev", "nothing", *cli, check=False).returncode > 1
    assert eventually(lambda: world.app("a")["status"]["sync"]["status"] == "Synced", 5, "nothing was changed")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
