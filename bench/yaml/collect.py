#!/usr/bin/env python3
"""Gathers real small manifests: collect.py OUT FOLDER... writes at most 5.5 MB of YAML documents from the folders.

Each document of each file below 64 kB stands alone, as its length in decimal, a line feed and its bytes.
"""
import os
import pathlib
import re
import sys

LARGEST, ENOUGH = 64 << 10, 5_500_000


def documents(folders):
    for folder in folders:
        for root, folders_below, names in os.walk(folder):
            folders_below[:] = sorted(f for f in folders_below if f != ".git")
            for name in sorted(names):
                path = pathlib.Path(root, name)
                if path.suffix not in (".yaml", ".yml") or path.is_symlink() or path.stat().st_size > LARGEST:
                    continue
                for text in re.split(rb"^---.*\n", path.read_bytes(), flags=re.M):
                    if text.strip():
                        yield text


def main():
    total = 0
    with open(sys.argv[1], "wb") as out:
        for text in documents(sys.argv[2:]):
            if total >= ENOUGH:
                break
            out.write(b"%d\n" % len(text) + text)
            total += len(text)
    print(f"{total} bytes of manifests")


if __name__ == "__main__":
    main()
