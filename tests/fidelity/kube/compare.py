"""Differences between what was recorded and what came back."""
import json

ABSENT = "(absent)"
LIMIT = 20


def differences(want, got, path=""):
    """A list of (path, wanted, gotten), at most LIMIT; 1, 1.0 and true are three different things."""
    out = []
    _collect(want, got, path, out)
    return out


def _collect(want, got, path, out):
    if len(out) >= LIMIT:
        return
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted(want.keys() | got.keys()):
            _child(want.get(key, ABSENT), got.get(key, ABSENT), f"{path}.{key}", out)
    elif isinstance(want, list) and isinstance(got, list):
        for index in range(max(len(want), len(got))):
            left = want[index] if index < len(want) else ABSENT
            right = got[index] if index < len(got) else ABSENT
            _child(left, right, f"{path}[{index}]", out)
    elif type(want) is not type(got) or want != got:
        out.append((path, want, got))


def _child(want, got, path, out):
    if want is ABSENT or got is ABSENT:
        if len(out) < LIMIT:
            out.append((path, want, got))
    else:
        _collect(want, got, path, out)


def shown(value):
    text = value if value is ABSENT else json.dumps(value)
    return text if len(text) <= 500 else text[:497] + "..."
