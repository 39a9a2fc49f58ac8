#!/usr/bin/env python3
"""One Git repository with many applications, a folder each: Deployment (0 replicas), Service, ServiceAccount, Ingress.

  bench/apps/generate.py FOLDER COUNT     makes the bare repository FOLDER with apps/app-00000, ...
"""
import subprocess
import sys

BRANCH = "refs/heads/main"


def name_of(index):
    return f"app-{index:05d}"


def objects_of(name, version):
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "bench"}
    select = {"app.kubernetes.io/name": name}
    container = {"name": "main", "image": f"registry.example/{name}:{version}", "ports": [{"containerPort": 8080, "name": "http"}],
                 "env": [{"name": "LOG_LEVEL", "value": "info"}, {"name": "INSTANCE", "value": name}],
                 "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
                 "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}}}
    meta = {"name": name, "labels": labels}
    backend = {"service": {"name": name, "port": {"name": "http"}}}
    return {
        "deployment": {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": {
            "replicas": 0, "selector": {"matchLabels": select}, "template": {"metadata": {"labels": labels}, "spec": {
                "serviceAccountName": name, "containers": [container]}}}},
        "service": {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {
            "selector": select, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}},
        "account": {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta},
        "ingress": {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta, "spec": {"rules": [{
            "host": f"{name}.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]}},
    }


def yaml_of(value, indent=0):
    """Block YAML of maps, lists, strings and numbers, as people write it."""
    pad = "  " * indent
    if isinstance(value, dict):
        return "".join(f"{pad}{key}:" + (f"\n{yaml_of(inner, indent + 1)}" if isinstance(inner, (dict, list)) else f" {scalar(inner)}\n")
                       for key, inner in value.items())
    return "".join(f"{pad}- {yaml_of(item, indent + 1)[len(pad) + 2:]}" for item in value)


def scalar(value):
    return str(value) if isinstance(value, int) else f'"{value}"'


class Repository:
    """A bare repository that is written with `git fast-import`: 40,000 files in a second or two."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", folder], check=True)

    @property
    def url(self):
        return f"file://{self.folder}"

    def commit(self, files):
        """Adds or changes these files; returns the commit."""
        self.count += 1
        text = [f"commit {BRANCH}\ncommitter bench <bench@example.com> {1700000000 + self.count} +0000\ndata 6\nchange\n".encode()]
        if self.count > 1:
            text.append(f"from {BRANCH}^0\n".encode())
        for path, content in files.items():
            data = content.encode()
            text.append(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
        subprocess.run(["git", "-C", self.folder, "fast-import", "--quiet", "--force"], input=b"".join(text), check=True)
        return subprocess.run(["git", "-C", self.folder, "rev-parse", "main"], check=True, capture_output=True,
                              text=True).stdout.strip()


def files_of(index, version="1.0.0"):
    name = name_of(index)
    return {f"apps/{name}/{file}.yaml": yaml_of(content) for file, content in objects_of(name, version).items()}


def generate(folder, count):
    repository = Repository(folder)
    files = {}
    for index in range(count):
        files.update(files_of(index))
    repository.commit(files)
    return repository


if __name__ == "__main__":
    generate(sys.argv[1], int(sys.argv[2]))
