"""Manifests as text, without a YAML library."""
import json
import re


def write(path, objects):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("---\n".join(block(one) for one in objects))


def kustomization(folder, **fields):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text(block(
        {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", **fields}))


def scalar(value):
    """Plain where that is the same."""
    words = ("true", "false", "yes", "no", "on", "off", "y", "n", "null")
    plain = isinstance(value, str) and re.fullmatch(r"[A-Za-z][\w./-]*", value) and value.lower() not in words
    return value if plain else json.dumps(value)


def block(value, indent=0):
    """Block style, as people write it."""
    pad = " " * indent
    if isinstance(value, dict) and value:
        out = ""
        for key, item in value.items():
            nested = isinstance(item, (dict, list)) and item
            shift = 2 if isinstance(item, dict) else 0
            out += f"{pad}{key}:" + ("\n" + block(item, indent + shift) if nested else " " + scalar(item) + "\n")
        return out
    if isinstance(value, list) and value:
        out = ""
        for item in value:
            if isinstance(item, (dict, list)) and item:
                out += pad + "- " + block(item, indent + 2).lstrip(" ")
            else:
                out += f"{pad}- {scalar(item)}\n"
        return out
    return pad + scalar(value) + "\n"


def deployment(name):
    labels = {"app": name}
    container = {"name": "web", "image": "registry/web:1.0", "args": ["--listen", ":8080"],
                 "ports": [{"containerPort": 8080, "name": "http"}],
                 "env": [{"name": "MODE", "value": "fast"},
                         {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": f"{name}-key", "key": "key"}}}],
                 "envFrom": [{"configMapRef": {"name": f"{name}-settings"}}],
                 "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
                 "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "labels": labels},
            "spec": {"replicas": 1, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}}}


def service(name):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "labels": {"app": name}},
            "spec": {"selector": {"app": name}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}}


def config_map(name):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name},
            "data": {"settings.yaml": "level: info\nport: 8080\n", "mode": "fast"}}


def secret(name):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": "Opaque",
            "data": {"key": "c2VjcmV0"}}


def component(name):
    """What one part of an installation consists of."""
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": name},
            "rules": [{"apiGroups": [""], "resources": ["secrets", "configmaps"], "verbs": ["get", "list", "watch"]}]}
    binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": name},
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
               "subjects": [{"kind": "ServiceAccount", "name": name}]}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}
    return [deployment(name), service(name), config_map(f"{name}-settings"), role, binding, account]


def definition(name, size):
    """A custom resource with a schema of about `size` bytes."""
    field = {"type": "object", "properties": {
        key: {"type": "string", "description": "Says what is to be done, and where, and how often it is tried again."}
        for key in ("alpha", "beta", "gamma", "delta")}}
    one = len(block({"properties": {"field0000": field}}, 18))
    fields = {f"field{i:04}": field for i in range(size // one)}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": fields}}}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{name}.example.io"},
            "spec": {"group": "example.io", "scope": "Namespaced",
                     "names": {"kind": name.capitalize(), "plural": name, "singular": name[:-1]},
                     "versions": [{"name": "v1", "served": True, "storage": True,
                                   "schema": {"openAPIV3Schema": schema}}]}}
