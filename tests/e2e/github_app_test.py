"""Repositories that only the tokens of a GitHub App open: for Argo CD's repo-creds, for Flux's `provider: github` and for
ApplicationSets that list pull requests. The server beside it is GitHub's API and Git over HTTP in a few lines."""
import base64
import datetime
import http.server
import json
import re
import subprocess
import sys
import threading

import taut_e2e
from taut_e2e import ARGO, config_map, eventually

SOURCES = "/apis/source.toolkit.fluxcd.io/v1/namespaces/argocd/gitrepositories"
TOKEN = "ghs_token-that-nobody-sees"


def GitHub(bare, key):
    class Handler(http.server.BaseHTTPRequestHandler):
        tokens, refused = [], []

        def send(self, status, body, kind="application/json"):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def app(self):
            """Whether the request is signed by app 7, as openssl sees it."""
            head, _, signature = self.headers["Authorization"].removeprefix("Bearer ").rpartition(".")
            decode = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            (bare.parent / "signature").write_bytes(decode(signature))
            checked = subprocess.run(["openssl", "dgst", "-sha256", "-verify", key + ".pub", "-signature", bare.parent / "signature"],
                                     input=head.encode(), capture_output=True)
            return checked.returncode == 0 and json.loads(decode(head.split(".")[1]))["iss"] == "7"

        def git(self, *words, body=b""):
            wanted = "Basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
            if self.headers["Authorization"] != wanted:
                # Git asks without a password first, and gives it when it is asked for one.
                if "Authorization" in self.headers:
                    self.refused.append(self.path)
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            version = {"GIT_PROTOCOL": self.headers["Git-Protocol"]} if "Git-Protocol" in self.headers else {}
            done = subprocess.run(["git", "upload-pack", "--stateless-rpc", *words, bare], input=body, capture_output=True,
                                  env={"PATH": "/usr/bin:/bin", **version})
            head = b"001e# service=git-upload-pack\n0000" if words else b""
            kind = "advertisement" if words else "result"
            self.send(200, head + done.stdout, f"application/x-git-upload-pack-{kind}")

        def do_GET(self):
            if self.path.startswith("/acme/shop.git/info/refs"):
                return self.git("--advertise-refs")
            if self.path == "/api/v3/orgs/acme/installation" and self.app():
                return self.send(200, b'{"id": 42}')
            if self.path.startswith("/api/v3/repos/acme/shop/pulls?") and self.headers["Authorization"] == f"Bearer {TOKEN}":
                pull = {"number": 7, "title": "T", "head": {"ref": "change", "sha": "0123456789"}, "base": {"ref": "main"}, "user": {"login": "ann"}, "labels": []}
                return self.send(200, json.dumps([pull]).encode())
            self.send(404, b'{"message": "Not Found"}')

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.endswith("/git-upload-pack"):
                return self.git(body=body)
            if self.path == "/api/v3/app/installations/42/access_tokens" and self.app():
                self.tokens.append(self.path)
                until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
                return self.send(201, json.dumps({"token": TOKEN, "expires_at": until.strftime("%Y-%m-%dT%H:%M:%SZ")}).encode())
            self.send(401, b'{"message": "A JSON web token could not be decoded"}')

        def log_message(self, *_):
            pass

    return Handler


def test_tokens_of_an_app_open_repositories(world):
    key = str(world.folder / "key.pem")
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    subprocess.run(["openssl", "rsa", "-in", key, "-pubout", "-out", key + ".pub"], check=True, capture_output=True)
    handler = GitHub(world.repository.bare, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}"
    sha = world.repository.commit({"app/map.json": config_map("private", k="1")})
    world.start_sandbox()
    world.serve()
    private = open(key).read()
    secret = lambda name, labels, **data: world.kube.create("/api/v1/namespaces/argocd/secrets", {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "labels": labels}, "stringData": data})
    secret("creds", {"argocd.argoproj.io/secret-type": "repo-creds"}, url=f"{home}/acme", githubAppID="7", githubAppPrivateKey=private,
           githubAppEnterpriseBaseUrl=f"{home}/api/v3")

    world.application("argo", source={"repoURL": f"{home}/acme/shop.git", "path": "app", "targetRevision": "main"})
    world.await_app("argo", "Synced", phase="Succeeded", revision=sha)

    secret("flux-app", {}, githubAppID="7", githubAppInstallationID="42", githubAppPrivateKey=private, githubAppBaseURL=f"{home}/api/v3")
    source = lambda name, **spec: world.kube.create(SOURCES, {
        "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": {"name": name, "namespace": "argocd"},
        "spec": {"interval": "1m", "url": f"{home}/acme/shop.git", "ref": {"branch": "main"}, "secretRef": {"name": "flux-app"}, **spec}})
    source("flux", provider="github")
    world.await_ready(f"{SOURCES}/flux", "True", "Succeeded", sha)
    source("without")
    world.await_ready(f"{SOURCES}/without", "False", "InvalidProviderConfiguration", "secretRef 'argocd/flux-app' has github app data but provider is not set")

    world.kube.create(f"{ARGO}/namespaces/argocd/applicationsets", {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": "pulls", "namespace": "argocd"},
        "spec": {"generators": [{"pullRequest": {"github": {"owner": "acme", "repo": "shop", "appSecretName": "creds", "api": f"{home}/api/v3"}}}],
                 "template": {"metadata": {"name": "pr-{{number}}"}, "spec": {
                     "project": "default", "destination": {"server": "https://kubernetes.default.svc", "namespace": "default"},
                     "source": {"repoURL": f"{home}/acme/shop.git", "path": "app", "targetRevision": "{{head_sha}}"}}}}})
    eventually(lambda: world.kube.find(f"{ARGO}/namespaces/argocd/applications/pr-7"), 15, "the pull request has its Application")

    # One for Argo CD's repositories, one for Flux's, one for the API: each is asked for once and kept.
    assert len(handler.tokens) == 3, handler.tokens
    assert handler.refused == [], handler.refused
    logs = "".join(log.read_text() for log in world.folder.glob("*.log"))
    assert TOKEN not in logs and not re.search("BEGIN (RSA )?PRIVATE", logs)
    server.shutdown()


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
