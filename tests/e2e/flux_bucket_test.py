"""Flux's Buckets: a Kustomization that lives on an S3 server."""
import json
import sys

import fake_s3
import taut_e2e
from taut_e2e import config_map, eventually

BUCKETS = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/buckets"
KUSTOMIZATIONS = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations"
SECRETS = "/api/v1/namespaces/flux-system/secrets"
MAPS = "/api/v1/namespaces/default/configmaps"


def start(world):
    world.start_sandbox()
    world.serve()
    world.kube.create("/api/v1/namespaces", {"metadata": {"name": "flux-system"}})


def bucket(world, name, s3, **spec):
    world.kube.create(BUCKETS, {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "Bucket", "metadata": {"name": name, "namespace": "flux-system"},
                                "spec": {"interval": "1s", "endpoint": s3.endpoint, "bucketName": "home", "insecure": True, **spec}})


def manifest(name, **data):
    return json.dumps(config_map(name, **data))


def test_what_a_bucket_holds_is_applied(world):
    start(world)
    s3 = fake_s3.S3("home", "key-id", "key-that-nobody-sees")
    s3.put("app/a.yaml", manifest("a", x="1"))
    s3.put("app/b c+d&e.yaml", manifest("b", x="1"))
    s3.put("app/left-out.yaml", "no manifest")
    s3.put("docs/readme.md", "text")
    s3.put(".sourceignore", "docs/\n")
    s3.put("app/folder/", "")
    world.kube.create(SECRETS, {"metadata": {"name": "keys"}, "stringData": {"accesskey": "key-id", "secretkey": "a guess"}})
    bucket(world, "home", s3, secretRef={"name": "keys"}, ignore="left-out.yaml\n")
    world.await_ready(f"{BUCKETS}/home", "False", "BucketOperationFailed", "failed to confirm existence of 'home' bucket: Access Denied.")
    world.kube.patch(f"{SECRETS}/keys", {"stringData": {"secretkey": "key-that-nobody-sees"}})
    world.kube.create(KUSTOMIZATIONS, {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
                                       "metadata": {"name": "app", "namespace": "flux-system"},
                                       "spec": {"interval": "10m", "prune": True, "path": "./app", "targetNamespace": "default",
                                                "sourceRef": {"kind": "Bucket", "name": "home"}}})
    keys = ["app/a.yaml", "app/b c+d&e.yaml"]
    revision = s3.revision(keys)
    status = world.await_ready(f"{BUCKETS}/home", "True", "Succeeded", f"stored artifact: revision '{revision}'")
    assert status["artifact"]["revision"] == revision, status
    world.await_ready(f"{KUSTOMIZATIONS}/app", "True", "ReconciliationSucceeded", f"Applied revision: {revision}")
    assert world.kube.find(f"{MAPS}/a") and world.kube.find(f"{MAPS}/b")
    s3.put("app/a.yaml", manifest("a", x="2"))
    del s3.objects["app/b c+d&e.yaml"]
    eventually(lambda: world.kube.get(f"{MAPS}/a")["data"]["x"] == "2" and world.kube.find(f"{MAPS}/b") is None, 10, "the change is applied")
    assert world.kube.get(f"{BUCKETS}/home")["status"]["artifact"]["revision"] == s3.revision(["app/a.yaml"])
    fetched = len([path for _, path in s3.requests if path.endswith("app/a.yaml")])
    eventually(lambda: len([1 for _, path in s3.requests if "list-type" in path]) > 12, 15, "it is listed again")
    assert len([path for _, path in s3.requests if path.endswith("app/a.yaml")]) == fetched, "what did not change is not fetched again"
    log = (world.folder / "serve.log").read_text()
    assert "key-that-nobody-sees" not in log and "a guess" not in log


def test_faults_are_told_in_the_words_of_flux(world):
    start(world)
    s3 = fake_s3.S3("home")
    s3.put("app/a.yaml", manifest("a"))
    bucket(world, "open", s3)
    bucket(world, "gone", s3, bucketName="other")
    bucket(world, "half", s3, secretRef={"name": "half"})
    bucket(world, "cloud", s3, provider="gcp")
    bucket(world, "none", s3, secretRef={"name": "none"})
    world.kube.create(SECRETS, {"metadata": {"name": "half"}, "stringData": {"accesskey": "key-id"}})
    world.await_ready(f"{BUCKETS}/open", "True", "Succeeded", s3.revision(["app/a.yaml"]))
    world.await_ready(f"{BUCKETS}/gone", "False", "BucketOperationFailed", "bucket 'other' not found")
    world.await_ready(f"{BUCKETS}/half", "False", "AuthenticationFailed", "invalid 'half' secret data: required fields 'accesskey' and 'secretkey'")
    world.await_ready(f"{BUCKETS}/none", "False", "AuthenticationFailed", "failed to get secret 'flux-system/none'")
    status = world.await_ready(f"{BUCKETS}/cloud", "False", "UnsupportedField", "spec.provider is not supported")
    assert any(c["type"] == "Stalled" for c in status["conditions"]), status


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
