"""Two real repositories, whole: an organisation's Argo CD repository (operate-first-apps) with its projects and its six
clusters, and a home's Flux repository (k8s-gitops). Whatever can be rendered without a network is synced; what is not
says in a line why.

  tests/repos/whole_test.py TAUT [words that choose tests]

Needs the bundles repos/*.bundle of the corpus (TAUT_CORPUS) and PyYAML; says so and passes nothing without them.
With -v each Application is told.
"""
import base64
import json
import os
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import taut_e2e  # noqa: E402
from taut_e2e import ARGO, Kube, eventually  # noqa: E402

try:
    import yaml
except ImportError:
    yaml = None

CORPUS = pathlib.Path(os.environ.get("TAUT_CORPUS", taut_e2e.ROOT.parent / "shared" / "corpus"))
VERBOSE = "-v" in sys.argv
APPLICATIONS = f"{ARGO}/namespaces/argocd/applications"
OVERLAY = "argocd/overlays/moc-infra"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
# Kinds of OpenShift and its operators that live in no namespace; the manifests cannot tell.
CLUSTER_SCOPED = {"BareMetalHostProvisioning", "ClusterClaim", "ClusterImageSet", "ClusterIssuer", "ClusterManagementAddOn", "ClusterResourceQuota",
                  "ClusterSecretStore", "ClusterVersion", "Config", "ConsoleLink", "ConsoleNotification", "Group", "Image", "ImageContentSourcePolicy",
                  "Ingress", "IngressController", "KubeletConfig", "MachineConfig", "MachineConfigPool", "ManagedCluster", "MultiClusterHub", "Network",
                  "NodeFeatureRule", "OAuth", "Project", "Proxy", "Scheduler", "SecurityContextConstraints", "GatewayClass", "Profile"}

OTHERS = ("gateway.networking.k8s.io", "autoscaling.k8s.io", "metrics.k8s.io")  # named as Kubernetes' own, but not served by it


def bundle_of(name):
    return CORPUS / "repos" / f"{name}.bundle"


def check_out(world, bundle):
    world.repository.git("fetch", "-q", str(bundle), "HEAD")
    world.repository.git("checkout", "-q", "-B", "main", "FETCH_HEAD")


def documents(folder):
    """All objects of the YAML files of a folder that can be read, with their files."""
    for path in sorted(folder.rglob("*.y*ml")):
        try:
            loaded = list(yaml.load_all(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
        for document in loaded:
            if isinstance(document, dict) and isinstance(document.get("kind"), str) and "apiVersion" in document:
                yield path, document


def definition(group, version, kind, scope):
    """A custom resource of which only the name is known; it takes everything."""
    plural = kind.lower() + ("es" if kind.endswith("s") else "s")
    if kind.endswith("y"):
        plural = kind.lower()[:-1] + "ies"
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": f"{plural}.{group}"},
            "spec": {"group": group, "scope": scope, "names": {"plural": plural, "kind": kind, "singular": kind.lower(), "listKind": kind + "List"},
                     "versions": [{"name": version, "served": True, "storage": True, "schema": schema, "subresources": {"status": {}}}]}}


class Kinds:
    """Gives clusters the kinds that a repository uses and they lack: operators that nobody runs here would bring them."""

    def __init__(self, folder, bare="Namespaced"):
        """`bare`: the scope of kinds of which no object names a namespace."""
        self.defined, self.used, self.namespaces, self.placed, self.bare = {}, {}, set(), set(), bare
        for _, document in documents(folder):
            group, _, version = document["apiVersion"].rpartition("/")
            if document["kind"] == "CustomResourceDefinition" and group == "apiextensions.k8s.io":
                self.defined[document["spec"]["names"]["kind"], document["spec"]["group"]] = document
                continue
            if namespace := document.get("metadata", {}).get("namespace"):
                self.namespaces.add(namespace)
                self.placed.add((document["kind"], group))
            if document["kind"] == "Namespace":
                self.namespaces.add(document["metadata"]["name"])
            if "." in group and (not group.endswith(".k8s.io") or group.endswith("x-k8s.io") or group in OTHERS):
                self.used.setdefault((document["kind"], group), []).append(version)

    def settle(self, kube):
        """Makes the namespaces that manifests name: who made them is not in the repository, or not rendered here."""
        for name in sorted(self.namespaces):
            if isinstance(name, str) and kube.find(f"/api/v1/namespaces/{name}") is None:
                try:
                    kube.create("/api/v1/namespaces", {"metadata": {"name": name}})
                except taut_e2e.Refused:
                    pass  # no name for a namespace: a template's

    def teach(self, kube):
        there = {(item["spec"]["names"]["kind"], item["spec"]["group"]) for item in kube.get(CRDS)["items"]}
        for (kind, group), versions in sorted(self.used.items()):
            if (kind, group) in there or group in ("kustomize.config.k8s.io", "argoproj.io"):
                continue
            given = self.defined.get((kind, group))
            scope = given["spec"]["scope"] if given else "Cluster" if kind in CLUSTER_SCOPED else "Namespaced" if (kind, group) in self.placed else self.bare
            body = definition(group, versions[0], kind, scope)
            if given:
                body["metadata"]["name"] = given["metadata"]["name"]
                body["spec"]["names"] = given["spec"]["names"]
            first = body["spec"]["versions"][0]
            for version in sorted(set(versions) - {versions[0]}):
                body["spec"]["versions"].append({**first, "name": version, "storage": False})
            try:
                kube.create(CRDS, body)
            except taut_e2e.Refused as refused:
                print(f"     {kind} of {group} cannot be taught: {refused}")


class Cluster:
    """Another cluster, and the Secret that tells Argo CD of it."""

    def __init__(self, world, name):
        kubeconfig = world.folder / f"cluster-{name}"
        world.start(f"cluster-{name}", "sandbox", "--port", "0", "--token", "t", "--kubeconfig", str(kubeconfig), "--workload-speed", "0")
        eventually(kubeconfig.exists, 20, "the sandbox writes its kubeconfig")
        self.name, self.kube = name, Kube(kubeconfig)

    def secret(self):
        return secret_of(self.name, self.kube.url.port, "t")


def secret_of(name, port, token):
    config = {"bearerToken": token, "tlsClientConfig": {"insecure": True}}
    data = {"name": name, "server": f"https://127.0.0.1:{port}", "config": json.dumps(config)}
    return {"apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": f"cluster-{name}", "namespace": "argocd", "labels": {"argocd.argoproj.io/secret-type": "cluster"}},
            "data": {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}}


def settings_of(folder):
    """argocd-cm as the repository's own overlay makes it, but for what has to do with signing in."""
    data = {path.name: path.read_text() for path in (folder / OVERLAY / "configs/argo_cm").iterdir() if path.name in ("globalProjects", "resource.exclusions")}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm", "namespace": "argocd"}, "data": data}


def why(app):
    """What an Application says about itself, in a line."""
    status = app.get("status", {})
    parts = [c["message"] for c in status.get("conditions", [])]
    operation = status.get("operationState", {})
    if operation.get("phase") == "Running":
        parts.append(operation.get("message", ""))
    if operation.get("phase") in ("Failed", "Error") or operation.get("retryCount"):
        parts.append(operation.get("message", ""))
        parts += [f"{r['kind']}/{r['name']}: {r.get('message')}" for r in operation.get("syncResult", {}).get("resources", [])
                  if r.get("status") == "SyncFailed"]
    return " | ".join(dict.fromkeys(part.replace("\n", " ") for part in parts if part))


def differing(app):
    return [f"{r['kind']}/{r.get('namespace', '')}/{r['name']}" for r in app.get("status", {}).get("resources", []) if r.get("status") == "OutOfSync"]


def sync_all(world, asked):
    """Asks once for a sync of each Application that has none of its own; returns all Applications."""
    items = world.kube.get(APPLICATIONS)["items"]
    for app in items:
        name, status = app["metadata"]["name"], app.get("status", {})
        if name in asked or not status.get("sync", {}).get("status"):
            continue
        asked.add(name)
        if status["sync"]["status"] == "OutOfSync" and not status.get("operationState"):
            world.kube.patch(f"{APPLICATIONS}/{name}", {"operation": {
                "sync": {"syncStrategy": {"hook": {}}, "syncOptions": app["spec"].get("syncPolicy", {}).get("syncOptions", []) + ["CreateNamespace=true"]},
                "retry": {"limit": 2, "backoff": {"duration": "1s"}}, "initiatedBy": {"username": "test"}}})
    return items


def sync_of(app):
    return app.get("status", {}).get("sync", {}).get("status")


def give_secrets(kubes):
    """Does what the operator of ExternalSecrets would: says that they are there."""
    for kube in kubes:
        for version in ("v1beta1", "v1"):
            for item in (kube.find(f"/apis/external-secrets.io/{version}/externalsecrets") or {"items": []})["items"]:
                if not item.get("status"):
                    meta = item["metadata"]
                    ready = {"type": "Ready", "status": "True", "reason": "SecretSynced", "message": "Secret was synced"}
                    kube.patch(f"/apis/external-secrets.io/{version}/namespaces/{meta['namespace']}/externalsecrets/{meta['name']}/status",
                               {"status": {"conditions": [ready]}})


def rest(world, kubes=(), seconds=100, quiet=4):
    """Syncs everything and waits until nothing changes any more; returns when that began."""
    asked, since, last, end = set(), time.monotonic(), None, time.monotonic() + seconds
    while time.monotonic() < end and time.monotonic() - since < quiet:
        items = sync_all(world, asked)
        give_secrets(kubes)
        state = [(a["metadata"]["name"], sync_of(a)) for a in items]
        if state != last or not all(settled(app) for app in items):
            since, last = time.monotonic(), state
        time.sleep(0.5)
    if time.monotonic() >= end:
        moving = [f"{a['metadata']['name']} ({sync_of(a)}, {a.get('status', {}).get('operationState', {}).get('message')})"
                  for a, (name, before) in zip(items, last) if not settled(a) or sync_of(a) != before]
        print(f"     not at rest: {', '.join(moving)[:2000]}")
    return since


def settled(app):
    """Whether nothing more will happen to an Application by itself."""
    status = app.get("status", {})
    if status.get("operationState", {}).get("phase") == "Running" or app.get("operation"):
        return False
    return bool(sync_of(app))


def test_an_organisation_of_argo_cd(world):
    check_out(world, bundle_of("operate-first-apps"))
    world.start_sandbox("--workload-speed", "0")
    others = [Cluster(world, name) for name in ("smaug", "curator", "jerry", "demo")]
    # The repository and a cluster are named by their public addresses; here they are a folder and a sandbox.
    places = {"https://github.com/operate-first/apps.git": world.repository.url,
              "https://api.smaug.na.operate-first.cloud:6443": f"https://127.0.0.1:{others[0].kube.url.port}"}
    for path in (world.repository.work / OVERLAY).rglob("*.yaml"):
        text = path.read_text()
        for public, here in places.items():
            text = text.replace(public, here)
        path.write_text(text)
    world.repository.commit({}, "the repository is here")
    world.repository.git("push", "-q", "origin", "main:master")
    kinds = Kinds(world.repository.work)
    world.serve()
    for kube in [world.kube] + [other.kube for other in others]:
        kinds.teach(kube)
        kinds.settle(kube)
    secrets = [other.secret() for other in others] + [secret_of("moc-infra", world.kube.url.port, world.kube.token)]
    for secret in secrets:
        world.kube.create("/api/v1/namespaces/argocd/secrets", secret)
    world.kube.create("/api/v1/namespaces/argocd/configmaps", settings_of(world.repository.work))
    for _, project in documents(world.repository.work / OVERLAY / "projects"):
        if project["kind"] == "AppProject":
            world.kube.create(f"{ARGO}/namespaces/argocd/appprojects", project)
    start = time.monotonic()
    world.application("all", f"{OVERLAY}/applications", "argocd")
    world.await_app("all", "Synced", seconds=30)
    rested = rest(world, [world.kube] + [other.kube for other in others])
    items = world.kube.get(APPLICATIONS)["items"]
    assert items, 'no Application'
    good = [a for a in items if sync_of(a) == "Synced"]
    bad = [a for a in items if a not in good]
    print(f"     {len(items)} Applications: {len(good)} Synced, {len(bad)} not, at rest after {rested - start:.1f} s")
    for app in bad if VERBOSE else []:
        print(f"       {app['metadata']['name']}: {sync_of(app)}: {why(app)[:300]}")
    silent = {app["metadata"]["name"]: differing(app) for app in bad if not why(app)}
    assert not silent, f"not Synced, and no word why: {silent}"


FLUX = "/apis/{}.toolkit.fluxcd.io"


def ready_of(item):
    return next((c for c in item.get("status", {}).get("conditions", []) if c["type"] == "Ready"), {})


def test_a_home_of_flux(world):
    check_out(world, bundle_of("k8s-gitops"))
    world.repository.git("push", "-q", "-f", "origin", "main")
    sha = world.repository.git("rev-parse", "HEAD")
    world.start_sandbox("--workload-speed", "0")
    world.serve()
    kinds = Kinds(world.repository.work / "kubernetes", bare="Cluster")
    kinds.teach(world.kube)
    kinds.namespaces.add("flux-system")
    kinds.settle(world.kube)
    meta = {"name": "flux-system", "namespace": "flux-system"}
    sources, kustomizations = FLUX.format("source") + "/v1", FLUX.format("kustomize") + "/v1/namespaces/flux-system/kustomizations"
    start = time.monotonic()
    world.kube.create(f"{sources}/namespaces/flux-system/gitrepositories", {
        "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": meta,
        "spec": {"interval": "1h", "url": world.repository.url, "ref": {"branch": "main"}}})
    world.kube.create(kustomizations, {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": meta,
        "spec": {"interval": "1h", "path": "./setup/flux/cluster", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "flux-system"}}})
    def applied():
        items = world.kube.get(kustomizations)["items"]
        return len(items) == 3 and all(ready_of(i).get("status") == "True" and i["status"]["lastAppliedRevision"] == f"main@sha1:{sha}" for i in items)
    try:
        eventually(applied, 60, "")
    except AssertionError:
        told = {i["metadata"]["name"]: ready_of(i) for i in world.kube.get(kustomizations)["items"]}
        raise AssertionError(f"Kustomizations that are not ready: {told}") from None
    entries = sum(len(i["status"]["inventory"]["entries"]) for i in world.kube.get(kustomizations)["items"])
    print(f"     3 Kustomizations are ready, {entries} objects applied, after {time.monotonic() - start:.1f} s")
    # Their charts are in registries that cannot be reached from here.
    releases = lambda: world.kube.get(FLUX.format("helm") + "/v2/helmreleases")["items"]
    def told():
        return all(ready_of(item).get("message") for item in releases())
    eventually(told, 60, "each HelmRelease says what it waits for")
    for item in releases() if VERBOSE else []:
        print(f"       {item['metadata']['name']}: {ready_of(item).get('reason')}: {ready_of(item)['message'][:200]}")
    print(f"     {len(releases())} HelmReleases, of which {sum(ready_of(i).get('status') != 'True' for i in releases())} say what they wait for")


if __name__ == "__main__":
    if VERBOSE:
        sys.argv.remove("-v")
    if yaml is None or not all(bundle_of(name).exists() for name in ("operate-first-apps", "k8s-gitops")):
        print(f"skipped: {'PyYAML is missing' if yaml is None else f'no bundles in {CORPUS}/repos (TAUT_CORPUS)'}")
        print("0 passed, 0 failed, 2 skipped")
        sys.exit(0)
    os.environ["HTTPS_PROXY"] = os.environ["https_proxy"] = os.environ["http_proxy"] = "http://127.0.0.1:9"  # there is no network
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    taut_e2e.main(sys.modules[__name__])
