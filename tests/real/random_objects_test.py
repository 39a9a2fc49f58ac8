"""Good and bad objects of the kinds that people deploy, sent to the sandbox and to a real kube-apiserver.

  tests/real/random_objects_test.py TAUT [--cases N] [--seed N] [--only TEXT]

A case is one kind: an object of manifests.py with up to three random faults is created, or the sound object is created
and then changed. A fault takes a field away, gives it null, something empty, another type, a value out of range or
of another form, repeats or adds something. Compared are status, warnings and the whole body, wording included, except
what no two servers share; of several causes the order is left out, which follows that of Go's maps, and so are the faults of typed merges.
Ends with "N passed, N failed".
"""
import argparse
import copy
import json
import random
import re
import sys

from manifests import OBJECTS
from random_applies_test import APPLY, MERGE, STRATEGIC, both_servers

VALUES = ["", "a", "Bad_Name", "-x", "x" * 70, "x" * 260, "a.b", "a/b", "/a", "..", "a b", "100%", "101%", "-1", "1", "1.5", "10.0.0.1", "10.0.0.0/8", "::1", "1Gi", "-1Gi", "None",
          "Always", "TCP", "x!", "ä", "http", 0, 1, -1, 80, 101, 70000, 2 ** 31, 2 ** 40, 1.5, True, False, None, [], {}, [""], ["a"], [1], {"a": "b"}, {"a": 1}, {"": ""}, [{}], [None], {"a": None}]


def places(node, path=()):
    """Every (path) in a document but its root."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield path + (key,)
        yield from places(value, path + (key,))


class Faults:
    def __init__(self, source, document):
        self.source, self.document = source, document

    def holder(self, path):
        node = self.document
        for key in path[:-1]:
            node = node[key]
        return node, path[-1]

    def one(self):
        candidates = [p for p in places(self.document) if p[0] not in ("apiVersion", "kind") and p != ("metadata", "name") and p != ("metadata",)]
        if not candidates:
            return
        # Deep places are many; shallow ones get their share.
        depth = self.source.choice(sorted({len(p) for p in candidates}))
        holder, key = self.holder(self.source.choice([p for p in candidates if len(p) == depth]))
        value = holder[key]
        fault = self.source.random()
        if fault < 0.25:
            del holder[key]
        elif fault < 0.6:
            holder[key] = copy.deepcopy(self.source.choice(VALUES))
        elif fault < 0.7 and isinstance(value, (list, dict)):
            holder[key] = type(value)()
        elif fault < 0.8 and isinstance(value, list) and value:
            value.append(copy.deepcopy(self.source.choice(value)))
        elif fault < 0.88 and isinstance(value, dict):
            value["unknown" + self.source.choice("AB")] = copy.deepcopy(self.source.choice(VALUES))
        elif fault < 0.94 and isinstance(value, str):
            holder[key] = self.source.choice([value.upper(), value + "-", value + "." + value, value * 40, " " + value])
        elif isinstance(value, bool):
            holder[key] = not value
        elif isinstance(value, int):
            holder[key] = self.source.choice([-value, value + 1, value * 1000, str(value), float(value)])
        else:
            holder[key] = None


def faulty(source, document, most):
    document = copy.deepcopy(document)
    faults = Faults(source, document)
    for _ in range(source.randrange(1, most + 1)):
        faults.one()
    return document


def changed_parts(old, new):
    """A merge patch from one document to another; lists are replaced."""
    patch = {}
    for key in {*old, *new}:
        if key not in new:
            patch[key] = None
        elif key not in old:
            patch[key] = new[key]
        elif isinstance(old[key], dict) and isinstance(new[key], dict):
            inner = changed_parts(old[key], new[key])
            if inner:
                patch[key] = inner
        elif old[key] != new[key]:
            patch[key] = new[key]
    return patch


def steps(source, path, document):
    validation = source.choice(["", "", "&fieldValidation=Strict", "&fieldValidation=Ignore"])
    query = "?fieldManager=m" + validation
    if source.random() < 0.5:
        bad = faulty(source, document, 3)
        if source.random() < 0.8:
            yield "POST", path + query, bad, "application/json"
        else:
            yield "PATCH", path + "/" + document["metadata"]["name"] + query, bad, APPLY
        document = bad
    else:
        yield "POST", path + "?fieldManager=m", document, "application/json"
    for _ in range(3):
        bad = faulty(source, document, 2)
        item = path + "/" + document["metadata"]["name"] + query
        how = source.random()
        if how < 0.4:
            yield "PUT", item, bad, "application/json"
        elif how < 0.6:
            yield "PATCH", item, changed_parts(document, bad), MERGE
        elif how < 0.8:
            yield "PATCH", item, changed_parts(document, bad), STRATEGIC
        else:
            yield "PATCH", item + "&force=true", bad, APPLY


ORDINALS = re.compile(r"(resourceVersion\W{1,40})\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z|10\.96\.\d+\.\d+|\b3[0-2]\d{3}\b")


class Normal:
    """What is compared of one server's answers; versions become ordinals, so that a write of nothing shows."""

    def __init__(self):
        self.known = {}

    def text(self, text):
        return ORDINALS.sub(lambda m: (m.group(1) or "") + "<masked>", text)

    def of(self, status, body, warnings):
        if isinstance(body, dict):
            if body.get("kind") == "Status":
                body = self.status(body)
            else:
                self.object(body)
        text = self.text(json.dumps(body, sort_keys=True))
        return {"status": status, "body": json.loads(text), "warnings": [self.text(w) for w in warnings]}

    def status(self, body):
        causes = body.get("details", {}).get("causes")
        if causes and len(causes) > 1:
            causes.sort(key=lambda c: (c.get("field", ""), c.get("message", "")))
            if body.get("reason") == "Invalid":
                body["message"] = body["message"].split(" is invalid: ")[0]
        # A typed merge walks a Go map and ends at the first unknown field: which faults it names is chance.
        body["message"] = re.sub(r"(failed to create typed patch object \(.*?Kind=\w+\)).*", r"\1", body.get("message", ""), flags=re.S)
        return body

    def object(self, body):
        metadata = body.get("metadata", {})
        version = metadata.pop("resourceVersion", "")
        metadata["resourceVersion"] = "v%d" % self.known.setdefault(version, len(self.known))
        metadata.pop("creationTimestamp", None)
        for entry in metadata.get("managedFields", []):
            entry.pop("time", None)
        metadata.get("managedFields", []).sort(key=lambda e: [e.get(k, "") for k in ("operation", "manager", "apiVersion")])
        for port in (body.get("spec") or {}).get("ports", []) if body.get("kind") == "Service" else []:
            port.pop("nodePort", None)
        (body.get("spec") or {}).pop("healthCheckNodePort", None)


def difference(left, right, path=""):
    """The paths at which two answers differ, with both sides."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted({*left, *right}):
            yield from difference(left.get(key, "(absent)"), right.get(key, "(absent)"), path + "." + key)
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (a, b) in enumerate(zip(left, right)):
            yield from difference(a, b, "%s[%d]" % (path, index))
    elif left != right:
        yield path, left, right


def run_case(seed, servers, only):
    """The first difference of a case as text, or nothing."""
    source = random.Random(seed)
    path, document = source.choice([o for o in OBJECTS if only in o[0]])
    namespace, name = "objects-%d" % (seed % 8), "x%d" % seed
    path = path.format(namespace)
    document = json.loads(json.dumps(document))
    document["metadata"]["name"] = name
    normal = [Normal() for _ in servers]
    try:
        for number, (method, where, body, content_type) in enumerate(steps(source, path, document)):
            answers = [n.of(*s.send(method, where, body, content_type, warnings=True)) for n, s in zip(normal, servers)]
            found = list(difference(*answers))
            if found:
                lines = ["  %s\n    sandbox %s\n    real    %s" % (p, json.dumps(a), json.dumps(b)) for p, a, b in found[:6]]
                return "step %d: %s %s %s\n  %s\n%s" % (number, method, where, content_type, json.dumps(body), "\n".join(lines))
    finally:
        for server in servers:
            server.send("DELETE", path + "/" + name + "?gracePeriodSeconds=0&propagationPolicy=Background")
            if path.endswith(("persistentvolumes", "persistentvolumeclaims")):
                server.send("PATCH", path + "/" + name, {"metadata": {"finalizers": None}}, MERGE)
    return None


def compare(servers, options):
    for server in servers:
        for number in range(8):
            server.send("POST", "/api/v1/namespaces", {"metadata": {"name": "objects-%d" % number}})
    failed = 0
    for case in range(options.seed, options.seed + options.cases):
        found = run_case(case, servers, options.only)
        if found:
            failed += 1
            if failed <= options.differences:
                print("FAIL seed %d, %s" % (case, found), flush=True)
    if failed <= options.known:
        print("%d of %d differ, %d are known to" % (failed, options.cases, options.known))
        failed = 0
    print("%d passed, %d failed" % (options.cases - failed, failed))
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("taut")
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a part of the kinds' paths")
    parser.add_argument("--known", type=int, default=0, help="so many differences are known and fail nothing")
    parser.add_argument("--differences", type=int, default=10, help="how many to print")
    options = parser.parse_args()
    with both_servers(options.taut) as servers:
        return compare(servers, options)


if __name__ == "__main__":
    sys.exit(main())
