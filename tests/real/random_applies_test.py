"""Random writes, sent to the sandbox and to a real kube-apiserver: both must answer the same, step by step.

  tests/real/random_applies_test.py TAUT [--cases N] [--seed N]

A case is a handful of server-side applies, updates and patches by three managers on one object. Compared are the
status, the object with managedFields, and the causes of conflicts; not what no two servers share (uids, versions,
times, addresses). Starts both servers itself; nothing runs on them but the API. Ends with "N passed, N failed".
"""
import argparse
import contextlib
import http.client
import json
import pathlib
import random
import re
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
APPLY, MERGE = "application/apply-patch+yaml", "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
BOX = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "boxes.random.taut.dev"},
    "spec": {"group": "random.taut.dev", "scope": "Namespaced", "names": {"kind": "Box", "plural": "boxes"},
             "versions": [{"name": "v1", "served": True, "storage": True, "subresources": {"status": {}}, "schema": {
                 "openAPIV3Schema": {"type": "object", "properties": {"status": {"type": "object", "properties": {"s": TEXT}}, "spec": {
                     "type": "object", "properties": {
                         "text": TEXT, "number": {"type": "integer", "minimum": 0}, "default": {"type": "string", "default": "d"},
                         "nullable": {"type": "string", "nullable": True},
                         "either": {"x-kubernetes-int-or-string": True},
                         "atoms": {"type": "array", "items": TEXT},
                         "set": {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
                         "map": {"type": "object", "additionalProperties": TEXT},
                         "whole": {"type": "object", "additionalProperties": TEXT, "x-kubernetes-map-type": "atomic"},
                         "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                         "items": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["key", "port"],
                                   "items": {"type": "object", "required": ["key"], "properties": {
                                       "key": TEXT, "port": {"type": "integer", "default": 80}, "value": TEXT,
                                       "inner": {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"}}}},
                     }}}}}}]}}


class Server:
    def __init__(self, address, token):
        url = urllib.parse.urlsplit(address)
        context = ssl._create_unverified_context()  # both are on loopback and ours
        make = (lambda: http.client.HTTPSConnection(url.hostname, url.port, timeout=30, context=context)) \
            if url.scheme == "https" else (lambda: http.client.HTTPConnection(url.hostname, url.port, timeout=30))
        self.connection, self.headers = make(), {"Authorization": "Bearer " + token, "Accept": "application/json"}

    def send(self, method, path, body=None, content_type="application/json", warnings=False):
        """(status, body), or with the texts of the Warning headers as a third."""
        data = None if body is None else json.dumps(body)
        self.connection.request(method, path, data, {**self.headers, "Content-Type": content_type})
        answer = self.connection.getresponse()
        text = answer.read()
        # A path that is not served yet answers in plain text.
        is_json = answer.headers.get_content_type() == "application/json"
        out = answer.status, json.loads(text) if is_json else None
        return (*out, answer.headers.get_all("Warning") or []) if warnings else out


class Source:
    """Random parts of objects; half of everything is left out."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def maybe(self, chance=0.5):
        return self.random.random() < chance

    def some(self, names):
        return [name for name in names if self.maybe()]

    def shuffled(self, items):
        self.random.shuffle(items)
        return items

    def pick(self, *choices):
        return self.random.choice(choices)

    def dict(self, **makers):
        return {key: make() for key, make in makers.items() if self.maybe()}

    def texts(self, *names):
        return {name: self.pick("1", "2") for name in self.some(names)}

    def metadata(self, name):
        return {"name": name, **self.dict(labels=lambda: self.texts("l1", "l2"), annotations=lambda: self.texts("n1", "n2"),
                                          finalizers=lambda: self.shuffled(self.some(["taut.dev/a", "taut.dev/b"])))}

    def config_map(self):
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": self.metadata("x"), **self.dict(data=lambda: self.texts("a", "b", "c"))}

    def service(self):
        ports = [{"name": n, "port": p, **self.dict(targetPort=lambda: self.pick(8080, "http"))} for n, p in (("a", 80), ("b", 81)) if self.maybe()]
        spec = {"selector": {"app": "x"}, "ports": self.shuffled(ports) or [{"name": "a", "port": 80}],
                **self.dict(sessionAffinity=lambda: self.pick("None", "ClientIP"))}
        return {"apiVersion": "v1", "kind": "Service", "metadata": self.metadata("x"), "spec": spec}

    def container(self, name):
        env = [{"name": n, "value": self.pick("1", "2")} for n in self.shuffled(self.some(["A", "B", "C"]))]
        ports = [{"containerPort": p} for p in self.some([80, 81])]
        return {"name": name, "image": self.pick("i:1", "i:2"), **self.dict(
            env=lambda: env, ports=lambda: ports, args=lambda: self.some(["a", "b"]),
            resources=lambda: {"limits": self.dict(cpu=lambda: self.pick("1", "1000m"), memory=lambda: self.pick("1Gi", "1024Mi"))})}

    def deployment(self):
        names = self.shuffled(self.some(["one", "two", "three"])) or ["one"]
        pod = {"containers": [self.container(n) for n in names], **self.dict(
            nodeSelector=lambda: self.texts("a", "b"), terminationGracePeriodSeconds=lambda: self.pick(1, 2),
            volumes=lambda: [{"name": n, "emptyDir": {}} for n in self.some(["v", "w"])])}
        return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": self.metadata("x"), "spec": {
            "selector": {"matchLabels": {"app": "x"}}, "template": {"metadata": {"labels": {"app": "x"}}, "spec": pod},
            **self.dict(replicas=lambda: self.pick(1, 2), minReadySeconds=lambda: self.pick(1, 2))}}

    def box(self):
        item = lambda k: {"key": k, **self.dict(port=lambda: self.pick(80, 81), value=lambda: self.pick("1", "2"),
                                                inner=lambda: self.some(["p", "q"]))}
        spec = self.dict(
            text=lambda: self.pick("1", "2"), number=lambda: self.pick(0, 1), default=lambda: self.pick("d", "e"),
            nullable=lambda: self.pick("1", None), either=lambda: self.pick(1, "1"), atoms=lambda: self.some(["a", "b"]),
            set=lambda: self.shuffled(self.some(["a", "b", "c"])), map=lambda: self.texts("a", "b"),
            whole=lambda: self.texts("a", "b"), open=lambda: {**self.texts("a"), **self.dict(deep=lambda: self.texts("b"))},
            items=lambda: [item(k) for k in self.shuffled(self.some(["x", "y", "z"]))])
        return {"apiVersion": "random.taut.dev/v1", "kind": "Box", "metadata": self.metadata("x"), "spec": spec}


KINDS = (("/api/v1/namespaces/{}/configmaps", Source.config_map, True), ("/api/v1/namespaces/{}/services", Source.service, True),
         ("/apis/apps/v1/namespaces/{}/deployments", Source.deployment, True),
         ("/apis/random.taut.dev/v1/namespaces/{}/boxes", Source.box, False))


def steps(source):
    path, make, builtin = source.pick(*KINDS)
    for number in range(source.random.randrange(4, 10)):
        body, manager = make(source), source.pick("a", "b", "c")
        query = "?fieldManager=" + manager
        how = source.random.random()
        if number == 0 and how < 0.3:
            yield "POST", path + query, body, "application/json"
        elif number == 0 or how < 0.7:
            yield "PATCH", path + "/x" + query + source.pick("", "&force=true"), body, APPLY
        elif how < 0.8 and builtin:
            yield "PUT", path + "/x" + query, body, "application/json"
        else:
            patch = {k: v for k, v in body.items() if k not in ("apiVersion", "kind")}
            yield "PATCH", path + "/x" + query, patch, STRATEGIC if builtin and how < 0.9 else MERGE


class Normal:
    """What is compared of the answers of one server; versions become ordinals, so that a write of nothing shows."""

    def __init__(self):
        self.versions = {}

    def of(self, status, body):
        if not isinstance(body, dict) or body.get("kind") == "Status":
            body = body or {}
            causes = body.get("details", {}).get("causes", [])
            message = body.get("message", "") if status in (400, 500) else ""
            return {"status": status, "message": message, "causes": sorted(c.get("field", "") for c in causes)}
        metadata = body["metadata"]
        version = metadata.pop("resourceVersion", "")
        metadata["resourceVersion"] = self.versions.setdefault(version, len(self.versions))
        for key in ("uid", "creationTimestamp", "namespace"):
            metadata.pop(key, None)
        for entry in metadata.get("managedFields", []):
            entry["time"] = "time" in entry
        metadata.get("managedFields", []).sort(key=lambda e: [e.get(k, "") for k in ("operation", "manager", "apiVersion")])
        for key in ("clusterIP", "clusterIPs"):
            body.get("spec", {}).pop(key, None)
        return {"status": status, "object": body}


def run_case(seed, servers):
    """The first difference of a case, or nothing."""
    namespace = "random-%d" % seed
    for server in servers:
        server.send("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    normal = [Normal() for _ in servers]
    for number, (method, path, body, content_type) in enumerate(steps(Source(seed))):
        answers = [n.of(*s.send(method, path.format(namespace), body, content_type)) for n, s in zip(normal, servers)]
        if answers[0] != answers[1]:
            shown = "\n".join("  %s %s" % (name, re.sub(namespace, "NS", json.dumps(a, sort_keys=True)))
                              for name, a in zip(("sandbox", "real   "), answers))
            return "step %d: %s %s\n  %s\n%s" % (number, method, path, json.dumps(body), shown)
    return None


def compare(servers, cases, seed):
    for server in servers:
        server.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", BOX)
        for _ in range(200):
            if server.send("GET", "/apis/random.taut.dev/v1/namespaces/default/boxes")[0] == 200:
                break
            time.sleep(0.05)
    failed = 0
    for case in range(seed, seed + cases):
        difference = run_case(case, servers)
        if difference:
            failed += 1
            if failed <= 10:
                print("FAIL seed %d, %s" % (case, difference), flush=True)
    print("%d passed, %d failed" % (cases - failed, failed))
    return 1 if failed else 0


@contextlib.contextmanager
def both_servers(taut):
    """The sandbox and a real API server, both started here with nothing else running on them."""
    with tempfile.TemporaryDirectory() as folder:
        real = pathlib.Path(folder) / "real"
        subprocess.run([HERE / "cluster", "up", real], check=True, stdout=subprocess.DEVNULL)
        command = [taut, "sandbox", "--port", "0", "--workloads", "off", "--token", "random", "--kubeconfig", folder + "/kubeconfig"]
        sandbox = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            address = re.search(r"https?://\S+", sandbox.stdout.readline()).group()
            yield [Server(address, "random"), Server((real / "server").read_text().strip(), (real / "token").read_text().strip())]
        finally:
            sandbox.terminate()
            sandbox.wait()
            subprocess.run([HERE / "cluster", "down", real], stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("taut")
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with both_servers(options.taut) as servers:
        return compare(servers, options.cases, options.seed)


if __name__ == "__main__":
    sys.exit(main())
