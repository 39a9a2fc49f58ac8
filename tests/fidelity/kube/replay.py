#!/usr/bin/env python3
"""Replays recorded exchanges with a real kube-apiserver against another server and compares the answers.

  replay.py CORPUS --server URL [--token T]     a server that runs
  replay.py CORPUS --taut PROGRAM               a sandbox started for it, without simulated workloads
      [--only TEXT] [--jobs N] [--limit N] [--explained FILE] [--differences FILE]

CORPUS is an unpacked corpus with kube/cases and kube/fixtures. Prints a line a group (`kube/06-ssa 300/347`), then
"N passed, N failed"; exits 1 on a failure. A case is a list of steps (request, watch, events, poll, sleep) with the
answer that was recorded for each; it runs in a namespace of its own, "$NS" stands for its name.
"""
import argparse
import concurrent.futures
import json
import pathlib
import random
import string
import sys
import threading
import time
import urllib.parse

import fields
from compare import differences, shown
from explained import Explained
from mask import HIDDEN_GROUPS, Mask, scalars
from sandbox import Sandbox
from wire import Connection, Server, Watch

POLL_SECONDS = 0.1
GRACE_SECONDS = 0.3  # how long surplus watch events are waited for


class Fixtures:
    """Custom resource definitions that several cases share; each set is created when it is first needed."""

    def __init__(self, folder):
        self.folder, self.lock, self.ready = folder, threading.Lock(), set()

    def need(self, name, connection):
        with self.lock:
            if name not in self.ready:
                for item in json.loads((self.folder / f"{name}.json").read_text()):
                    self._create(item, connection)
                self.ready.add(name)

    def _create(self, item, connection):
        answer = connection.request("POST", item["path"], json.dumps(item["body"]), content_type="application/json")
        if answer.code not in (200, 201, 409):
            raise RuntimeError(f"fixture {item['path']}: {answer.code} {answer.body}")
        path = f"{item['path']}/{item['body']['metadata']['name']}"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            there = fields.holds(connection.request("GET", path).body, item.get("wait", {}))
            if there and ("serves" not in item or connection.request("GET", item["serves"]).code == 200):
                return
            time.sleep(POLL_SECONDS)
        raise RuntimeError(f"fixture {path} does not become ready")


class Case:
    """One run of a case against a server."""

    def __init__(self, case, server, connection):
        self.case, self.server, self.connection = case, server, connection
        self.namespace = "tc-" + "".join(random.choices(string.ascii_lowercase, k=10))
        self.mask = Mask(self.namespace, scalars([step.get("body") for step in case["steps"]]))
        self.saved, self.watches = {}, {}

    def run(self):
        """The answers, one a step, in the form in which they were recorded."""
        own_namespace = self.case.get("namespace", True)
        if own_namespace:
            self._make_namespace()
        try:
            return [self._step(fields.filled(step, self.namespace, self.saved)) for step in self.case["steps"]]
        finally:
            for watch in self.watches.values():
                watch.close()
            for path in self.case.get("cleanup", []):
                self._remove(fields.filled(path, self.namespace, self.saved))
            if own_namespace:
                self._remove(f"/api/v1/namespaces/{self.namespace}")

    def _make_namespace(self):
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}}
        answer = self.connection.request("POST", "/api/v1/namespaces", json.dumps(body),
                                         content_type="application/json")
        if answer.code != 201:
            raise RuntimeError(f"namespace not created: {answer.code} {answer.body}")

    def _remove(self, path):
        try:
            self.connection.request("DELETE", path)
        except OSError:
            pass  # what is left over does not matter to other cases

    def _step(self, step):
        operation = step.get("op", "request")
        return getattr(self, "_" + operation)(step)

    def _target(self, step):
        query = step.get("query") or {}
        pairs = list(query.items()) if isinstance(query, dict) else [tuple(pair) for pair in query]
        if step.get("op") == "watch":
            pairs.append(("watch", "1"))
            if not any(key == "timeoutSeconds" for key, _ in pairs):
                pairs.append(("timeoutSeconds", "120"))
        return step["path"] + ("?" + urllib.parse.urlencode(pairs) if pairs else "")

    def _sleep(self, step):
        time.sleep(step["seconds"])
        return {}

    def _watch(self, step):
        watch = self.watches[step["name"]] = Watch(self.server, self._target(step), step.get("accept"))
        return {"code": watch.code}

    def _events(self, step):
        events = self.watches[step["name"]].take(step["count"], step.get("timeout", 20),
                                                 step.get("grace", GRACE_SECONDS))
        return {"events": [self._event(event, step.get("record", "full")) for event in events]}

    def _event(self, event, record):
        kind, obj = event.get("type"), event.get("object", {})
        if kind == "BOOKMARK":
            metadata = {k: v for k, v in obj.get("metadata", {}).items() if k != "resourceVersion" and v is not None}
            return {"type": kind, "kind": obj.get("kind"), "metadata": metadata}
        obj = self.mask.document(obj)
        return {"type": kind, "object": picked(obj, record)}

    def _poll(self, step):
        until, deadline = step["until"], time.monotonic() + step.get("timeout", 60)
        while True:
            answer = self.connection.request("GET", self._target(step), accept=step.get("accept"))
            reached = answer.code == until if isinstance(until, int) else fields.holds(answer.body, until)
            if reached or time.monotonic() > deadline:
                return {"reached": reached, **self._recorded(step, answer)}
            time.sleep(POLL_SECONDS)

    def _request(self, step):
        body, content_type = step.get("rawBody"), step.get("contentType")
        if "body" in step:
            body, content_type = json.dumps(step["body"]), content_type or "application/json"
        answer = self.connection.request(step["method"], self._target(step), body.encode() if body is not None else None,
                                         accept=step.get("accept"), content_type=content_type,
                                         more=step.get("headers"))
        return self._recorded(step, answer)

    def _recorded(self, step, answer):
        for name, path in step.get("save", {}).items():
            self.saved[name] = fields.read(answer.body, path)
        record = step.get("record", "full")
        if record == "none":
            return {}
        if record == "code":
            return {"code": answer.code}
        out = {"code": answer.code, "type": answer.headers.get("Content-Type", "")}
        if warnings := answer.headers.get_all("Warning"):
            out["warnings"] = [self.mask.text(warning) for warning in warnings]
        if isinstance(record, dict):
            keys = fields.read(answer.body, record["keysOf"]) or {}
            return {**out, "keys": sorted(key for key in keys if HIDDEN_GROUPS not in key)}
        structured = isinstance(answer.body, (dict, list))
        body = self.mask.document(answer.body) if structured else self.mask.text(answer.body)
        return {**out, "body": picked(body, record)}


def picked(document, record):
    """The whole, or {path: value} when only some paths were recorded."""
    return {path: fields.read(document, path) for path in record} if isinstance(record, list) else document


class Tally:
    """Counts by group, and the first differences of each."""

    def __init__(self, options):
        self.explained, self.output, self.limit = Explained.read(options.explained), options.differences, options.limit
        self.counts, self.shown = {}, {}

    def add(self, group, name, found):
        count = self.counts.setdefault(group, {"passed": 0, "failed": 0, "explained": 0})
        if not found:
            count["passed"] += 1
        elif self.explained.holds(group, name):
            count["explained"] += 1
        else:
            count["failed"] += 1
            self._show(group, name, found)

    def _show(self, group, name, found):
        self.shown[group] = self.shown.get(group, 0) + 1
        if self.output and self.shown[group] <= self.limit:
            lines = [f"{group} {name}"]
            for path, want, got in found[:3]:
                lines += [f"  at {path}", f"    want {shown(want)}", f"    got  {shown(got)}"]
            print("\n".join(lines), file=self.output, flush=True)

    def report(self):
        for group, count in sorted(self.counts.items()):
            note = f", {count['explained']} explained" if count["explained"] else ""
            print(f"{group} {count['passed']}/{sum(count.values())}{note}")
        passed = sum(count["passed"] for count in self.counts.values())
        failed = sum(count["failed"] for count in self.counts.values())
        print(f"{passed} passed, {failed} failed", flush=True)
        return failed


def load(folder, only):
    cases = (json.loads(path.read_text()) for path in sorted(folder.rglob("*.json")))
    return [case for case in cases if "steps" in case and only in f"kube/{case['group']} {case['id']}"]


def run_all(cases, server, fixtures, jobs, tally):
    local = threading.local()

    def run(case):
        if not hasattr(local, "connection"):
            local.connection = Connection(server)
        try:
            for name in case.get("fixtures", []):
                fixtures.need(name, local.connection)
            return differences(case["recorded"], Case(case, server, local.connection).run())
        except Exception as error:  # the case has failed, whatever it was; the others go on
            return [("", "an answer", f"{type(error).__name__}: {error}")]

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for case, found in zip(cases, pool.map(run, cases)):
            tally.add(f"kube/{case['group']}", case["id"], found)


def options_for(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--server")
    parser.add_argument("--token", default="")
    parser.add_argument("--taut", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--limit", type=int, default=5)
    parser.add_argument("--explained", type=pathlib.Path)
    parser.add_argument("--differences", type=argparse.FileType("w"))
    return parser.parse_args()


def main():
    options = options_for(__doc__)
    cases = load(options.corpus / "kube/cases", options.only)
    tally = Tally(options)
    fixtures = Fixtures(options.corpus / "kube/fixtures")
    if not cases:
        pass
    elif options.server:
        run_all(cases, Server(options.server, options.token), fixtures, options.jobs, tally)
    else:
        with Sandbox(options.taut) as sandbox:
            run_all(cases, Server(sandbox.url, sandbox.token), fixtures, options.jobs, tally)
    return 1 if tally.report() else 0


if __name__ == "__main__":
    sys.exit(main())
