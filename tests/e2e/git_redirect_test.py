"""A password for one Git server goes to no other, not even where the server sends its client there."""
import http.server
import pathlib
import subprocess
import sys
import tempfile
import threading

TAUT = str(pathlib.Path(sys.argv[1]).resolve())
PASSWORD = "s3cr3t-of-ann"


def packet(text):
    return f"{len(text) + 4:04x}{text}".encode()


ADVERTISED = packet("# service=git-upload-pack\n") + b"0000" + packet("version 2\n") + packet("ls-refs\n") + packet("fetch\n") + b"0000"


def server(handle):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            handle(self)

        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            handle(self)

        def log_message(self, *_):
            pass

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    return made


def answer(request, status, headers=(), body=b""):
    request.send_response(status)
    for name, value in headers:
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def main():
    elsewhere = []

    def other(request):
        elsewhere.append((request.command, request.headers.get("Authorization")))
        answer(request, 200, [("Content-Type", f"application/x-git-upload-pack-{'advertisement' if request.command == 'GET' else 'result'}")],
               ADVERTISED if request.command == "GET" else b"0000")

    target = server(other)

    first = server(lambda request: answer(request, 301, [("Location", f"http://127.0.0.1:{target.server_port}{request.path}")]))
    with tempfile.TemporaryDirectory(prefix="taut-redirect-") as folder:
        url = f"http://ann:{PASSWORD}@127.0.0.1:{first.server_port}/x.git//app?ref=main"
        (pathlib.Path(folder) / "kustomization.yaml").write_text(f"resources: [\"{url}\"]\n")
        done = subprocess.run([TAUT, "kustomize", "build", folder], capture_output=True, text=True, timeout=60,
                              env={"PATH": "/usr/bin:/bin", "HOME": folder, "XDG_CACHE_HOME": folder})
    checks = {
        "what the named server says is followed": any(method == "POST" for method, _ in elsewhere),
        "the other is given no password": all(given is None for _, given in elsewhere),
        "the error tells no password": done.returncode != 0 and PASSWORD not in done.stdout + done.stderr,
    }
    for name, good in checks.items():
        print("ok  " if good else "FAIL", name)
    if not all(checks.values()):
        print(elsewhere, done.stderr)
    print(f"{sum(checks.values())} passed, {sum(not good for good in checks.values())} failed")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
