"""A small OCI registry for tests: repositories in memory, pulled with a token that is given for a login, as
registries do it (distribution specification, token authentication)."""
import base64
import hashlib
import http.server
import io
import json
import tarfile
import threading
import urllib.parse

CONTENT = "application/vnd.cncf.flux.content.v1.tar+gzip"
CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
CHART_CONFIG = "application/vnd.cncf.helm.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
TOKEN = "token-for-a-while"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def archive(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


class Registry:
    def __init__(self, user=None, password=None):
        self.login = f"{user}:{password}" if user else None
        self.blobs, self.manifests, self.tags, self.requests = {}, {}, {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words):
                pass

            def do_GET(self):
                outer.answer(self)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def host(self):
        return f"127.0.0.1:{self.server.server_address[1]}"

    def push_chart(self, repository, name, version, files):
        """A chart as `helm push` leaves it; files without their folder."""
        files = {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: {version}\n", **files}
        content = archive({f"{name}/{path}": text for path, text in files.items()})
        config = json.dumps({"apiVersion": "v2", "name": name, "version": version}).encode()
        return self.push(f"{repository}/{name}", version.replace("+", "_"), [(CHART, content)], config=(CHART_CONFIG, config))

    def push(self, repository, tag, layers, annotations=None, config=("application/vnd.cncf.flux.config.v1+json", b"{}")):
        """`layers`: pairs of media type and bytes. Gives the manifest's digest."""
        self.blobs[digest(config[1])] = config[1]
        described = []
        for media_type, data in layers:
            self.blobs[digest(data)] = data
            described.append({"mediaType": media_type, "digest": digest(data), "size": len(data)})
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "layers": described, "annotations": annotations or {},
                    "config": {"mediaType": config[0], "digest": digest(config[1]), "size": len(config[1])}}
        text = json.dumps(manifest).encode()
        self.manifests[digest(text)] = text
        self.tags.setdefault(repository, {})[tag] = digest(text)
        return digest(text)

    def answer(self, request):
        path, _, query = request.path.partition("?")
        self.requests.append(request.path)
        if path == "/token":
            return self.token(request, dict(urllib.parse.parse_qsl(query)))
        if self.login and request.headers.get("Authorization") != f"Bearer {TOKEN}":
            challenge = f'Bearer realm="http://{self.host}/token",service="fake",scope="repository:team/app:pull"'
            return self.fail(request, 401, "UNAUTHORIZED", "authentication required", {"WWW-Authenticate": challenge})
        repository, _, rest = path.removeprefix("/v2/").rpartition("/")
        repository, _, what = repository.rpartition("/")
        known = self.tags.get(repository)
        if known is None:
            return self.fail(request, 404, "NAME_UNKNOWN", "repository name not known to registry")
        if what == "tags":
            return self.send(request, 200, json.dumps({"name": repository, "tags": list(known)}).encode(), "application/json")
        found = self.blobs.get(rest) if what == "blobs" else self.manifests.get(known.get(rest, rest))
        if found is None:
            return self.fail(request, 404, "MANIFEST_UNKNOWN", "manifest unknown")
        self.send(request, 200, found, MANIFEST if what == "manifests" else "application/octet-stream")

    def token(self, request, query):
        given = request.headers.get("Authorization", "").removeprefix("Basic ")
        if base64.b64decode(given).decode() != self.login or query.get("service") != "fake":
            return self.fail(request, 401, "UNAUTHORIZED", "incorrect username or password")
        self.send(request, 200, json.dumps({"token": TOKEN}).encode(), "application/json")

    def fail(self, request, status, code, message, headers=None):
        self.send(request, status, json.dumps({"errors": [{"code": code, "message": message}]}).encode(), "application/json", headers)

    def send(self, request, status, body, kind, headers=None):
        request.send_response(status)
        request.send_header("Content-Type", kind)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
