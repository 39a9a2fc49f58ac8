#!/usr/bin/env python3
"""Writes data/kinds/go-shapes.txt: how Go's encoding/json sees each built-in Kubernetes type.

The OpenAPI documents do not tell a pointer from a value, nor which fields are written when empty; the Go types do,
and what a server stores depends on it (`hostNetwork: false` vanishes, `enableServiceLinks: false` stays).

usage: tools/go_shapes.py GOMODCACHE/k8s.io VERSION > data/kinds/go-shapes.txt      (VERSION such as v0.36.1)

One line a type:    core/v1.Container name:s! image:s command:[]s resources:core/v1.ResourceRequirements ...
  type    s string, b bool, i int32, l int64, f float64, q Quantity, x IntOrString, t Time, m MicroTime, d Duration,
          y bytes (base64), r any JSON; or the name of another line; `*` pointer, `[]` list, `{}` map before it
  suffix  `!` written even when empty (no omitempty), `0` left out when zero (omitzero)
A last section has one line a kind:    @apps/v1.Deployment apps/v1.Deployment
"""
import os
import re
import sys

SCALARS = {"string": "s", "bool": "b", "int32": "i", "int64": "l", "int": "l", "uint16": "i", "uint32": "l", "int16": "i",
           "uint8": "i", "float64": "f", "byte": "y1", "float32": "f"}
KNOWN = {"resource.Quantity": "q", "intstr.IntOrString": "x", "metav1.Time": "t", "metav1.MicroTime": "m",
         "metav1.Duration": "d", "runtime.RawExtension": "r", "types.UID": "s", "types.NodeName": "s",
         "metav1.FieldsV1": "r", "JSON": "r", "apiextensionsv1.JSON": "r", "runtime.Object": "r", "runtime.Unknown": "r",
         "JSONSchemaPropsOrBool": "r", "JSONSchemaPropsOrArray": "r", "JSONSchemaPropsOrStringArray": "r"}


def packages(root, version):
    api = os.path.join(root, f"api@{version}")
    for group in sorted(os.listdir(api)):
        folder = os.path.join(api, group)
        if not os.path.isdir(folder):
            continue
        for v in sorted(os.listdir(folder)):
            if re.fullmatch(r"v\d+", v):  # alpha and beta versions are not served by default
                yield f"{group}/{v}", os.path.join(folder, v)
    yield "meta/v1", os.path.join(root, f"apimachinery@{version}/pkg/apis/meta/v1")
    yield "apiextensions/v1", os.path.join(root, f"apiextensions-apiserver@{version}/pkg/apis/apiextensions/v1")
    yield "apiregistration/v1", os.path.join(root, f"kube-aggregator@{version}/pkg/apis/apiregistration/v1")


def read(folder):
    text = ""
    for name in sorted(os.listdir(folder)):
        if re.fullmatch(r"(types.*|micro_time|duration|time|well_known.*)\.go", name) and not name.endswith("_test.go"):
            text += open(os.path.join(folder, name)).read() + "\n"
    return text


def imports(text):
    found = {}
    for alias, path in re.findall(r'^\s*(\w+)?\s*"(k8s\.io/[^"]+)"', text, re.M):
        parts = path.split("/")
        pkg = "/".join(parts[-2:])
        found[alias or parts[-1]] = pkg
    return found


class Shapes:
    def __init__(self, root, version):
        self.structs, self.names, self.kinds = {}, {}, []
        sources = {pkg: read(folder) for pkg, folder in packages(root, version)}
        for pkg, text in sources.items():
            clean = re.sub(r"/\*.*?\*/", "", re.sub(r"//[^\n]*", "", text), flags=re.S)
            self.names[pkg] = dict(re.findall(r"^type (\w+) (?:= )?((?:\[\]|map\[\w+\]|\*)?[\w.]+)\s*$", clean, re.M))
            for inner in re.findall(r"^type \((.*?)^\)", clean, re.M | re.S):
                self.names[pkg].update(re.findall(r"^\s*(\w+)\s+((?:\[\]|map\[\w+\]|\*)?[\w.]+)\s*$", inner, re.M))
            self.structs[pkg] = {name: body for name, body in re.findall(r"^type (\w+) struct \{(.*?)^\}", clean, re.M | re.S)}
            self.structs[pkg].update({name: "" for name in re.findall(r"^type (\w+) struct ?\{ ?\}", clean, re.M)})
            self.structs[pkg]["@imports"] = imports(text)
        self.lines = {}
        for pkg in sources:
            for name, body in self.structs[pkg].items():
                if name != "@imports" and "TypeMeta" in body and re.search(r"^\s*(metav1\.)?ObjectMeta\s", body, re.M) \
                        and not name.startswith("PartialObject"):
                    self.kinds.append((pkg, name))
                    self.struct(pkg, name)
        self.struct("meta/v1", "DeleteOptions")
        self.struct("autoscaling/v1", "Scale")

    def type(self, pkg, go):
        if go.startswith("*"):
            return "*" + self.type(pkg, go[1:])
        if go == "[]byte":
            return "y"
        if go.startswith("[]"):
            return "[]" + self.type(pkg, go[2:])
        found = re.match(r"map\[[\w.]+\](.*)", go)
        if found:
            return "{}" + self.type(pkg, found.group(1))
        if go in SCALARS:
            return SCALARS[go]
        if pkg == "meta/v1" and go in ("Time", "MicroTime", "Duration", "FieldsV1"):
            return {"Time": "t", "MicroTime": "m", "Duration": "d", "FieldsV1": "r"}[go]
        alias, _, base = go.rpartition(".")
        if go in KNOWN and not (go in self.names.get(pkg, {})):
            return KNOWN[go]
        if alias:
            target = "meta/v1" if alias == "metav1" else self.structs[pkg]["@imports"].get(alias, alias)
            if target == "types" or target.endswith("/types"):
                return "s"
            if f"{target.split('/')[-2] if '/' in target else target}.{base}" == "resource.Quantity" or base == "Quantity":
                return "q"
            return self.type(target, base)
        if go in self.structs.get(pkg, {}):
            self.struct(pkg, go)
            return f"{pkg}.{go}"
        if go in self.names.get(pkg, {}):
            return self.type(pkg, self.names[pkg][go])
        raise SystemExit(f"{pkg}: unknown type {go}")

    def resolve(self, pkg, name):
        if name in self.structs[pkg]:
            return pkg, name
        alias, _, base = self.names[pkg][name].rpartition(".")
        return (self.structs[pkg]["@imports"][alias], base) if alias else self.resolve(pkg, base)

    def fields(self, pkg, name):
        out = []
        for line in self.structs[pkg][name].splitlines():
            found = re.match(r'\s*(?:(\w+)\s+)?([\w.*\[\]]+)\s+`json:"([^"]*)"', line)
            if not found:
                continue
            _, go, tag = found.groups()
            json, *flags = tag.split(",")
            if json == "-":
                continue
            if "inline" in flags and not json:
                if go.endswith("TypeMeta"):
                    out.append("apiVersion:s kind:s")
                    continue
                alias, _, base = go.lstrip("*").rpartition(".")
                owner, base = (self.structs[pkg]["@imports"][alias], base) if alias else self.resolve(pkg, base)
                out += self.fields(owner, base)
                continue
            suffix = "0" if "omitzero" in flags else "" if "omitempty" in flags else "!"
            out.append(f"{json}:{self.type(pkg, go)}{suffix}")
        return out

    def struct(self, pkg, name):
        key = f"{pkg}.{name}"
        if key in self.lines:
            return
        self.lines[key] = ""
        self.lines[key] = " ".join([key] + self.fields(pkg, name))


def main():
    shapes = Shapes(sys.argv[1], sys.argv[2])
    for key in sorted(shapes.lines):
        print(shapes.lines[key])
    for pkg, name in sorted(shapes.kinds):
        print(f"@{pkg}.{name}")


main()
