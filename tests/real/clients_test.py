"""Programs that people have, against taut's sandbox or (TAUT_E2E_REAL=1) the real API server: the same assertions.

  tests/real/clients_test.py TAUT [WORD...]
"""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import taut_e2e  # noqa: E402
from taut_e2e import eventually  # noqa: E402

BIN = pathlib.Path(os.environ.get("TAUT_REAL_BUILD") or HERE.parent.parent / "build" / "real").resolve() / "bin"


def program(world, *words, seconds=300):
    """One of the harness' binaries on the world's cluster, to its end."""
    env = {**os.environ, "KUBECONFIG": world.kubeconfig, "HOME": str(world.folder), "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run([BIN / words[0], *words[1:]], env=env, text=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds)
    assert done.returncode == 0, f"{' '.join(map(str, words))} exited {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def test_a_program_on_client_go(world):
    # A real server calls a revision expired that is older than its watch cache; the sandbox remembers more.
    faults = world.folder / "faults"
    faults.write_text("watch /apis/clientgo.taut.dev* expired count=1\n")
    world.start_sandbox("--fault", str(faults))
    print("".join(f"     {line}\n" for line in program(world, "clientgo").splitlines()), end="")


def images(world):
    return [c["image"] for c in world.kube.get("/apis/apps/v1/namespaces/shop/deployments/rel-chart")["spec"]["template"]["spec"]["containers"]]


def test_helm_installs_upgrades_rolls_back_and_uninstalls(world):
    world.start_sandbox()
    chart = world.folder / "chart"
    program(world, "helm", "create", str(chart))
    web = "/apis/apps/v1/namespaces/shop/deployments/rel-chart"
    wait = ["-n", "shop", "--wait", "--timeout", "90s"]
    program(world, "helm", "install", "rel", str(chart), "--create-namespace", *wait, "--set", "image.tag=1")
    first = world.kube.get(web)
    assert first["status"]["readyReplicas"] == 1 and images(world) == ["nginx:1"]
    program(world, "helm", "upgrade", "rel", str(chart), *wait, "--set", "image.tag=2,replicaCount=2,autoscaling.enabled=false")
    assert world.kube.get(web)["status"]["readyReplicas"] == 2 and images(world) == ["nginx:2"]
    assert world.kube.get(web)["metadata"]["uid"] == first["metadata"]["uid"]
    program(world, "helm", "rollback", "rel", "1", *wait)
    assert images(world) == ["nginx:1"] and world.kube.get(web)["spec"]["replicas"] == 1
    history = program(world, "helm", "-n", "shop", "history", "rel", "-o", "json")
    assert '"description":"Rollback to 1"' in history and history.count('"revision"') == 3, history
    assert "STATUS: deployed" in program(world, "helm", "-n", "shop", "status", "rel")
    program(world, "helm", "-n", "shop", "uninstall", "rel", "--wait")
    eventually(lambda: not world.kube.find(web), 30, "the deployment is gone")
    assert program(world, "helm", "-n", "shop", "list", "-o", "json").strip() == "[]"
    left = [s["metadata"]["name"] for s in world.kube.get("/api/v1/namespaces/shop/secrets")["items"] if s["type"].startswith("helm")]
    assert left == [], left


def test_helm_tells_why_an_install_is_refused(world):
    world.start_sandbox()
    chart = world.folder / "chart"
    program(world, "helm", "create", str(chart))
    service = chart / "templates" / "service.yaml"
    service.write_text(service.read_text().replace("protocol: TCP", "protocol: SMOKE"))
    try:
        program(world, "helm", "install", "rel", str(chart), "-n", "shop", "--create-namespace")
    except AssertionError as refused:
        assert 'spec.ports[0].protocol: Unsupported value: "SMOKE"' in str(refused), refused
    else:
        raise AssertionError("it was installed")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
