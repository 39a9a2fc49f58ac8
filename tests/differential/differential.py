"""What the differential tests share: the two programs, asked the same, and what they answer.

Both take a request a line and answer each in a line: {"out": …, "error": …}.
"""
import json
import re
import resource
import subprocess
import sys

ADDRESS = re.compile(r"(0x)?[0-9a-f]{10,}")
TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?")
BATCH = 200
SECONDS = 20          # that a program may take for one request
MEMORY = 4 << 30      # that it may have, in bytes


def build_oracle(folder, program):
    """Builds the Go program; false, saying so, where that cannot be."""
    try:
        subprocess.run(["go", "build", "-o", program, "."], cwd=folder, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print("skipped: the Go program cannot be built:", error)
        return False
    return True


def answers(program, cases):
    """One answer a case, None for each that the program dies of or does not end with."""
    out = []
    while len(out) < len(cases):
        some = cases[len(out):len(out) + BATCH]
        found = answers_of_one_process(program, some)
        # The request after the last answer is the one that it did not survive; those behind it are asked again.
        out += found if len(found) == len(some) else found + [None]
    return out


def answers_of_one_process(program, cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases).encode()
    # Addresses are reserved by Go far beyond what it uses: its data segment is what is limited.
    limit = lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=limit,
                               env={"TZ": "UTC", "HOME": "/nonexistent"})
    try:
        text, _ = process.communicate(lines, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        text, _ = process.communicate()
    found = []
    for line in text.decode("utf-8", "surrogateescape").split("\n"):
        try:
            found.append(json.loads(line))
        except ValueError:
            break  # the end, or a line that was cut off
    return found


def comparable(answer):
    """Without addresses of memory and times of the day, which differ from run to run."""
    return [TIME.sub("now", ADDRESS.sub("@", answer[key])) for key in ("out", "error")]


def compare(cases, driver, oracle, show, name):
    """Compares what both say, prints the first `show` that differ and `N passed, N failed`; returns the exit code.

    A case that the oracle does not survive has nothing to be compared with and is skipped, but taut must survive it.
    """
    ours, theirs = answers(driver, cases), answers(oracle, cases)
    failed = skipped = 0
    for case, a, b in zip(cases, ours, theirs, strict=True):
        if a is not None and b is None:
            skipped += 1
            continue
        if a is not None and comparable(a) == comparable(b):
            continue
        failed += 1
        if failed <= show:
            print(json.dumps(case, ensure_ascii=False))
            for who, answer in ((name, b), ("taut", a)):
                print(f"  {who:4}", "died, or did not end" if answer is None else answer["error"] or repr(answer["out"]))
    if skipped:
        print(f"{skipped} skipped: {name} does not survive them")
    print(f"{len(cases) - failed - skipped} passed, {failed} failed")
    return 1 if failed else 0
