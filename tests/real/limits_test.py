"""LimitRanges and ResourceQuotas, on the sandbox and on a real kube-apiserver: both must answer the same, word by word.

  tests/real/limits_test.py TAUT

Nothing runs on either server but the API, so the test itself writes a quota's status, as the controller would. Ends
with "N passed, N failed".
"""
import argparse
import json
import sys

from random_applies_test import both_servers
from random_objects_test import Normal, difference

HARD = {"pods": "2", "requests.cpu": "1", "limits.memory": "2Gi", "count/configmaps": "1", "services": "1", "services.nodeports": "1",
        "requests.storage": "2Gi", "secrets": "1"}
LIMITS = [{"type": "Container", "default": {"cpu": "1", "memory": "1Gi"}, "defaultRequest": {"cpu": "100m"}, "max": {"cpu": "2"}, "min": {"cpu": "50m"},
           "maxLimitRequestRatio": {"cpu": "20"}},
          {"type": "Pod", "max": {"cpu": "4"}}, {"type": "PersistentVolumeClaim", "max": {"storage": "2Gi"}, "min": {"storage": "1Gi"}}]


def pod(name, **resources):
    plain = {"image": "i"}
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "a", "resources": resources, **plain}, {"name": "b", **plain}],
                                                 "initContainers": [{"name": "i", **plain}]}}


def full_pod(name, cpu):
    out = pod(name)
    for container in out["spec"]["containers"] + out["spec"]["initContainers"]:
        container["resources"] = {"requests": {"cpu": cpu}, "limits": {"memory": "100Mi"}}
    return out


def claim(name, size):
    return {"metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}}


def service(name, kind):
    return {"metadata": {"name": name}, "spec": {"type": kind, "ports": [{"name": "a", "port": 1}, {"name": "b", "port": 2}]}}


def steps():
    """(method, path in the namespace, body)"""
    yield "POST", "limitranges", {"metadata": {"name": "l"}, "spec": {"limits": LIMITS}}
    yield "POST", "pods", pod("p1")
    yield "POST", "pods", pod("p2", limits={"cpu": "3"})
    yield "POST", "pods", pod("p3", limits={"cpu": "2"}, requests={"cpu": "10m"})
    yield "POST", "pods", pod("p4", limits={"cpu": "2"}, requests={"cpu": "1"})
    for size in ("500Mi", "1Gi", "3Gi"):
        yield "POST", "persistentvolumeclaims", claim("c" + size.lower(), size)
    yield "DELETE", "limitranges/l", None
    yield "POST", "resourcequotas", {"metadata": {"name": "q"}, "spec": {"hard": HARD}}
    yield "PATCH", "resourcequotas/q/status", {"status": {"hard": HARD, "used": {name: "0" for name in HARD}}}
    yield "POST", "pods", pod("q1")
    for name, cpu in (("q2", "200m"), ("q3", "600m"), ("q4", "100m"), ("q5", "100m")):
        yield "POST", "pods", full_pod(name, cpu)
    yield "POST", "pods?dryRun=All", full_pod("q6", "100m")
    for kind in ("configmaps", "secrets"):
        for name in "ab":
            yield "POST", kind, {"metadata": {"name": name}}
    yield "POST", "services", service("s1", "NodePort")
    yield "POST", "services", service("s2", "ClusterIP")
    yield "POST", "services", service("s3", "ClusterIP")
    yield "POST", "persistentvolumeclaims", claim("qc", "3Gi")
    yield "GET", "resourcequotas/q", None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("taut")
    options = parser.parse_args()
    passed = failed = 0
    with both_servers(options.taut) as servers:
        normal = [Normal() for _ in servers]
        for server in servers:
            server.send("POST", "/api/v1/namespaces", {"metadata": {"name": "limits"}})
        for method, path, body in steps():
            content = "application/merge-patch+json" if method == "PATCH" else "application/json"
            answers = [n.of(*s.send(method, "/api/v1/namespaces/limits/" + path, body, content, warnings=True)) for n, s in zip(normal, servers)]
            found = list(difference(*answers))
            passed, failed = (passed, failed + 1) if found else (passed + 1, failed)
            for where, sandbox, real in found:
                print("FAIL %s %s %s\n  sandbox %s\n  real    %s" % (method, path, where, json.dumps(sandbox), json.dumps(real)))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
