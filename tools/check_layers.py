#!/usr/bin/env python3
"""Checks that every room of src/ includes only what its floor allows.

Reads FLOORS below (the house, as ARCHITECTURE.md draws it) and every #include "room/..." of src/. A room may
include itself, rooms on lower floors, and what ALSO grants on its own floor. Prints each offence as
file:line and exits 1 if there is one.
"""
import pathlib
import re
import sys

FLOORS = {
    "base": 0,
    "value": 1, "yaml": 1, "tree": 1,
    "lang/*": 2, "schema": 2, "object": 2, "smd": 2,
    "sandbox/kinds": 3, "helm": 3, "kustomize": 3, "policy": 3, "plan": 3, "health": 3, "delivery": 3,
    "render": 4, "port": 4,
    "engine": 5, "release": 5,
    "dialect/*": 6,
    "io/*": 7,
    "sandbox/workloads": 8, "sandbox": 8, "server": 8, "controller": 8, "preview": 8,
    "cli": 9,
}
# Allowed on the same floor, each for a reason.
ALSO = {
    ("lang/jsonpath", "lang/gotmpl"): "both print values as Go's fmt does",
    ("lang/sops", "lang/openpgp"): "both hold librnp's handles",
    ("yaml", "value"): "the reader makes Values",
    ("tree", "value"): "trees list into Values for the memo",
    ("smd", "schema"): "merging is directed by a schema",
    ("smd", "object"): "managed fields live in objects",
    ("schema", "object"): "the table of kinds is keyed by Gvk",
    ("port", "render"): "the port to repositories hands out trees for rendering",
    ("sandbox", "sandbox/workloads"): "the server starts the simulated controllers",
    ("sandbox/workloads", "sandbox"): "controllers act through the server's in-process client",
    ("preview", "sandbox"): "a preview runs on a sandbox",
    ("server", "sandbox"): "the HTTP server is the sandbox's",
    ("preview", "controller"): "and asks the controller to sync there",
    ("io/kube", "io/net"): "the Kubernetes client speaks HTTP",
    ("io/registry", "io/net"): "the registry client speaks HTTP",
    ("io/scm", "io/net"): "so do the clients of GitHub, GitLab and Gitea",
    ("io/bucket", "io/net"): "and that of S3",
}
# io sees the core only through ports.
IO_MAY_SEE = {"base", "value", "yaml", "tree", "schema", "object", "smd", "port"}

INCLUDE = re.compile(r'^\s*#include "([^"]+)/[^"/]+"')


def room_of(path):
    """The room that a folder relative to src/ belongs to, or None."""
    parts = path.split("/")
    for length in (2, 1):
        name = "/".join(parts[:length])
        if name in FLOORS:
            return name
        if length == 2 and len(parts) >= 2 and parts[0] + "/*" in FLOORS:
            return name
    return None


def floor_of(room):
    return FLOORS.get(room, FLOORS.get(room.split("/")[0] + "/*"))


def offence(room, target):
    if target == room or (room, target) in ALSO:
        return None
    if room.startswith("io/") and target not in IO_MAY_SEE and not target.startswith("lang/"):
        return f"io rooms see only floors 0-2 and port, not {target}"
    if floor_of(target) < floor_of(room):
        return None
    return f"{room} (floor {floor_of(room)}) may not include {target} (floor {floor_of(target)})"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent / "src"
    offences = 0
    for file in sorted(list(root.rglob("*.cc")) + list(root.rglob("*.hh"))):
        folder = str(file.parent.relative_to(root))
        room = room_of(folder)
        if room is None:
            print(f"{file.relative_to(root.parent)}:1: folder {folder} is no room of the house")
            offences += 1
            continue
        is_test = file.name.endswith("_test.cc")
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            target = room_of(match.group(1)) if match else None
            if target is None:
                continue
            why = offence(room, target)
            # A test may also use the fakes of the ports.
            if why and not (is_test and target == "port"):
                print(f"{file.relative_to(root.parent)}:{number}: {why}")
                offences += 1
    print(f"layers: {offences} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
