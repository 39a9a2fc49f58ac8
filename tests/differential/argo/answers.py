"""What of two answers has to be the same."""
import json
import re

GRPC = re.compile(r"^rpc error: code = \w+ desc = ")
HASH = re.compile(r"hash=\d+")


# gopher-lua and LuaJIT have words of their own for what a script stumbles over, but agree on the line.
STUMBLED = re.compile(r"(<string>:\d+: ).*", re.S)
FIRST = re.compile(r"(failed to deeply replace JSON field contents: )?(failed to (execute go|parse) template|invalid template: ).*", re.S)
DUPLICATE = re.compile(r"found duplicate key .*", re.S)
PANIC = re.compile(r"^panic: (?=unrecognized option)")


def sorted_sets(out):
    """Parameter sets and Applications in an order of their own: Go's maps of clusters have none."""
    if isinstance(out, dict) and "clusters" in out:
        out = {**out, "clusters": sorted_sets(out["clusters"] or [])}
    if isinstance(out, list) and out and all(isinstance(item, (list, dict)) for item in out):
        inner = [sorted_sets(item) for item in out]
        return inner if isinstance(out[0], list) else sorted(inner, key=lambda item: json.dumps(item, sort_keys=True))
    return out


def without_nothing(value):
    """Without what Go's typed objects write for nothing: nulls, empty texts, maps and lists."""
    if isinstance(value, list):
        return [without_nothing(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: without_nothing(item) for key, item in value.items()}
    return {key: item for key, item in kept.items() if item not in (None, "", {}, [])}


def comparable(answer):
    """The answer without what is no part of it: the code of gRPC before an error, the order of fields, hashes of Go's memory."""
    error = answer["error"]
    if answer["op"] in ("generate", "render"):
        # Go goes by the order of its types, taut by that of the document: which text is the first that fails is not compared.
        error = FIRST.sub("TEMPLATE", error)
    if answer["op"] == "ignore" and error:
        error = "refused"  # gojq and jq have words of their own
    error = DUPLICATE.sub("found duplicate key", error)  # the first one that Go's maps come upon
    error = PANIC.sub("", HASH.sub("hash=N", GRPC.sub("", error)))
    out = json.loads(answer["out"]) if answer["out"] else None
    if isinstance(out, list) and out and isinstance(out[0], dict) and "spec" in out[0]:
        out = without_nothing([{key: item.get(key) for key in ("metadata", "spec", "operation")} for item in out])
    if answer["op"] in ("health", "lua"):
        # What cannot be judged is Unknown, and the error why.
        judged = {"status": "Unknown", "message": error} if error else out
        return without_nothing({**judged, "message": STUMBLED.sub(r"\1", judged.get("message", ""))} if judged else None)
    if answer["op"] == "discover":
        actions = [{key: item for key, item in action.items() if item} for action in out or []]
        actions.sort(key=lambda action: action["name"])
        return [actions, STUMBLED.sub(r"\1", error.replace("no action discovery script provided", ""))]
    return [sorted_sets(out), error]


def survived(answer):
    """Whether Argo CD said something at all: what it panics of cannot be compared."""
    return answer if answer is None or not answer["error"].startswith("panic: ") or PANIC.match(answer["error"]) else None
