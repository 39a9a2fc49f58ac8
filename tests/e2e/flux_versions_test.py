"""Older API versions of Flux's kinds: read, and warned of in the words that Flux's own definitions have, by whatever writes
them and in the log of whoever keeps them."""
import sys

import taut_e2e
from flux_helm_test import CHART
from taut_e2e import config_map, eventually

GIT, META = {"kind": "GitRepository", "name": "home"}, {"namespace": "flux-system"}
SOURCE, KUSTOMIZE, HELM, NOTIFY = (f"{group}.toolkit.fluxcd.io" for group in ("source", "kustomize", "helm", "notification"))
CHART_SPEC = {"chart": "./chart", "sourceRef": GIT}
# Group, kind, plural, the version of now, older ones, a spec.
KINDS = [
    (SOURCE, "Bucket", "buckets", "v1", ["v1beta2", "v1beta1"], {"interval": "1m", "bucketName": "b", "endpoint": "127.0.0.1:1"}),
    (SOURCE, "HelmRepository", "helmrepositories", "v1", ["v1beta2", "v1beta1"], {"interval": "1m", "url": "http://127.0.0.1:1"}),
    (SOURCE, "HelmChart", "helmcharts", "v1", ["v1beta2", "v1beta1"], {"interval": "1m", **CHART_SPEC}),
    (SOURCE, "OCIRepository", "ocirepositories", "v1", ["v1beta2"], {"interval": "1m", "url": "oci://127.0.0.1:1/a/b"}),
    (KUSTOMIZE, "Kustomization", "kustomizations", "v1", ["v1beta2", "v1beta1"],
     {"interval": "1m", "prune": False, "path": "./app", "sourceRef": GIT}),
    (HELM, "HelmRelease", "helmreleases", "v2", ["v2beta2", "v2beta1"], {"interval": "1m", "chart": {"spec": CHART_SPEC}}),
    (NOTIFY, "Receiver", "receivers", "v1", ["v1beta2", "v1beta1"],
     {"type": "generic", "secretRef": {"name": "none"}, "resources": [{"kind": "GitRepository", "name": "home"}]}),
]


def ready(of):
    return next((c for c in of.get("status", {}).get("conditions", []) if c["type"] == "Ready"), None)


def test_older_versions_are_read_and_warned_of(world):
    world.start_sandbox("--workload-speed", "10")
    world.repository.commit({"chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n", "chart/values.yaml": CHART["values.yaml"],
                             "chart/templates/map.yaml": CHART["templates/map.yaml"], "app/a.yaml": config_map("a")})
    world.serve()
    world.kube.create("/api/v1/namespaces", {"metadata": {"name": "flux-system"}})
    spec = {"interval": "1m", "url": world.repository.url, "ref": {"branch": "main"}}
    # The oldest GitRepository is the source of all that follows.
    documents = [(SOURCE, "GitRepository", "gitrepositories", "v1", "v1beta1", "home", spec),
                 (SOURCE, "GitRepository", "gitrepositories", "v1", "v1beta2", "second", spec)]
    documents += [(group, kind, plural, now, old, f"{kind.lower()}-{old}", body) for group, kind, plural, now, olds, body in KINDS for old in olds]
    # Each Kustomization has a namespace for itself: two that keep one object take it from each other for ever.
    for place, (_, kind, _, _, old, _, body) in enumerate(documents):
        if kind == "Kustomization":
            world.kube.create("/api/v1/namespaces", {"metadata": {"name": old}})
            documents[place] = (*documents[place][:-1], body | {"targetNamespace": old})
    folder = world.folder / "old"
    folder.mkdir()
    for group, kind, plural, now, old, name, body in documents:
        lines = [f"apiVersion: {group}/{old}", f"kind: {kind}", f"metadata: {{name: {name}, namespace: flux-system}}", "spec: " + taut_e2e.json.dumps(body)]
        (folder / f"{name}.yaml").write_text("\n".join(lines) + "\n")
    told = world.run("apply", "--kubeconfig", world.kubeconfig, str(folder))
    for group, kind, plural, now, old, name, body in documents:
        warning = f"{group}/{old} {kind} is deprecated, upgrade to {now}"
        assert warning in told.stdout + told.stderr, f"{warning}: {told.stdout}{told.stderr}"
        path = f"/apis/{group}/{now}/namespaces/flux-system/{plural}/{name}"
        eventually(lambda: ready(world.kube.get(path)), 20, f"{name} has a condition")
    for name in ("kustomization-v1beta1", "kustomization-v1beta2"):
        world.await_ready(f"/apis/{KUSTOMIZE}/v1/namespaces/flux-system/kustomizations/{name}", "True", "ReconciliationSucceeded")
    for name in ("helmrelease-v2beta1", "helmrelease-v2beta2"):
        world.await_ready(f"/apis/{HELM}/v2/namespaces/flux-system/helmreleases/{name}", "True", "InstallSucceeded")
    # What a Kustomization writes is warned of in the log.
    world.repository.commit({"app/old.yaml": (folder / "receiver-v1beta2.yaml").read_text().replace("flux-system", "default")})
    world.kube.patch(f"/apis/{SOURCE}/v1/namespaces/flux-system/gitrepositories/home", {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}}})
    warning = f"the API server warns: {NOTIFY}/v1beta2 Receiver is deprecated, upgrade to v1"
    eventually(lambda: warning in (world.folder / "serve.log").read_text(), 15, "the log warns")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
