"""Flux's OCIRepositories: Kustomizations that live in a registry, by tag, range and digest, with a login."""
import base64
import json
import sys

import fake_registry
import taut_e2e
from fake_registry import CONTENT, archive
from taut_e2e import config_map, eventually

OCI = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/ocirepositories"
KUSTOMIZATIONS = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations"
SECRETS = "/api/v1/namespaces/flux-system/secrets"
MAPS = "/api/v1/namespaces/default/configmaps"
PASSWORD = "password-that-nobody-sees"


def start(world):
    world.start_sandbox()
    world.serve()
    world.kube.create("/api/v1/namespaces", {"metadata": {"name": "flux-system"}})
    registry = fake_registry.Registry("robot", PASSWORD)
    login(world, registry, PASSWORD)
    return registry


def login(world, registry, password):
    auth = base64.b64encode(f"robot:{password}".encode()).decode()
    config = json.dumps({"auths": {registry.host: {"auth": auth}}})
    world.kube.create(SECRETS, {"metadata": {"name": f"login-{len(password)}"}, "type": "kubernetes.io/dockerconfigjson",
                                "stringData": {".dockerconfigjson": config}})


def oci(world, name, registry, **spec):
    spec = {"interval": "1s", "url": f"oci://{registry.host}/team/app", "insecure": True, "secretRef": {"name": f"login-{len(PASSWORD)}"}, **spec}
    world.kube.create(OCI, {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "OCIRepository",
                            "metadata": {"name": name, "namespace": "flux-system"}, "spec": spec})


def content(name, **data):
    return archive({"app/a.yaml": json.dumps(config_map(name, **data)), "readme.md": "text"})


def test_what_a_registry_holds_is_applied(world):
    registry = start(world)
    first = registry.push("team/app", "1.0.0", [(CONTENT, content("a", x="1"))], {"org.opencontainers.image.revision": "main@sha1:abc"})
    registry.push("team/app", "2.0.0", [(CONTENT, content("a", x="2"))])
    oci(world, "home", registry, ref={"semver": "1.x"})
    status = world.await_ready(f"{OCI}/home", "True", "Succeeded", f"stored artifact for digest '1.0.0@{first}'")
    assert status["artifact"]["metadata"]["org.opencontainers.image.revision"] == "main@sha1:abc", status
    world.kube.create(KUSTOMIZATIONS, {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
                                       "metadata": {"name": "app", "namespace": "flux-system"},
                                       "spec": {"interval": "10m", "prune": True, "path": "./app", "targetNamespace": "default",
                                                "sourceRef": {"kind": "OCIRepository", "name": "home"}}})
    status = world.await_ready(f"{KUSTOMIZATIONS}/app", "True", "ReconciliationSucceeded", f"Applied revision: 1.0.0@{first}")
    assert status["lastAppliedOriginRevision"] == "main@sha1:abc", status
    newer = registry.push("team/app", "1.1.0", [(CONTENT, content("a", x="1.1"))])
    world.await_ready(f"{KUSTOMIZATIONS}/app", "True", "ReconciliationSucceeded", f"Applied revision: 1.1.0@{newer}")
    assert world.kube.get(f"{MAPS}/a")["data"]["x"] == "1.1"
    blobs = [path for path in registry.requests if "/blobs/" in path]
    eventually(lambda: len([1 for path in registry.requests if path.endswith("/tags/list")]) > 8, 15, "it is asked again")
    assert [path for path in registry.requests if "/blobs/" in path] == blobs, "what did not change is not fetched again"
    assert PASSWORD not in (world.folder / "serve.log").read_text()


def test_references_and_layers_are_chosen_and_faults_told(world):
    registry = start(world)
    chart = "application/vnd.example.chart+gzip"
    digest = registry.push("team/app", "latest", [(chart, content("chart")), (CONTENT, content("plain"))])
    registry.push("team/app", "rc-1.2.0", [(CONTENT, content("a"))])
    oci(world, "tag", registry)
    oci(world, "digest", registry, ref={"digest": digest, "tag": "ignored"})
    oci(world, "layer", registry, layerSelector={"mediaType": CONTENT})
    oci(world, "filtered", registry, ref={"semver": ">=0.0.0-0", "semverFilter": "^rc-"})
    oci(world, "other", registry, layerSelector={"mediaType": "text/plain"})
    oci(world, "gone", registry, ref={"tag": "9.9.9"})
    oci(world, "guess", registry, secretRef={"name": "login-5"})
    oci(world, "nowhere", registry, url="oci://registry-without-a-repository")
    world.kube.create("/api/v1/namespaces/flux-system/serviceaccounts", {"metadata": {"name": "puller"}, "imagePullSecrets": [{"name": "none"}]})
    oci(world, "account", registry, secretRef=None, serviceAccountName="puller")
    oci(world, "signed", registry, verify={"provider": "cosign"})
    login(world, registry, "guess")
    for name, revision in (("tag", f"latest@{digest}"), ("digest", digest), ("layer", f"latest@{digest}")):
        world.await_ready(f"{OCI}/{name}", "True", "Succeeded", f"stored artifact for digest '{revision}'")
    plain = world.kube.get(f"{OCI}/layer")["status"]
    assert plain["artifact"]["digest"] != world.kube.get(f"{OCI}/tag")["status"]["artifact"]["digest"], "another layer"
    assert plain["observedLayerSelector"] == {"mediaType": CONTENT}, plain
    world.await_ready(f"{OCI}/filtered", "False", "ReadOperationFailed", "no match found for semver: >=0.0.0-0")
    world.await_ready(f"{OCI}/other", "False", "OCIArtifactLayerOperationFailed", "failed to find layer with media type 'text/plain' in artifact")
    world.await_ready(f"{OCI}/gone", "False", "OCIArtifactPullFailed", "failed to determine artifact digest: ")
    world.await_ready(f"{OCI}/guess", "False", "OCIArtifactPullFailed", "incorrect username or password")
    world.await_ready(f"{OCI}/nowhere", "False", "URLInvalid", "URL validation failed for 'oci://registry-without-a-repository'")
    world.await_ready(f"{OCI}/account", "False", "AuthenticationFailed", "failed to get image pull secret 'flux-system/none': ")
    world.kube.patch("/api/v1/namespaces/flux-system/serviceaccounts/puller", {"imagePullSecrets": [{"name": f"login-{len(PASSWORD)}"}]})
    world.await_ready(f"{OCI}/account", "True", "Succeeded", f"stored artifact for digest 'latest@{digest}'")
    world.await_ready(f"{OCI}/signed", "False", "UnsupportedField", "spec.verify is not supported")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
