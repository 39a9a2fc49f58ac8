"""What stands beside the home of the sample repository's `flux` folder: encrypted Secrets, a Receiver, a Bucket."""
import base64
import hashlib
import hmac
import re
import sys

import fake_s3
import taut_e2e
from flux_receiver_test import send
from flux_test import await_ready, start
from taut_e2e import ROOT, eventually

FOLDER = ROOT / "examples" / "flux"
GROUP = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system"
RECEIVER = "/apis/notification.toolkit.fluxcd.io/v1/namespaces/flux-system/receivers/push"


def apply(world, name, **changes):
    text = (FOLDER / name).read_text().replace("{{repository}}", world.repository.url)
    for before, after in changes.items():
        found = {"endpoint": "minio.example.com:9000", "access": "accesskey: replace-this", "secret": "secretkey: replace-this-too"}[before]
        assert found in text, found
        text = text.replace(found + "\n", after + "\n")
    folder = world.folder / name.removesuffix(".yaml")
    folder.mkdir()
    (folder / name).write_text(text)
    world.run("apply", "--kubeconfig", world.kubeconfig, str(folder))


def files():
    return {f"flux/{path.relative_to(FOLDER)}": path.read_text() for path in FOLDER.rglob("*") if path.is_file()}


def test_encrypted_secrets_and_a_receiver_beside_the_home(world):
    world.start_sandbox("--workload-speed", "10")
    world.repository.commit(files())
    world.serve("--listen", "127.0.0.1:0")
    apply(world, "home.yaml")
    await_ready(world, "tenant")
    apply(world, "secrets.yaml")
    await_ready(world, "vault", message="Applied revision: main@sha1:")
    login = world.kube.get("/api/v1/namespaces/storefront/secrets/login")["data"]
    assert base64.b64decode(login["password"]).decode() == "correct horse", login
    apply(world, "push.yaml")
    path = eventually(lambda: world.kube.get(RECEIVER).get("status", {}).get("webhookPath"), 10, "the path is told")
    port = int(eventually(lambda: re.search(r"webhooks are taken on port (\d+)", (world.folder / "serve.log").read_text()), 10, "the port")[1])
    token, body = re.search(r"token: (\S+)", (FOLDER / "push.yaml").read_text())[1], b"{}"
    signature = "sha256=" + hmac.new(token.encode(), body, hashlib.sha256).hexdigest()
    sha = world.repository.commit({"flux/vault/more.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n"})
    assert send(port, path, {"X-Hub-Signature-256": signature, "X-GitHub-Event": "push"}, body) == 200
    await_ready(world, "vault", revision=sha)


def test_the_same_folder_from_a_bucket(world):
    start(world, {"readme.md": ""})
    s3 = fake_s3.S3("shop", "key-id", "key")
    for name, text in files().items():
        s3.put(name, text)
    apply(world, "bucket.yaml", endpoint=s3.endpoint, access="accesskey: key-id", secret="secretkey: key")
    world.await_ready(f"{GROUP}/buckets/shop", "True", "Succeeded")
    await_ready(world, "storefront-of-bucket")
    assert world.kube.get("/api/v1/namespaces/default/configmaps/storefront")["data"]["greeting"] == "Welcome"


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
