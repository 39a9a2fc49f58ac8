#!/usr/bin/env python3
"""Plays recorded scenarios against a server with controllers and compares the states in which things come to rest.

  controllers.py CORPUS --server URL [--token T]     a server that runs, with controllers
  controllers.py CORPUS --taut PROGRAM               a sandbox started for it, with its simulated workloads
      [--only TEXT] [--jobs N] [--limit N] [--explained FILE] [--differences FILE]

CORPUS is an unpacked corpus with kube/controllers: of each scenario the requests, step by step, and every state that
objects went through. How controllers interleave differs from run to run, so what is compared is the state of all
objects in the end; before that, a step is over when all is as it was recorded, or when nothing moves any more.
Prints one line, `kube/controllers 40/44`, then "N passed, N failed".
"""
import collections
import concurrent.futures
import json
import random
import re
import string
import sys
import threading
import time

import fields
from mask import TIME, Mask, scalars
from replay import Tally, options_for
from sandbox import Sandbox
from wire import Connection, Server

GROUP = "kube/controllers"
STEP_SECONDS = 40
CRON_SECONDS = 160  # two minutes have to begin
REST_SECONDS = 4
POLL_SECONDS = 0.15
REVISION = "deployment.kubernetes.io/revision"
# Names by chance, by the minute of a CronJob, and by a hash that stands for the revision number beside it.
GENERATED = re.compile(r"<gen:\d+>|(?<=-)\d{8}(?=[ \"-])|(?<=^ControllerRevision/)\S+")
POLICIES = {"orphan": "Orphan", "foregroundDeletion": "Foreground"}  # finalizer -> how the object was deleted


def state_of_workload(obj):
    state = {"generation": obj["metadata"].get("generation"), "status": counters(obj.get("status") or {})}
    if obj["kind"] in ("Deployment", "ReplicaSet", "StatefulSet"):
        state["replicas"] = obj["spec"].get("replicas")
    if revision := obj["metadata"].get("annotations", {}).get(REVISION):
        state["revision"] = revision
    uncounted = obj.get("status", {}).get("uncountedTerminatedPods", {})
    if any(uncounted.values()):
        state["uncounted"] = {kind: len(pods) for kind, pods in uncounted.items() if pods}
    return state


def state_of_pod(obj):
    status = obj.get("status", {})
    state = {"phase": status.get("phase"), "bound": bool(obj["spec"].get("nodeName"))}
    if containers := status.get("containerStatuses"):
        state["containers"] = [{"name": c["name"], "ready": c["ready"], "state": sorted(c.get("state", {}))}
                               for c in containers]
    return state


def state_of_cron_job(obj):
    status = obj.get("status", {})
    return {"active": len(status.get("active", [])), "scheduled": "lastScheduleTime" in status,
            "succeeded": "lastSuccessfulTime" in status}


def state_of_claim(obj):
    return {"phase": obj.get("status", {}).get("phase"), "volume": obj["spec"].get("volumeName")}


def state_of_quota(obj):
    return {"hard": obj.get("status", {}).get("hard"), "used": obj.get("status", {}).get("used")}


def state_of_slice(obj):
    endpoints = [json.dumps(e.get("conditions", {}), sort_keys=True) for e in obj.get("endpoints") or []]
    return {"endpoints": sorted(endpoints), "ports": [p.get("port") for p in obj.get("ports") or []],
            "managed": obj["metadata"].get("labels", {}).get("endpointslice.kubernetes.io/managed-by")}


def state_of_endpoints(obj):
    return {"subsets": [{"ready": len(s.get("addresses", [])), "notReady": len(s.get("notReadyAddresses", [])),
                         "ports": [p.get("port") for p in s.get("ports", [])]} for s in obj.get("subsets") or []]}


# Where each kind is listed, and what of it is looked at.
KINDS = {
    "Deployment": ("/apis/apps/v1", "deployments", state_of_workload),
    "ReplicaSet": ("/apis/apps/v1", "replicasets", state_of_workload),
    "StatefulSet": ("/apis/apps/v1", "statefulsets", state_of_workload),
    "DaemonSet": ("/apis/apps/v1", "daemonsets", state_of_workload),
    "ControllerRevision": ("/apis/apps/v1", "controllerrevisions", lambda obj: {"revision": obj["revision"]}),
    "Job": ("/apis/batch/v1", "jobs", state_of_workload),
    "CronJob": ("/apis/batch/v1", "cronjobs", state_of_cron_job),
    "Pod": ("/api/v1", "pods", state_of_pod),
    "PersistentVolumeClaim": ("/api/v1", "persistentvolumeclaims", state_of_claim),
    "ResourceQuota": ("/api/v1", "resourcequotas", state_of_quota),
    "ServiceAccount": ("/api/v1", "serviceaccounts", lambda obj: {}),
    "Endpoints": ("/api/v1", "endpoints", state_of_endpoints),
    "EndpointSlice": ("/apis/discovery.k8s.io/v1", "endpointslices", state_of_slice),
    "PodDisruptionBudget": ("/apis/policy/v1", "poddisruptionbudgets", state_of_workload),
    "HorizontalPodAutoscaler": ("/apis/autoscaling/v2", "horizontalpodautoscalers", state_of_workload),
}


def counters(status):
    """The plain figures and texts of a status, without times."""
    return {key: value for key, value in status.items()
            if isinstance(value, (int, str)) and not (isinstance(value, str) and TIME.match(value))}


def state_of(kind, obj):
    """What the recording kept of an object."""
    metadata, state = obj["metadata"], KINDS[kind][2]({**obj, "kind": kind})
    if conditions := obj.get("status", {}).get("conditions"):
        keys = ("type", "status", "reason")
        state["conditions"] = sorted(({k: c[k] for k in keys if c.get(k)} for c in conditions), key=lambda c: c["type"])
    if owners := metadata.get("ownerReferences"):
        state["owners"] = [f"{owner['kind']}/{owner['name']}" for owner in owners]
    if metadata.get("finalizers"):
        state["finalizers"] = metadata["finalizers"]
    if metadata.get("deletionTimestamp"):
        state["deleting"] = True
    return state


def comparable(states):
    """States by name as a bag of texts, since which of two like pods has which name is chance."""
    return collections.Counter(GENERATED.sub("<gen>", f"{name} {json.dumps(without_chance(name, state), sort_keys=True)}")
                               for name, state in states.items())


def without_chance(name, state):
    """Less what differs from run to run (in how many moves a rollout scales its ReplicaSets, and so their generation)
    and what the recording's nodes, which kwok played, do not do as a kubelet does (the readiness of ended pods)."""
    if name.startswith("ReplicaSet/"):
        status = {key: value for key, value in state["status"].items() if key != "observedGeneration"}
        return {**state, "generation": "-", "status": status}
    if name.startswith("Pod/") and state.get("phase") in ("Succeeded", "Failed"):
        return {**state, "conditions": [c for c in state.get("conditions", []) if not c["type"].endswith("Ready")]}
    return state


def policy_of(step):
    """How a step's deletion was asked for, which shows in the finalizers that it gave."""
    given = {finalizer for change in step["changes"] for finalizer in change["state"].get("finalizers", [])}
    return next((policy for finalizer, policy in POLICIES.items() if finalizer in given), None)


def expected_states(scenario):
    """For each step the states of all objects at its end."""
    living, steps = {}, []
    for step in scenario["steps"]:
        for change in step["changes"]:
            name = f"{change['kind']}/{change['name']}"
            if change["type"] == "DELETED":
                living.pop(name, None)
            elif change["kind"] in KINDS:
                living[name] = change["state"]
        steps.append(dict(living))
    return steps


class Scenario:
    """One run of a scenario in a namespace of its own."""

    def __init__(self, scenario, connection):
        self.scenario, self.connection = scenario, connection
        self.namespace = "tc-" + "".join(random.choices(string.ascii_lowercase, k=10))
        requests = [did for step in scenario["steps"] for did in step["did"]]
        self.mask = Mask(self.namespace, scalars(requests))
        self.kinds = {change["kind"] for step in scenario["steps"] for change in step["changes"]} & KINDS.keys()

    def run(self):
        """The differences in the end; none if all is as recorded."""
        self._send({"method": "POST", "path": "/api/v1/namespaces",
                    "body": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "$NS"}}})
        found = []
        try:
            for step, expected in zip(self.scenario["steps"], expected_states(self.scenario)):
                if not all(isinstance(did, dict) for did in step["did"]):
                    break  # the recording does not say what was done; the steps before count
                for did in step["did"]:
                    self._do(did, step)
                found = self._settle(step, comparable(expected))
            return found
        finally:
            self._send({"method": "DELETE", "path": "/api/v1/namespaces/$NS"})

    def _do(self, did, step):
        if "kubelet" in did:
            self._kubelet(did)
        elif did["method"] == "DELETE" and (policy := policy_of(step)):
            self._send({**did, "body": {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": policy}})
        else:
            self._send(did)

    def _send(self, did):
        did = fields.filled(did, self.namespace, {})
        kind = "application/strategic-merge-patch+json" if did["method"] == "PATCH" else "application/json"
        body = json.dumps(did["body"]).encode() if did.get("body") is not None else None
        return self.connection.request(did["method"], did["path"], body, content_type=kind if body else None)

    def _kubelet(self, did):
        """Plays the kubelet of a node that does not exist: writes the status of pods that are bound and not running."""
        listed = self._send({"method": "GET", "path": "/api/v1/namespaces/$NS/pods"}).body["items"]
        waiting = [pod for pod in listed if pod.get("status", {}).get("phase") == "Pending"]
        for pod in waiting[:did["pods"]]:
            path = f"/api/v1/namespaces/$NS/pods/{pod['metadata']['name']}/status"
            self._send({"method": "PATCH", "path": path, "body": {"status": did["kubelet"]}})

    def _states(self):
        objects = []
        for kind in sorted(self.kinds):
            api, plural, _ = KINDS[kind]
            answer = self.connection.request("GET", f"{api}/namespaces/{self.namespace}/{plural}")
            objects += [(kind, obj) for obj in (answer.body.get("items") or [])] if answer.code == 200 else []
        # The order of creation gives template hashes their numbers.
        for _, obj in sorted(objects, key=lambda item: item[1]["metadata"]["creationTimestamp"]):
            self.mask.document(obj)
        return {self.mask.text(f"{kind}/{obj['metadata']['name']}"): self.mask.document(state_of(kind, obj))
                for kind, obj in objects if not self._ambient(kind, obj)}

    def _ambient(self, kind, obj):
        """Objects that every namespace has and that the scenario is not about."""
        return kind == "ServiceAccount" and obj["metadata"]["name"] == "default" and "ServiceAccount/default" not in {
            f"{change['kind']}/{change['name']}" for step in self.scenario["steps"] for change in step["changes"]}

    def _settle(self, step, expected):
        last_step = step is self.scenario["steps"][-1]
        deadline = time.monotonic() + (CRON_SECONDS if "CronJob" in self.kinds else STEP_SECONDS)
        got, since = None, time.monotonic()
        rest = CRON_SECONDS if "CronJob" in self.kinds else REST_SECONDS
        while True:
            last, got = got, comparable(self._states())
            if got == expected:
                return []
            now = time.monotonic()
            since = since if got == last else now
            if now > deadline or (now - since > rest and not last_step):
                break
            time.sleep(POLL_SECONDS)
        missing, surplus = sorted((expected - got).elements()), sorted((got - expected).elements())
        width = max(len(missing), len(surplus))
        missing += ["(nothing)"] * (width - len(missing))
        surplus += ["(nothing)"] * (width - len(surplus))
        return [(f"step {step['step']}", want, have) for want, have in zip(missing, surplus)]


def run_all(scenarios, server, jobs, tally):
    local = threading.local()

    def run(scenario):
        if not hasattr(local, "connection"):
            local.connection = Connection(server)
        try:
            return Scenario(scenario, local.connection).run()
        except Exception as error:  # the scenario has failed, whatever it was; the others go on
            return [("", "a state", f"{type(error).__name__}: {error}")]

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for scenario, found in zip(scenarios, pool.map(run, scenarios)):
            tally.add(GROUP, scenario["id"], found)


def main():
    options = options_for(__doc__)
    tally = Tally(options)
    paths = sorted((options.corpus / "kube/controllers").glob("*.json"))
    scenarios = [s for s in (json.loads(path.read_text()) for path in paths)
                 if "steps" in s and options.only in f"{GROUP} {s['id']}"]
    if not scenarios:
        pass
    elif options.server:
        run_all(scenarios, Server(options.server, options.token), options.jobs, tally)
    else:
        with Sandbox(options.taut, workloads=True) as sandbox:
            run_all(scenarios, Server(sandbox.url, sandbox.token), options.jobs, tally)
    return 1 if tally.report() else 0


if __name__ == "__main__":
    sys.exit(main())
