"""Whole processes side by side: what the runs of several folders share."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def corpus(part):
    """The unpacked part of the corpus, or None: TAUT_CORPUS holds it, or `make fidelity` has unpacked it."""
    for folder in (pathlib.Path(os.environ.get("TAUT_CORPUS", ROOT / "../shared/corpus")), ROOT / "build/corpus"):
        if (folder / part).is_dir():
            return (folder / part).resolve()
    return None


def measure(build, command, times):
    """((processor seconds, MiB) of the best of some runs, the output). Ends the program when one fails."""
    best = None
    for _ in range(times):
        done = subprocess.run([build / "bench/bench_measure", *command], capture_output=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} failed: {done.stderr.decode()}")
        seconds, kib = map(float, done.stderr.decode().rsplit("\n", 2)[-2].split())
        best = min(best or (seconds, kib / 1024), (seconds, kib / 1024))
    return best, done.stdout


def judge(what, value, bar, at_least):
    good = value >= bar if at_least else value <= bar
    print(f"{what}: {value:.2f} (bar {bar}){'' if good else ' MISSED'}")
    sys.stdout.flush()
    return good
