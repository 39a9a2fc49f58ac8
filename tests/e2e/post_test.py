"""A preview's report on a pull request: written once, then kept up to date, by a token that nobody sees."""
import http.server
import json
import os
import sys
import threading

import taut_e2e
from taut_e2e import config_map

TOKEN = "gitea-token-that-nobody-sees"


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
        done = world.run("preview", str(folder), "--empty", "--post", url, env={**os.environ, "GITEA_TOKEN": TOKEN})
        assert "#issuecomment-1" in done.stderr and TOKEN not in done.stdout + done.stderr, done.stderr

    preview("first")
    assert len(Gitea.comments) == 2 and "first" in Gitea.comments[1], Gitea.comments
    preview("second")
    assert len(Gitea.comments) == 2 and "second" in Gitea.comments[1] and "first" not in Gitea.comments[1], Gitea.comments
    server.shutdown()


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
