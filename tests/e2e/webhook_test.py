"""Pushes announced by webhooks: only who knows the secret is heard, and only what a push is about is refreshed."""
import hashlib
import hmac
import http.client
import base64
import json
import re
import sys

import taut_e2e
from taut_e2e import config_map, eventually

SECRET = "webhook-secret-that-nobody-sees"


def port_of(world):
    found = eventually(lambda: re.search(r"webhooks are taken on port (\d+)", (world.folder / "serve.log").read_text()), 20, "the port")
    return int(found[1])


def send(port, payload, secret=SECRET):
    body = json.dumps(payload).encode()
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/api/webhook", body, {"X-GitHub-Event": "push", "X-Hub-Signature-256": signature})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_a_push_refreshes_what_it_touches(world):
    world.start_sandbox()
    sha = world.repository.commit({"web/a.yaml": config_map("web", x="1"), "api/a.yaml": config_map("api", x="1")})
    world.serve("--poll", "1h", "--listen", "127.0.0.1:0")
    world.kube.create("/api/v1/namespaces/argocd/secrets", {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "argocd-secret", "namespace": "argocd"},
        "data": {"webhook.github.secret": base64.b64encode(SECRET.encode()).decode()}})
    for name in ("web", "api"):
        world.application(name)
        world.kube.patch(f"{taut_e2e.ARGO}/namespaces/argocd/applications/{name}",
                         {"metadata": {"annotations": {"argocd.argoproj.io/manifest-generate-paths": "."}}})
        world.await_app(name, "Synced", revision=sha)
    port = port_of(world)
    second = world.repository.commit({"web/a.yaml": config_map("web", x="2")})
    push = {"ref": "refs/heads/main", "repository": {"html_url": world.repository.url, "default_branch": "main"},
            "commits": [{"modified": ["web/a.yaml"]}]}
    # The Secret is known a moment after it was made.
    eventually(lambda: send(port, push, "a guess") == (400, "Webhook processing failed: HMAC verification failed\n"), 5, "a guess is refused")
    assert world.app("web")["status"]["sync"]["revision"] == sha
    assert send(port, push)[0] == 200
    world.await_app("web", "Synced", revision=second, seconds=10)
    assert send(port, {"ref": "refs/heads/side", **{k: push[k] for k in ("repository", "commits")}})[0] == 200
    log = (world.folder / "serve.log").read_text()
    assert log.count("Requested app 'web' refresh") >= 1 and "Requested app 'api' refresh" not in log, log
    assert SECRET not in log and "a guess" not in log


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
