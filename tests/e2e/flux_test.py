"""Flux's own objects run by taut: a GitRepository and the Kustomizations of the sample repository's `flux` folder, and
what people do to them. Their status is read in Flux's words."""
import base64
import sys

import taut_e2e
from taut_e2e import ROOT, Kube, config_map, deployment, eventually

SOURCES = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories"
KUSTOMIZATIONS = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/{}/kustomizations"
MAPS = "/api/v1/namespaces/default/configmaps"


def start(world, files):
    world.start_sandbox("--workload-speed", "10")
    world.repository.commit(files)
    world.serve()
    world.kube.create("/api/v1/namespaces", {"metadata": {"name": "flux-system"}})


def source(world, **spec):
    world.kube.create(SOURCES, {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
                                "metadata": {"name": "home", "namespace": "flux-system"},
                                "spec": {"interval": "1s", "url": world.repository.url, "ref": {"branch": "main"}, **spec}})


def kustomization(world, name, namespace="flux-system", **spec):
    body = {"interval": "10m", "retryInterval": "1s", "prune": True, "path": f"./{name}",
            "sourceRef": {"kind": "GitRepository", "name": "home", "namespace": "flux-system"}, **spec}
    world.kube.create(KUSTOMIZATIONS.format(namespace), {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
                                                         "metadata": {"name": name, "namespace": namespace}, "spec": body})


def status(world, name, namespace="flux-system"):
    return world.kube.get(f"{KUSTOMIZATIONS.format(namespace)}/{name}").get("status", {})


def ready(of):
    return next((c for c in of.get("conditions", []) if c["type"] == "Ready"), {})


def await_ready(world, name, value="True", reason=None, message="", revision=None, namespace="flux-system", seconds=20):
    def holds():
        now = status(world, name, namespace)
        condition = ready(now)
        fits = condition.get("status") == value and message in condition.get("message", "") and reason in (None, condition.get("reason"))
        return now if fits and (revision is None or now.get("lastAppliedRevision") == f"main@sha1:{revision}") else None
    try:
        return eventually(holds, seconds, "")
    except AssertionError:
        raise AssertionError(f"{name} is not {value} {reason} {message} {revision}: {status(world, name, namespace)}") from None


def change(world, name, patch):
    world.kube.patch(f"{KUSTOMIZATIONS.format('flux-system')}/{name}", patch)


def test_a_commit_is_applied_and_told_in_the_words_of_flux(world):
    start(world, {"app/kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator:\n- name: settings\n  literals: [a=1]\n",
                  "app/web.yaml": deployment("web")})
    source(world)
    kustomization(world, "app", targetNamespace="default", wait=True, namePrefix="my-",
                  commonMetadata={"labels": {"team": "red"}}, images=[{"name": "registry.example/app", "newTag": "2"}],
                  patches=[{"patch": "- {op: replace, path: /spec/replicas, value: 2}", "target": {"kind": "Deployment"}}])
    sha = world.repository.git("rev-parse", "HEAD")
    now = await_ready(world, "app", message=f"Applied revision: main@sha1:{sha}", revision=sha)
    assert ready(now)["reason"] == "ReconciliationSucceeded", now
    assert now["lastAttemptedRevision"] == f"main@sha1:{sha}" and now["observedGeneration"] == 1, now
    ids = [entry["id"] for entry in now["inventory"]["entries"]]
    assert "default_my-web_apps_Deployment" in ids and len(ids) == 2, ids
    healthy = next(c for c in now["conditions"] if c["type"] == "Healthy")
    assert healthy["status"] == "True" and healthy["message"].startswith("Health check passed in "), healthy
    web = world.kube.get("/apis/apps/v1/namespaces/default/deployments/my-web")
    labels = web["metadata"]["labels"]
    assert labels["kustomize.toolkit.fluxcd.io/name"] == "app" and labels["team"] == "red", labels
    assert labels["kustomize.toolkit.fluxcd.io/namespace"] == "flux-system", labels
    assert web["spec"]["replicas"] == 2 and web["spec"]["template"]["spec"]["containers"][0]["image"].endswith(":2"), web
    assert any(m["manager"] == "kustomize-controller" for m in web["metadata"]["managedFields"]), web
    own = world.kube.get(f"{SOURCES}/home")["status"]
    assert own["artifact"]["revision"] == f"main@sha1:{sha}", own
    assert ready(own)["message"] == f"stored artifact for revision 'main@sha1:{sha}'", own
    assert "finalizers.fluxcd.io" in world.kube.get(f"{KUSTOMIZATIONS.format('flux-system')}/app")["metadata"]["finalizers"]


def test_what_kubectl_adds_goes_unless_it_is_to_be_merged(world):
    merged = config_map("merged", {"kustomize.toolkit.fluxcd.io/ssa": "Merge"}, key="1")
    start(world, {"app/a.yaml": config_map("a", key="1"), "app/b.yaml": merged})
    source(world)
    kustomization(world, "app", targetNamespace="default")
    await_ready(world, "app")
    by = lambda name, manager: world.kube.patch(f"{MAPS}/{name}?fieldManager={manager}", {"data": {manager: "x"}})
    by("merged", "kubectl-edit")
    by("a", "somebody")
    by("a", "kubectl-edit")
    eventually(lambda: sorted(world.kube.get(f"{MAPS}/a")["data"]) == ["key", "somebody"], 10, "what kubectl added is gone, what others added stays")
    managers = {entry["manager"] for entry in world.kube.get(f"{MAPS}/a")["metadata"]["managedFields"]}
    assert managers == {"kustomize-controller", "somebody"}, managers
    assert sorted(world.kube.get(f"{MAPS}/merged")["data"]) == ["key", "kubectl-edit"]


def test_what_was_applied_is_kept_in_the_history(world):
    start(world, {"app/a.yaml": config_map("a", key="1"), "other/b.yaml": config_map("b")})
    source(world, sparseCheckout=["./app"])
    kustomization(world, "app", targetNamespace="default")
    await_ready(world, "app")
    first = world.repository.git("rev-parse", "HEAD")
    eventually(lambda: status(world, "app").get("history"), 10, "there is a history")
    world.repository.commit({"app/a.yaml": config_map("a", key="2")})
    eventually(lambda: len(status(world, "app")["history"]) == 2, 10, "another content is another entry")
    third = world.repository.commit({"app/a.yaml": config_map("a", key="1")})
    await_ready(world, "app", revision=third)
    history = eventually(lambda: (lambda h: h if h[0]["metadata"]["revision"] == f"main@sha1:{third}" else None)(status(world, "app")["history"]), 10, "the newest is first")
    assert [entry["totalReconciliations"] for entry in history] == [2, 1] and history[0]["lastReconciledStatus"] == "ReconciliationSucceeded", history
    assert history[0]["digest"] != history[1]["digest"] and first != third, history
    def told():
        events = world.kube.get("/api/v1/namespaces/flux-system/events")["items"]
        return {e["metadata"].get("annotations", {}).get("kustomize.toolkit.fluxcd.io/revision") for e in events if e["involvedObject"]["kind"] == "Kustomization"}
    eventually(lambda: f"main@sha1:{third}" in told(), 10, "an event tells of the revision")
    git = world.kube.get(f"{SOURCES}/home")["status"]
    assert git["observedSparseCheckout"] == ["./app"], git
    world.kube.patch(f"{SOURCES}/home", {"spec": {"sparseCheckout": ["none"]}})
    world.await_ready(f"{SOURCES}/home", "False", "GitOperationFailed", "sparse checkout dir 'none' does not exist in repository")
    world.kube.patch(f"{SOURCES}/home", {"spec": {"sparseCheckout": ["other"]}})
    await_ready(world, "app", "False", "ArtifactFailed", "kustomization path not found")


def test_drift_is_healed_and_what_git_drops_is_pruned(world):
    start(world, {"app/a.yaml": config_map("a", key="git"), "app/b.yaml": config_map("b", key="git"),
                  "app/kept.yaml": config_map("kept", annotations={"kustomize.toolkit.fluxcd.io/prune": "Disabled"}, key="git"),
                  "app/once.yaml": config_map("once", annotations={"kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent"}, key="git")})
    source(world)
    kustomization(world, "app", targetNamespace="default")
    await_ready(world, "app")
    for name in ("a", "once"):
        world.kube.patch(f"{MAPS}/{name}", {"data": {"key": "hand"}})
    eventually(lambda: world.kube.get(f"{MAPS}/a")["data"]["key"] == "git", 10, "drift is healed")
    # Somebody else's object with the same labels is not the Kustomization's to prune.
    stranger = config_map("stranger")
    stranger["metadata"]["labels"] = world.kube.get(f"{MAPS}/a")["metadata"]["labels"]
    world.kube.create(MAPS, stranger)
    sha = world.repository.commit({"app/b.yaml": None, "app/kept.yaml": None})
    now = await_ready(world, "app", revision=sha)
    eventually(lambda: world.kube.find(f"{MAPS}/b") is None, 10, "b is pruned")
    assert world.kube.find(f"{MAPS}/kept") and world.kube.find(f"{MAPS}/stranger"), "nothing else is pruned"
    assert world.kube.get(f"{MAPS}/once")["data"]["key"] == "hand", "what is there already stays"
    assert "default_a__ConfigMap" in [e["id"] for e in now["inventory"]["entries"]], now


def test_dependencies_go_first_and_suspension_holds(world):
    start(world, {"infra/a.yaml": config_map("infra", key="1"), "app/b.yaml": config_map("app", key="1")})
    world.kube.create("/api/v1/namespaces", {"metadata": {"name": "team"}})
    source(world)
    kustomization(world, "app", namespace="team", targetNamespace="default", dependsOn=[{"name": "infra", "namespace": "flux-system"}])
    await_ready(world, "app", "False", "DependencyNotReady", "dependency 'flux-system/infra' not found", namespace="team")
    assert world.kube.find(f"{MAPS}/app") is None
    kustomization(world, "infra", targetNamespace="default")
    await_ready(world, "infra")
    await_ready(world, "app", namespace="team")
    change(world, "infra", {"spec": {"suspend": True}})
    sha = world.repository.commit({"infra/a.yaml": config_map("infra", key="2"), "app/b.yaml": config_map("app", key="2")})
    await_ready(world, "app", "False", "DependencyNotReady", "dependency 'flux-system/infra' is not ready", namespace="team")
    assert world.kube.get(f"{MAPS}/infra")["data"]["key"] == "1" and world.kube.get(f"{MAPS}/app")["data"]["key"] == "1"
    change(world, "infra", {"spec": {"suspend": False}})
    await_ready(world, "infra", revision=sha)
    await_ready(world, "app", revision=sha, namespace="team")
    assert world.kube.get(f"{MAPS}/app")["data"]["key"] == "2"


def test_variables_are_substituted_and_a_missing_one_is_told(world):
    start(world, {"app/a.yaml": config_map("a", who="${who}", where="${where:=here}", secret="${password}")})
    source(world)
    kustomization(world, "app", targetNamespace="default",
                  postBuild={"substitute": {"who": "me"}, "substituteFrom": [{"kind": "Secret", "name": "values"}]})
    await_ready(world, "app", "False", "BuildFailed", "secrets \"values\" not found")
    world.kube.create("/api/v1/namespaces/flux-system/secrets", {"metadata": {"name": "values"}, "stringData": {"password": "hush"}})
    await_ready(world, "app")
    assert world.kube.get(f"{MAPS}/a")["data"] == {"who": "me", "where": "here", "secret": "hush"}
    world.repository.commit({"app/a.yaml": config_map("a", who="${nobody}")})
    now = await_ready(world, "app", "False", "BuildFailed", "variable substitution failed")
    assert "nobody" in ready(now)["message"] and "hush" not in str(now), now
    sha = world.repository.commit({"app/a.yaml": config_map("a", who="fixed")})
    await_ready(world, "app", revision=sha)


def test_what_sops_encrypted_is_decrypted(world):
    fixture = lambda name: (ROOT / "tests" / "sops" / name).read_text()
    start(world, {"app/kustomization.yaml": "resources: [login.yaml, settings.yaml]\nsecretGenerator:\n- name: env\n  envs: [app.env]\n"
                                            "patches: [{path: patch.yaml}]\ngeneratorOptions: {disableNameSuffixHash: true}\n",
                  "app/login.yaml": fixture("regex-login.yaml"), "app/app.env": fixture("age-app.env"),
                  "app/settings.yaml": config_map("settings", mode="plain"), "app/patch.yaml": fixture("regex-patch.yaml"),
                  "pgp/login.yaml": fixture("pgp-login.yaml")})
    source(world)
    secrets, keys = "/api/v1/namespaces/default/secrets", "/api/v1/namespaces/flux-system/secrets"
    sops = {"provider": "sops", "secretRef": {"name": "keys"}}
    kustomization(world, "app", targetNamespace="default", decryption=sops)
    await_ready(world, "app", "False", "BuildFailed", 'secrets "keys" not found')
    world.kube.create(keys, {"metadata": {"name": "keys"}, "stringData": {"wrong.agekey": fixture("two.agekey")}})
    now = await_ready(world, "app", "False", "BuildFailed", "no identity matched any of the recipients")
    assert ready(now)["message"].startswith("error decrypting sources: cannot get sops data key: "), now
    world.kube.patch(f"{keys}/keys", {"stringData": {"right.agekey": fixture("one.agekey"), "team.asc": fixture("ed25519.asc")}})
    await_ready(world, "app")
    decoded = lambda name: {key: base64.b64decode(text).decode() for key, text in world.kube.get(f"{secrets}/{name}")["data"].items()}
    assert decoded("login") == {"user": "admin", "password": "correct horse"}, decoded("login")
    assert decoded("env")["B"] == "two words = yes", decoded("env")
    assert world.kube.get(f"{MAPS}/settings")["data"] == {"mode": "patched in secret"}
    kustomization(world, "pgp", targetNamespace="default", namePrefix="pgp-", decryption=sops)
    await_ready(world, "pgp")
    assert decoded("pgp-login")["password"] == "correct horse"
    kustomization(world, "bare", path="./pgp", targetNamespace="default", namePrefix="bare-")
    await_ready(world, "bare", "False", "ReconciliationFailed", "Secret/default/bare-login is SOPS encrypted, configuring decryption is required")
    log = "".join(path.read_text() for path in world.folder.glob("*.log"))
    assert log and "correct horse" not in log and "AGE-SECRET" not in log, "logs hold no secrets"


def test_failures_are_told_and_go_away(world):
    start(world, {"bad/a.yaml": {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}},
                  "slow/d.yaml": deployment("slow", replicas=1)})
    source(world)
    kustomization(world, "none")
    kustomization(world, "bad", targetNamespace="default")
    kustomization(world, "cloud", decryption={"provider": "sops", "serviceAccountName": "kms"})
    kustomization(world, "slow", targetNamespace="default", timeout="1s",
                  healthChecks=[{"apiVersion": "apps/v1", "kind": "Deployment", "name": "absent", "namespace": "default"}])
    await_ready(world, "none", "False", "ArtifactFailed", "kustomization path not found")
    await_ready(world, "bad", "False", "ReconciliationFailed", "Widget")
    now = await_ready(world, "cloud", "False", "UnsupportedField", "spec.decryption.serviceAccountName")
    assert any(c["type"] == "Stalled" and c["status"] == "True" for c in now["conditions"]), now
    await_ready(world, "slow", "False", "HealthCheckFailed", "timeout waiting for: [Deployment/default/absent status: 'NotFound']")
    world.kube.create("/apis/apps/v1/namespaces/default/deployments", deployment("absent"))
    await_ready(world, "slow")


def test_a_tenant_writes_as_its_service_account(world):
    start(world, {"app/a.yaml": config_map("a", key="1")})
    source(world)
    world.kube.create("/api/v1/namespaces/flux-system/serviceaccounts", {"metadata": {"name": "tenant"}})
    kustomization(world, "app", targetNamespace="default", serviceAccountName="tenant")
    now = await_ready(world, "app", "False", "ReconciliationFailed", "system:serviceaccount:flux-system:tenant")
    assert "forbidden" in ready(now)["message"] and world.kube.find(f"{MAPS}/a") is None, now
    rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default"
    world.kube.create(f"{rbac}/roles", {"metadata": {"name": "tenant"}, "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["*"]}]})
    world.kube.create(f"{rbac}/rolebindings", {"metadata": {"name": "tenant"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tenant"},
                                               "subjects": [{"kind": "ServiceAccount", "name": "tenant", "namespace": "flux-system"}]})
    await_ready(world, "app")
    world.kube.delete("/api/v1/namespaces/flux-system/serviceaccounts/tenant")
    world.kube.delete(f"{KUSTOMIZATIONS.format('flux-system')}/app")
    eventually(lambda: world.kube.find(f"{KUSTOMIZATIONS.format('flux-system')}/app") is None, 10, "it is let go without its account")
    assert world.kube.find(f"{MAPS}/a"), "what nobody may delete stays"


@taut_e2e.sandbox_only
def test_another_cluster_is_reached_by_its_kubeconfig(world):
    start(world, {"app/a.yaml": config_map("a", key="1")})
    source(world)
    kubeconfig = world.folder / "east"
    world.start("east", "sandbox", "--port", "0", "--kubeconfig", str(kubeconfig))
    eventually(kubeconfig.exists, 10, "the second sandbox writes its kubeconfig")
    east = Kube(kubeconfig)
    kustomization(world, "app", targetNamespace="default", kubeConfig={"secretRef": {"name": "east"}})
    await_ready(world, "app", "False", "ReconciliationFailed", "unable to read KubeConfig secret 'flux-system/east' error: ")
    secrets = "/api/v1/namespaces/flux-system/secrets"
    world.kube.create(secrets, {"metadata": {"name": "east"}, "stringData": {"other": "x"}})
    await_ready(world, "app", "False", "ReconciliationFailed", "KubeConfig secret 'flux-system/east' does not contain a 'value' key with a kubeconfig")
    world.kube.patch(f"{secrets}/east", {"stringData": {"value": kubeconfig.read_text()}})
    await_ready(world, "app")
    assert east.find(f"{MAPS}/a") and world.kube.find(f"{MAPS}/a") is None
    east.patch(f"{MAPS}/a", {"data": {"key": "hand"}})
    eventually(lambda: east.get(f"{MAPS}/a")["data"]["key"] == "1", 10, "drift is healed there")
    world.kube.delete(f"{KUSTOMIZATIONS.format('flux-system')}/app")
    eventually(lambda: east.find(f"{MAPS}/a") is None, 10, "its objects go with it")
    eventually(lambda: world.kube.find(f"{KUSTOMIZATIONS.format('flux-system')}/app") is None, 10, "it is gone")


def test_the_objects_go_with_the_kustomization_or_stay(world):
    start(world, {"goes/a.yaml": config_map("goes"), "stays/b.yaml": config_map("stays")})
    source(world)
    kustomization(world, "goes", targetNamespace="default")
    kustomization(world, "stays", targetNamespace="default", deletionPolicy="Orphan")
    for name in ("goes", "stays"):
        await_ready(world, name)
        world.kube.delete(f"{KUSTOMIZATIONS.format('flux-system')}/{name}")
        eventually(lambda: world.kube.find(f"{KUSTOMIZATIONS.format('flux-system')}/{name}") is None, 10, f"{name} is gone")
    assert world.kube.find(f"{MAPS}/goes") is None and world.kube.find(f"{MAPS}/stays")


def test_the_home_of_the_sample_repository_runs(world):
    folder = ROOT / "examples" / "flux"
    files = {f"flux/{path.relative_to(folder)}": path.read_text() for path in folder.rglob("*.yaml")}
    start(world, files)
    home = world.folder / "home"
    home.mkdir()
    (home / "home.yaml").write_text(files["flux/home.yaml"].replace("{{repository}}", world.repository.url))
    world.run("apply", "--kubeconfig", world.kubeconfig, str(home))
    for name in ("tenant", "storefront"):
        await_ready(world, name, message="Applied revision: main@sha1:")
    settings = world.kube.get("/api/v1/namespaces/storefront/configmaps/storefront")
    assert settings["data"] == {"greeting": "Welcome", "currency": "EUR"}, settings
    letters = eventually(lambda: world.kube.find("/apis/apps/v1/namespaces/newsletter/deployments/newsletter"), 20, "the chart is released")
    assert letters["spec"]["replicas"] == 2 and letters["metadata"]["annotations"]["meta.helm.sh/release-name"] == "newsletter", letters


def test_a_request_is_handled_and_a_restart_forgets_nothing(world):
    start(world, {"app/a.yaml": config_map("a"), "app/b.yaml": config_map("b")})
    source(world, interval="1h", ignore="app/b.yaml\n")
    kustomization(world, "app", targetNamespace="default")
    await_ready(world, "app")
    assert world.kube.find(f"{MAPS}/b") is None, "what the source ignores is not there"
    sha = world.repository.commit({"app/a.yaml": None, "app/c.yaml": config_map("c")})
    for process in world.processes[1:]:
        process.kill()
        process.wait()
    world.serve()
    wish = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}}}
    world.kube.patch(f"{SOURCES}/home", wish)
    change(world, "app", wish)
    now = await_ready(world, "app", revision=sha)
    eventually(lambda: status(world, "app").get("lastHandledReconcileAt") == "now", 10, "the request is handled")
    assert world.kube.get(f"{SOURCES}/home")["status"]["lastHandledReconcileAt"] == "now"
    eventually(lambda: world.kube.find(f"{MAPS}/a") is None, 10, "what was applied before the restart is pruned")
    assert world.kube.find(f"{MAPS}/c"), now


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
