"""Flux's Receivers: who knows the token has the sources that they name looked at at once."""
import hashlib
import hmac
import http.client
import re
import sys

import taut_e2e
from taut_e2e import config_map, eventually

RECEIVERS = "/apis/notification.toolkit.fluxcd.io/v1/namespaces/flux-system/receivers"
SOURCES = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories"
SECRETS = "/api/v1/namespaces/flux-system/secrets"
TOKEN = "token-that-nobody-sees"


def start(world):
    world.start_sandbox()
    sha = world.repository.commit({"app/a.yaml": config_map("a", x="1")})
    world.serve("--listen", "127.0.0.1:0")
    world.kube.create("/api/v1/namespaces", {"metadata": {"name": "flux-system"}})
    for name in ("home", "other"):
        world.kube.create(SOURCES, {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
                                    "metadata": {"name": name, "namespace": "flux-system", "labels": {"team": name}},
                                    "spec": {"interval": "1h", "url": world.repository.url, "ref": {"branch": "main"}}})
        await_revision(world, name, sha)
    found = eventually(lambda: re.search(r"webhooks are taken on port (\d+)", (world.folder / "serve.log").read_text()), 20, "the port")
    return int(found[1])


def revision(world, name):
    return world.kube.get(f"{SOURCES}/{name}").get("status", {}).get("artifact", {}).get("revision")


def await_revision(world, name, sha):
    eventually(lambda: revision(world, name) == f"main@sha1:{sha}", 10, f"{name} is at {sha}")


def receiver(world, name, kind, resources, **spec):
    world.kube.create(RECEIVERS, {"apiVersion": "notification.toolkit.fluxcd.io/v1", "kind": "Receiver",
                                  "metadata": {"name": name, "namespace": "flux-system"},
                                  "spec": {"type": kind, "secretRef": {"name": "token"}, "resources": resources, **spec}})


def await_ready(world, name, value, reason):
    def holds():
        status = world.kube.get(f"{RECEIVERS}/{name}").get("status", {})
        ready = next((c for c in status.get("conditions", []) if c["type"] == "Ready"), {})
        return (status, ready) if (ready.get("status"), ready.get("reason")) == (value, reason) else None
    return eventually(holds, 10, f"{name} is {value} {reason}")


def send(port, path, headers=None, body=b"{}"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", path, body, {"Content-Type": "application/json", **(headers or {})})
    return connection.getresponse().status


def test_a_call_has_sources_looked_at(world):
    port = start(world)
    receiver(world, "push", "github", [{"kind": "GitRepository", "name": "home"}], events=["ping", "push"])
    status, ready = await_ready(world, "push", "False", "TokenNotFound")
    assert ready["message"].startswith("unable to read token from secret 'flux-system/token' error: "), ready
    world.kube.create(SECRETS, {"metadata": {"name": "token"}, "stringData": {"token": TOKEN}})
    status, ready = await_ready(world, "push", "True", "Succeeded")
    path = "/hook/" + hashlib.sha256(f"{TOKEN}pushflux-system".encode()).hexdigest()
    assert status["webhookPath"] == path and ready["message"] == f"Receiver initialized for path: {path}", status
    sha = world.repository.commit({"app/a.yaml": config_map("a", x="2")})
    signature = {"X-Hub-Signature-256": "sha256=" + hmac.new(TOKEN.encode(), b"{}", hashlib.sha256).hexdigest()}
    assert send(port, path, {"X-GitHub-Event": "push"}) == 400, "no signature"
    assert send(port, path, {"X-GitHub-Event": "issues", **signature}) == 400, "another event"
    assert send(port, "/hook/" + "0" * 64, signature) == 404
    assert send(port, path, {"X-GitHub-Event": "push", **signature}) == 200
    await_revision(world, "home", sha)
    assert revision(world, "other") != f"main@sha1:{sha}", "what is not named is left alone"
    requested = world.kube.get(f"{SOURCES}/home")["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"]
    eventually(lambda: world.kube.get(f"{SOURCES}/home")["status"].get("lastHandledReconcileAt") == requested, 10, "the request is handled")
    world.kube.patch(f"{RECEIVERS}/push", {"spec": {"suspend": True}})
    eventually(lambda: send(port, path, {"X-GitHub-Event": "push", **signature}) == 503, 10, "a suspended one does not hear")
    log = (world.folder / "serve.log").read_text()
    assert TOKEN not in log, log


def test_labels_choose_sources_and_what_is_not_known_is_told(world):
    port = start(world)
    world.kube.create(SECRETS, {"metadata": {"name": "token"}, "stringData": {"token": TOKEN}})
    receiver(world, "labels", "generic", [{"kind": "GitRepository", "name": "*", "matchLabels": {"team": "other"}}])
    receiver(world, "unclear", "generic", [{"kind": "GitRepository", "name": "*"}])
    receiver(world, "events", "cdevents", [{"kind": "GitRepository", "name": "home"}])
    receiver(world, "filter", "generic", [{"kind": "GitRepository", "name": "home"}], resourceFilter="true")
    path = await_ready(world, "labels", "True", "Succeeded")[0]["webhookPath"]
    sha = world.repository.commit({"app/a.yaml": config_map("a", x="2")})
    assert send(port, path) == 200
    await_revision(world, "other", sha)
    assert revision(world, "home") != f"main@sha1:{sha}", "another label"
    assert send(port, await_ready(world, "unclear", "True", "Succeeded")[0]["webhookPath"]) == 500
    for name, field in (("events", "spec.type"), ("filter", "spec.resourceFilter")):
        status, ready = await_ready(world, name, "False", "UnsupportedField")
        assert ready["message"].startswith(field) and "webhookPath" not in status, status
    world.kube.patch(f"{SECRETS}/token", {"stringData": {"token": "another"}})
    eventually(lambda: send(port, path) == 404, 10, "the path goes with its token")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
