"""What is written to a Git host: a preview's report on a pull request, written once and then kept up to date, and the pull
request of a promotion, all by a token that nobody sees."""
import http.server
import json
import os
import subprocess
import sys
import threading

import taut_e2e
from taut_e2e import config_map

TOKEN = "gitea-token-that-nobody-sees"
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 0
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: main
        image: registry.example/app:%s
"""


class Gitea(http.server.BaseHTTPRequestHandler):
    """The few words of Gitea's API that comments need."""
    comments = []

    def answer(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def body(self):
        assert self.headers["Authorization"] == f"token {TOKEN}", self.headers
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]

    def shown(self, index):
        return {"id": index, "body": self.comments[index], "html_url": f"http://gitea/acme/shop/pulls/7#issuecomment-{index}"}

    def do_GET(self):
        assert self.path.startswith("/api/v1/repos/acme/shop/issues/7/comments?"), self.path
        self.answer([self.shown(i) for i in range(len(self.comments))])

    def do_POST(self):
        self.comments.append(self.body())
        self.answer(self.shown(len(self.comments) - 1))

    def do_PATCH(self):
        index = int(self.path.rsplit("/", 1)[1])
        self.comments[index] = self.body()
        self.answer(self.shown(index))

    def log_message(self, *_):
        pass


def test_a_report_is_one_comment(world):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gitea)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Gitea.comments[:] = ["hello"]
    folder = world.folder / "app"
    folder.mkdir()
    url = f"http://127.0.0.1:{server.server_port}/acme/shop/pulls/7"

    def preview(name):
        (folder / "map.yaml").write_text(json.dumps(config_map(name, x="1")))
        words = ("preview", str(folder), "--empty", "--post", url)
        refused = world.run(*words, check=False, env={**os.environ, "GITEA_TOKEN": TOKEN, "GITEA_SERVER_URL": "https://gitea.example"})
        assert refused.returncode == 1 and "GITEA_TOKEN is for https://gitea.example: it is not sent to http://127.0.0.1" in refused.stderr, refused
        done = world.run(*words, env={**os.environ, "GITEA_TOKEN": TOKEN, "GITEA_SERVER_URL": url.partition("/acme")[0]})
        assert "#issuecomment-1" in done.stderr and TOKEN not in done.stdout + done.stderr, done.stderr

    preview("first")
    assert len(Gitea.comments) == 2 and "first" in Gitea.comments[1], Gitea.comments
    preview("second")
    assert len(Gitea.comments) == 2 and "second" in Gitea.comments[1] and "first" not in Gitea.comments[1], Gitea.comments
    server.shutdown()


class Forge(Gitea):
    """What pull requests need."""
    pulls = []

    def body(self):
        assert self.headers["Authorization"] == f"token {TOKEN}", self.headers
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def shown(self, index):
        pull = self.pulls[index]
        return {"number": index + 1, "title": pull["title"], "head": {"ref": pull["head"], "repo": {"full_name": "acme/shop"}},
                "base": {"ref": pull["base"]}, "html_url": f"http://gitea/acme/shop/pulls/{index + 1}"}

    def do_GET(self):
        assert self.path.startswith("/api/v1/repos/acme/shop/pulls?state=open"), self.path
        self.answer([self.shown(i) for i in range(len(self.pulls))])

    def do_POST(self):
        assert self.path == "/api/v1/repos/acme/shop/pulls", self.path
        self.pulls.append(self.body())
        self.answer(self.shown(len(self.pulls) - 1))

    def do_PATCH(self):
        index = int(self.path.rsplit("/", 1)[1]) - 1
        self.pulls[index].update(self.body())
        self.answer(self.shown(index))


def test_a_promotion_is_one_pull_request(world):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forge)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Forge.pulls.clear()
    home = world.folder / "acme" / "shop.git"
    home.parent.mkdir()
    home.symlink_to(world.repository.bare)
    url = f"file://{home}"

    def commit(tag):
        return world.repository.commit({"dev/web.yaml": DEPLOYMENT % tag, "staging/web.yaml": DEPLOYMENT % 1})

    commit(2)
    world.start_sandbox()
    world.serve()
    for name in ("dev", "staging"):
        source = {"repoURL": url, "path": name, "targetRevision": "main"}
        world.application(name, automated=False, source=source)
    words = ("promote", "dev", "staging", "--kubeconfig", world.kubeconfig, "--data", str(world.folder / "cli"), "--pull-request",
             "--forge", "gitea", "--forge-api", f"http://127.0.0.1:{server.server_port}")
    refused = world.run(*words, check=False, env={k: v for k, v in os.environ.items() if k != "GITEA_TOKEN"})
    assert refused.returncode == 1 and "a pull request on gitea needs a token in GITEA_TOKEN" in refused.stderr, refused

    def promote():
        done = world.run(*words, env={**os.environ, "GITEA_TOKEN": TOKEN})
        assert TOKEN not in done.stdout + done.stderr, done
        return done.stdout

    def image():
        return subprocess.run(["git", "-C", world.repository.bare, "show", "promote/dev-to-staging:staging/web.yaml"], text=True,
                              capture_output=True, check=True).stdout

    said = promote()
    assert "opened: http://gitea/acme/shop/pulls/1" in said and "app:2" in image(), said
    assert Forge.pulls[0]["head"] == "promote/dev-to-staging" and Forge.pulls[0]["base"] == "main", Forge.pulls
    assert Forge.pulls[0]["title"] == "Promote dev to staging" and "staging/web.yaml" in Forge.pulls[0]["body"], Forge.pulls
    assert "nothing new" in promote() and len(Forge.pulls) == 1, Forge.pulls
    commit(3)
    said = promote()
    assert "brought up to date: http://gitea/acme/shop/pulls/1" in said and "app:3" in image() and len(Forge.pulls) == 1, said
    server.shutdown()


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
