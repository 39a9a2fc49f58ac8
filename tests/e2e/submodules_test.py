"""Submodules: fetched with what opens their parent where they are on the same server, and with nothing where they are not."""
import base64
import http.server
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.parse

TAUT = str(pathlib.Path(sys.argv[1]).resolve())
PASSWORD = "s3cr3t-of-ann"
BACKEND = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip() + "/git-http-backend"


def serve(root, password):
    """Git's own server of the repositories below a folder, and what its clients showed."""
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            shown = self.headers.get("Authorization")
            seen.append(shown)
            if password and shown != "Basic " + base64.b64encode(f"ann:{password}".encode()).decode():
                self.send_response(401)
                self.send_header("WWW-Authenticate", "Basic realm=git")
                self.send_header("Content-Length", "0")
                return self.end_headers()
            url = urllib.parse.urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            environment = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": root, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": url.path,
                           "QUERY_STRING": url.query, "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                           "CONTENT_LENGTH": str(len(body)), "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                           "GIT_PROTOCOL": self.headers.get("Git-Protocol", "")}
            done = subprocess.run([BACKEND], input=body, capture_output=True, env=environment, check=False)
            head, _, answer = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
            self.send_response(int(headers.pop("Status", "200 OK").split()[0]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            return self.wfile.write(answer)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    return made, seen


def git(folder, *arguments):
    settings = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    return subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, check=True, env={**os.environ, **settings}).stdout.strip()


def repository(folder, files, submodules=()):
    """A bare repository with these files and submodules (path, url, commit); its commit."""
    work = pathlib.Path(str(folder) + ".work")
    work.mkdir(parents=True)
    git(work, "init", "-q", "-b", "main")
    for path, text in files.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(text)
    for number, (path, url, commit) in enumerate(submodules):
        git(work, "config", "-f", ".gitmodules", f"submodule.m{number}.path", path)
        git(work, "config", "-f", ".gitmodules", f"submodule.m{number}.url", url)
        git(work, "update-index", "--add", "--cacheinfo", f"160000,{commit},{path}")
    git(work, "add", *files, *([".gitmodules"] if submodules else []))
    git(work, "commit", "-qm", "files")
    git(work, "clone", "-q", "--bare", str(work), str(folder))
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    return git(work, "rev-parse", "HEAD")


def config_map(name):
    return {"kustomization.yaml": "resources: [map.yaml]\n", "map.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"}


def main():
    with tempfile.TemporaryDirectory(prefix="taut-submodules-") as folder:
        at = pathlib.Path(folder)
        own, own_seen = serve(str(at / "own"), PASSWORD)
        other, other_seen = serve(str(at / "other"), None)
        near = repository(at / "own/near.git", config_map("near"))
        far = repository(at / "other/far.git", config_map("far"))
        repository(at / "own/app.git", {"deploy/kustomization.yaml": "resources: [../near, ../lib/far]\n"},
                   [("near", "../near.git", near), ("lib/far", f"http://127.0.0.1:{other.server_port}/far.git", far),
                    ("unused", f"http://127.0.0.1:{other.server_port}/nowhere.git", far)])
        url = f"http://ann:{PASSWORD}@127.0.0.1:{own.server_port}/app.git//deploy?ref=main"
        (at / "kustomization.yaml").write_text(f"resources: [\"{url}\"]\n")
        done = subprocess.run([TAUT, "kustomize", "build", folder], capture_output=True, text=True, timeout=60,
                              env={"PATH": "/usr/bin:/bin", "HOME": folder, "XDG_CACHE_HOME": folder + "/cache"})
    checks = {
        "what is built has the files of both, and one that nobody needs is in nobody's way": done.returncode == 0 and "name: near" in done.stdout and "name: far" in done.stdout,
        "the same server was shown the password": any(own_seen),
        "the other server was asked, and shown none": bool(other_seen) and not any(other_seen),
        "no password is told": PASSWORD not in done.stdout + done.stderr,
    }
    for name, good in checks.items():
        print("ok  " if good else "FAIL", name)
    if not all(checks.values()):
        print(done.stdout, done.stderr)
    print(f"{sum(checks.values())} passed, {sum(not good for good in checks.values())} failed")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
