#!/usr/bin/env python3
"""What taut costs while it keeps a cluster: start-up, memory and idle processor time with 1 and 100 applications.

  bench/footprint.py build/taut [applications ...]

Prints a Markdown table. The sandbox and the controller are separate processes, so that each figure is one
program's. Each application is a Deployment with 0 replicas, a Service, a ServiceAccount and a ConfigMap.
"""
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))
import taut_e2e  # noqa: E402

IDLE_SECONDS = 20


def memory_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def files_of(name):
    labels = {"app": name}
    return {
        f"{name}/deployment.yaml": taut_e2e.deployment(name, replicas=0),
        f"{name}/service.yaml": {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
                                 "spec": {"selector": labels, "ports": [{"port": 80}]}},
        f"{name}/account.yaml": {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}},
        f"{name}/settings.yaml": taut_e2e.config_map(name, text="x" * 200),
    }


def measure(taut, count):
    world = taut_e2e.World(taut)
    try:
        start = time.monotonic()
        world.start_sandbox()
        sandbox_up = time.monotonic() - start
        names = [f"app-{i}" for i in range(count)]
        files = {}
        for name in names:
            files.update(files_of(name))
        world.repository.commit(files)
        start = time.monotonic()
        serve = world.serve("--poll", "120s")
        serve_up = time.monotonic() - start
        start = time.monotonic()
        for name in names:
            world.application(name)
        for name in names:
            world.await_app(name, "Synced", "Healthy", seconds=300)
        synced = time.monotonic() - start
        time.sleep(3)
        before = processor_seconds(serve.pid), processor_seconds(world.sandbox.pid)
        time.sleep(IDLE_SECONDS)
        after = processor_seconds(serve.pid), processor_seconds(world.sandbox.pid)
        idle = [(b - a) / IDLE_SECONDS * 100 for a, b in zip(before, after)]
        return (count, sandbox_up * 1000, serve_up * 1000, synced, memory_mib(serve.pid),
                memory_mib(world.sandbox.pid), idle[0], idle[1])
    finally:
        world.close(failed=False)


def main():
    taut = str(pathlib.Path(sys.argv[1]).resolve())
    counts = [int(word) for word in sys.argv[2:]] or [1, 100]
    print("| applications | sandbox up | serve up | all Synced | serve memory | sandbox memory | serve idle | sandbox idle |")
    print("|---|---|---|---|---|---|---|---|")
    for count in counts:
        row = measure(taut, count)
        print("| {} | {:.0f} ms | {:.0f} ms | {:.1f} s | {:.1f} MiB | {:.1f} MiB | {:.2f} % | {:.2f} % |".format(*row), flush=True)


if __name__ == "__main__":
    main()
