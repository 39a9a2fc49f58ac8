"""taut diff --local and taut sync --local, as argocd's: a folder on disk in place of what is in Git."""
import sys

import taut_e2e
from taut_e2e import config_map


def test_a_folder_is_compared_and_synced(world):
    world.start_sandbox()
    world.repository.commit({"app/c.json": config_map("c", k="1"), "auto/c.json": config_map("auto", k="1")})
    world.serve()
    world.application("app", automated=False)
    world.application("auto")
    world.await_app("auto", "Synced")
    cli = ("--kubeconfig", world.kubeconfig, "--data", str(world.folder / "cli"))
    world.run("sync", "app", *cli)
    world.await_app("app", "Synced")
    local = world.folder / "here" / "app"
    local.mkdir(parents=True)
    (local / "c.json").write_text(taut_e2e.json.dumps(config_map("c", k="2")))
    (local / "d.json").write_text(taut_e2e.json.dumps(config_map("d", k="new")))
    shown = world.run("diff", "app", "--local", str(local), *cli, check=False)
    assert shown.returncode == 1 and ".data.k" in shown.stdout and "ConfigMap default/d" in shown.stdout.replace('"', ""), shown
    world.run("sync", "app", "--local", str(local), *cli)
    assert world.kube.get("/api/v1/namespaces/default/configmaps/c")["data"] == {"k": "2"}
    assert world.kube.get("/api/v1/namespaces/default/configmaps/d")["data"] == {"k": "new"}
    app = world.await_app("app", "OutOfSync", phase="Succeeded")
    assert "manifests" not in app["status"]["operationState"]["syncResult"].get("source", {}), app["status"]
    assert len(app["status"]["operationState"]["operation"]["sync"]["manifests"]) == 2, app["status"]
    assert all("manifests" not in entry["source"] for entry in app["status"]["history"]), app["status"]["history"]
    world.run("sync", "app", "--prune", *cli)
    world.await_app("app", "Synced")
    assert world.kube.get("/api/v1/namespaces/default/configmaps/c")["data"] == {"k": "1"}
    assert world.kube.find("/api/v1/namespaces/default/configmaps/d") is None
    # What argocd-cm says holds here too: kustomize may load files beside its folder.
    build = world.folder / "here" / "build"
    build.mkdir()
    (build / "kustomization.yaml").write_text("configMapGenerator:\n- {name: c, files: [k=../outside], options: {disableNameSuffixHash: true}}\n")
    (build.parent / "outside").write_text("3")
    words = ("diff", "app", "--local", str(build), "--local-repo-root", str(build.parent), *cli)
    shown = world.run(*words, check=False)
    assert shown.returncode > 1 and "is not in or below" in shown.stderr, shown
    world.kube.create("/api/v1/namespaces/argocd/configmaps", config_map("argocd-cm", **{"kustomize.buildOptions": "--load-restrictor LoadRestrictionsNone"}))
    shown = world.run(*words, check=False)
    assert shown.returncode == 1 and ".data.k" in shown.stdout, shown
    refused = world.run("sync", "auto", "--local", str(local), *cli, check=False)
    assert refused.returncode == 1 and "Cannot use local sync when Automatic Sync Policy is enabled" in refused.stderr, refused
    # What the API server of Argo CD would refuse is refused where it is asked for without it.
    world.kube.patch(f"{taut_e2e.ARGO}/namespaces/argocd/applications/auto", {"operation": {"sync": {"manifests": ["{}"]}}})
    app = world.await_app("auto", phase="Error")
    assert "cannot use local sync" in app["status"]["operationState"]["message"], app["status"]["operationState"]


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
