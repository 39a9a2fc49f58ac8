#!/usr/bin/env python3
"""Checks the lengths of files and functions in src/.

Files: none over 800 lines but those in TABLES. Functions: 95 % under 45 lines, 99 % under 90, counted from the
line that opens a body at namespace or class level to the one that closes it. Prints offenders; exits 1 on one.
"""
import pathlib
import re
import sys

FILE_LIMIT = 800
SOFT, HARD = 45, 90
# Files that may be longer, each with its reason.
TABLES = {}

OPENS_BODY = re.compile(r"^(\s{0,4})\S.*\)\s*(const|noexcept|override|final|&&?|->\s*[\w:<>,&* ]+|\s)*(:.*)?\{$|"
                        r"^(\s{0,4})(\S.*)?\)\s*(const|noexcept|override|\s)*\{$")


def functions(lines):
    """(first line, length) of each function-like block, found by brace and indentation."""
    i = 0
    while i < len(lines):
        line = lines[i]
        if OPENS_BODY.match(line) and not re.match(r"\s*(if|for|while|switch|else|do|namespace|return)\b", line):
            indent = len(line) - len(line.lstrip())
            end = i + 1
            # A body that begins and ends in one line, below a list of initializers, has no brace of its own indentation.
            while end < len(lines) and not re.match(r"^\s{0,%d}\}" % indent, lines[end]):
                end += 1
            yield i + 1, end - i + 1
            i = end
        i += 1


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    failures, all_lengths, long_functions = 0, [], []
    for file in sorted(list((root / "src").rglob("*.cc")) + list((root / "src").rglob("*.hh"))):
        name = str(file.relative_to(root))
        lines = file.read_text().splitlines()
        if len(lines) > FILE_LIMIT and name not in TABLES:
            print(f"{name}: {len(lines)} lines (limit {FILE_LIMIT})")
            failures += 1
        if file.name.endswith("_test.cc"):
            continue
        for start, length in functions(lines):
            all_lengths.append(length)
            if length > HARD:
                long_functions.append((length, f"{name}:{start}"))
    count = max(1, len(all_lengths))
    over_soft = sum(1 for n in all_lengths if n > SOFT) / count
    over_hard = sum(1 for n in all_lengths if n > HARD) / count
    for length, where in sorted(long_functions, reverse=True):
        print(f"{where}: a function of {length} lines")
    print(f"lengths: {count} functions, {over_soft:.1%} over {SOFT} lines (limit 5 %), "
          f"{over_hard:.1%} over {HARD} (limit 1 %), {failures} files too long")
    return 1 if failures or over_soft > 0.05 or over_hard > 0.01 else 0


if __name__ == "__main__":
    sys.exit(main())
