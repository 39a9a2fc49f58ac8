"""What the end-to-end tests share: a sandbox cluster, a Git repository, taut between them, and a small client.

A test file holds functions named test_*; `main()` runs them in order, each with a fresh World, prints one line for
each and closes with "N passed, N failed". With TAUT_E2E_REAL=1 the cluster is a real kube-apiserver with its real
controllers (tests/real) instead of the sandbox; a test that needs what only the sandbox can do says so by its
`sandbox_only` mark.
"""
import base64
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse

ARGO = "/apis/argoproj.io/v1alpha1"
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
REAL = os.environ.get("TAUT_E2E_REAL") == "1"


class Refused(Exception):
    """An answer of the API server that is not 2xx."""

    def __init__(self, code, body):
        super().__init__(f"{code}: {body.get('message', body)}")
        self.code, self.body = code, body


class Kube:
    """A Kubernetes client of few words: JSON over one HTTPS connection at a time."""

    def __init__(self, kubeconfig):
        # The few fields are searched for, so that the tests need no YAML library.
        text = pathlib.Path(kubeconfig).read_text()
        folder = pathlib.Path(kubeconfig).parent
        field = lambda name: (re.search(rf'"?\b{name}"?:\s*"?([^"\s,}}]+)', text) or ("", ""))[1]
        self.url = urllib.parse.urlparse(field("server"))
        self.token = field("token")
        self.tls = ssl.create_default_context()
        authority = field("certificate-authority-data")
        if authority:
            self.tls.load_verify_locations(cadata=base64.b64decode(authority).decode())
        elif field("certificate-authority"):
            self.tls.load_verify_locations(cafile=folder / field("certificate-authority"))
        self.tls.check_hostname = False

    def call(self, method, path, body=None, kind="application/json"):
        connection = http.client.HTTPSConnection(self.url.hostname, self.url.port, context=self.tls, timeout=30)
        with contextlib.closing(connection):
            headers = {"Authorization": "Bearer " + self.token, "Content-Type": kind, "Accept": "application/json"}
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            # "404 page not found" is plain text.
            data = json.loads(text) if text.startswith((b"{", b"[")) else {"message": text.decode()}
            if answer.status >= 300:
                raise Refused(answer.status, data)
            return data

    def get(self, path):
        return self.call("GET", path)

    def find(self, path):
        """The object, or None when there is none."""
        try:
            return self.get(path)
        except Refused as refused:
            if refused.code == 404:
                return None
            raise

    def create(self, path, body):
        return self.call("POST", path, body)

    def patch(self, path, body):
        return self.call("PATCH", path, body, "application/merge-patch+json")

    def delete(self, path):
        return self.call("DELETE", path)


class Repository:
    """A local bare repository with a work tree beside it."""

    def __init__(self, folder):
        self.bare = folder / "repository.git"
        self.work = folder / "work"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", self.bare], check=True)
        subprocess.run(["git", "clone", "-q", self.bare, self.work], check=True, stderr=subprocess.DEVNULL)
        self.git("config", "user.name", "Test")
        self.git("config", "user.email", "test@example.com")
        self.git("checkout", "-q", "-B", "main")

    @property
    def url(self):
        return "file://" + str(self.bare)

    def git(self, *words):
        return subprocess.run(["git", "-C", self.work, *words], check=True, text=True, capture_output=True).stdout.strip()

    def commit(self, files, message="change"):
        """Writes files (None removes one), commits, pushes; returns the commit."""
        for name, content in files.items():
            path = self.work / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, (dict, list)):
                content = json.dumps(content, indent=1)
            path.write_text(content)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        self.git("push", "-q", "origin", "main")
        return self.git("rev-parse", "HEAD")


class World:
    """One sandbox, one repository, and the taut processes of a test; all gone at the end."""

    def __init__(self, taut):
        self.taut_binary = taut
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="taut-e2e-"))
        self.processes = []
        self.repository = Repository(self.folder)
        self.kubeconfig = str(self.folder / "cluster" / "kubeconfig") if REAL else str(self.folder / "kubeconfig")
        self.sandbox = None
        self.kube = None

    def start(self, name, *words):
        log = open(self.folder / f"{name}.log", "ab")
        process = subprocess.Popen([self.taut_binary, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def start_sandbox(self, *words):
        """The cluster of this test; `words` are flags of `taut sandbox`."""
        if REAL:
            subprocess.run([ROOT / "tests/real/cluster", "up", self.folder / "cluster", "--controllers"], check=True,
                           stdout=subprocess.DEVNULL)
        else:
            self.sandbox = self.start("sandbox", "sandbox", "--port", "0", "--kubeconfig", self.kubeconfig, *words)
            eventually(lambda: pathlib.Path(self.kubeconfig).exists(), 10, "the sandbox writes its kubeconfig")
        self.kube = Kube(self.kubeconfig)
        eventually(lambda: self.kube.call("GET", "/version"), 20, "the API server answers")

    def serve(self, *words):
        process = self.start("serve", "serve", "--kubeconfig", self.kubeconfig, "--data", str(self.folder / "data"),
                             "--poll", "1s", *words)
        eventually(lambda: self.kube.find("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/applications.argoproj.io"),
                   20, "taut serve installs the Application CRD")
        eventually(lambda: self.kube.get(f"{ARGO}/namespaces/argocd/applications"), 20, "Applications are served")
        eventually(lambda: self.kube.find("/api/v1/namespaces/argocd"), 20, "taut serve makes its namespace")
        return process

    def run(self, *words, check=True, **options):
        """A taut command to its end; returns the CompletedProcess."""
        done = subprocess.run([self.taut_binary, *words], text=True, capture_output=True, stdin=subprocess.DEVNULL,
                              timeout=120, **options)
        if check and done.returncode != 0:
            raise AssertionError(f"taut {' '.join(words)} exited {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def application(self, name, path=None, namespace="default", automated=True, **spec):
        """Creates an Application of this repository."""
        policy = {"syncOptions": ["CreateNamespace=true"]}
        if automated:
            policy["automated"] = {"prune": True, "selfHeal": True}
        body = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
                "metadata": {"name": name, "namespace": "argocd"},
                "spec": {"project": "default", "destination": {"server": "https://kubernetes.default.svc",
                                                               "namespace": namespace},
                         "source": {"repoURL": self.repository.url, "path": path or name, "targetRevision": "main"},
                         "syncPolicy": policy, **spec}}
        return self.kube.create(f"{ARGO}/namespaces/argocd/applications", body)

    def app(self, name):
        return self.kube.get(f"{ARGO}/namespaces/argocd/applications/{name}")

    def await_app(self, name, sync=None, health=None, phase=None, revision=None, seconds=30):
        """Waits until the Application has these statuses; returns it."""
        def holds():
            app = self.app(name)
            status = app.get("status", {})
            operation = status.get("operationState", {})
            wanted = [(sync, status.get("sync", {}).get("status")), (health, status.get("health", {}).get("status")),
                      (phase, operation.get("phase")), (revision, status.get("sync", {}).get("revision"))]
            return app if all(want is None or want == have for want, have in wanted) else None
        try:
            return eventually(holds, seconds, "")
        except AssertionError:
            status = json.dumps(self.app(name).get("status", {}), indent=1)
            raise AssertionError(f"{name} is not {sync} {health} {phase} {revision} after {seconds} s: {status}") from None

    def await_ready(self, path, value, reason, message=""):
        """Waits until the object's condition Ready says so, with `message` in its text; returns the status."""
        def holds():
            status = self.kube.get(path).get("status", {})
            ready = next((c for c in status.get("conditions", []) if c["type"] == "Ready"), {})
            return status if (ready.get("status"), ready.get("reason")) == (value, reason) and message in ready["message"] else None
        try:
            return eventually(holds, 15, "")
        except AssertionError:
            raise AssertionError(f"{path} is not {value} {reason} {message}: {self.kube.get(path).get('status')}") from None

    def close(self, failed):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
        if REAL:
            subprocess.run([ROOT / "tests/real/cluster", "down", self.folder / "cluster"], stdout=subprocess.DEVNULL)
        if failed:
            for log in sorted(self.folder.glob("*.log")):
                print(f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-40:]))
        shutil.rmtree(self.folder, ignore_errors=True)


def eventually(question, seconds, what):
    """Asks until the answer is true; returns it. Errors of the server count as "not yet"."""
    end, error = time.monotonic() + seconds, None
    while True:
        try:
            answer = question()
            if answer:
                return answer
        except (Refused, OSError, http.client.HTTPException) as trouble:
            error = trouble
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}" + (f" ({error})" if error else ""))
        time.sleep(0.02)


def deployment(name, image="registry.example/app:1", replicas=1, **extra):
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, **extra},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels},
                                  "spec": {"containers": [{"name": "main", "image": image}]}}}}


def config_map(name, annotations=None, **data):
    metadata = {"name": name}
    if annotations:
        metadata["annotations"] = annotations
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def sandbox_only(test):
    """Marks a test of what a real cluster without kubelets cannot do: failing images, the fault switch."""
    test.sandbox_only = True
    return test


def main(module):
    """Runs every test_* of a module; words after the binary's path choose some of them."""
    taut, chosen = os.path.abspath(sys.argv[1]), sys.argv[2:]
    tests = [(name, test) for name, test in vars(module).items() if name.startswith("test_")]
    passed = failed = 0
    for name, test in tests:
        if chosen and not any(word in name for word in chosen) or REAL and getattr(test, "sandbox_only", False):
            continue
        world, start, trouble = World(taut), time.monotonic(), None
        try:
            test(world)
        except Exception:
            trouble = traceback.format_exc()
        print(f"{'FAIL' if trouble else 'ok  '} {name.removeprefix('test_')} ({time.monotonic() - start:.1f} s)", flush=True)
        if trouble:
            print(trouble)
        world.close(failed=bool(trouble))
        passed, failed = passed + (not trouble), failed + bool(trouble)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
