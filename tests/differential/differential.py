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
SHOWN = 2000          # characters that are printed of an answer


def build_oracle(folder, program):
    """Builds the Go program; false, saying so, where that cannot be."""
    try:
        subprocess.run(["go", "build", "-o", program, "."], cwd=folder, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print("skipped: the Go program cannot be built:", error)
        return False
    return True


def answers(program, cases, environment=None):
    """One answer a case, None for each that the program dies of or does not end with."""
    out = []
    while len(out) < len(cases):
        some = cases[len(out):len(out) + BATCH]
        found, late = answers_of_one_process(program, some, environment)
        out += found
        if len(found) == len(some):
            continue
        # The request after the last answer is the one that it did not survive; those behind it are asked again. Where
        # the time was up the others of its batch may have taken it, so that it is asked once more, alone.
        alone = answers_of_one_process(program, [some[len(found)]], environment)[0] if late and found else []
        out += alone or [None]
    return out


def answers_of_one_process(program, cases, environment):
    """The answers to the first of these cases, and whether the time was up before there were more."""
    lines = "".join(json.dumps(case) + "\n" for case in cases).encode()
    # Addresses are reserved by Go far beyond what it uses: its data segment is what is limited.
    limit = lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=limit,
                               env=environment or {"TZ": "UTC", "HOME": "/nonexistent"})
    late = False
    try:
        text, _ = process.communicate(lines, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        late = True
        process.kill()
        text, _ = process.communicate()
    found = []
    for line in text.decode("utf-8", "surrogateescape").split("\n"):
        try:
            found.append(json.loads(line))
        except ValueError:
            break  # the end, or a line that was cut off
    return found, late


def comparable(answer):
    """Without addresses of memory and times of the day, which differ from run to run."""
    return [TIME.sub("now", ADDRESS.sub("@", answer[key])) for key in ("out", "error")]


def shown(answer):
    """An answer as it is printed, of which some have megabytes."""
    if answer is None:
        return "died, or did not end"
    text = "\n".join(part for part in (answer["error"], repr(answer["out"]) if answer["out"] or not answer["error"] else "") if part)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} … ({len(text)} characters)"


def judge(cases, ours, theirs, show, name, comparable=comparable):
    """Compares the answers to each case, prints the first `show` that differ and `N passed, N failed`; returns the exit code.

    A case that the oracle, called `name`, does not survive has nothing to be compared with and is skipped, but taut must
    survive it. A run that compares nothing has failed.
    """
    failed = skipped = 0
    for case, a, b in zip(cases, ours, theirs, strict=True):
        if a is not None and b is None:
            skipped += 1
            continue
        if a is not None and comparable(a) == comparable(b):
            continue
        failed += 1
        if failed <= show:
            print(case if isinstance(case, str) else json.dumps(case, ensure_ascii=False))
            for who, answer in ((name, b), ("taut", a)):
                print(f"  {who:4}", shown(answer))
    if skipped:
        print(f"{skipped} skipped: {name} does not survive them")
    passed = len(cases) - failed - skipped
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def compare(cases, driver, oracle, show, name):
    """Asks both programs for all cases, and judges their answers."""
    return judge(cases, answers(driver, cases), answers(oracle, cases), show, name)
