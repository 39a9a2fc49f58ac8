"""Takes out of an answer what no two servers share, so that the rest can be compared.

uids, resourceVersions and cluster addresses become ordinals within the case, so that "the same as before" stays
visible; times, generated names, template hashes, allocated ports and tokens become placeholders; what a server
orders at random (managed fields, causes of conflicts) is sorted.
"""
import json
import re

HIDDEN_GROUPS = ".taut.dev"  # API groups that the corpus itself brings

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?: ?Z| ?[+-]\d\d:?\d\d(?: [A-Z]+)?)")
ADDRESS = re.compile(r"\d+(?:\.\d+){3}$")
PRINTED_VERSION = re.compile(r"(resourceVersion\W{1,8}|Too large resource version: \d+, current: )\d+")
NUMBER = re.compile(r"\b\d+\b")

HASH_LABELS = ("pod-template-hash", "controller-revision-hash")
ADDRESS_FIELDS = {"clusterIP", "clusterIPs", "podIP", "hostIP", "ip"}
PORT_FIELDS = {"nodePort", "healthCheckNodePort"}
AGE_COLUMNS = {"Age", "Created At", "Last Seen", "First Seen", "Duration", "Last Schedule"}
MANAGER_ORDER = ("operation", "manager", "apiVersion", "subresource")
GENERATED_LENGTH = 5


def scalars(node):
    """Every text and number of a document: what the case itself has given is not masked."""
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        return set().union(*map(scalars, node))
    return {node} if isinstance(node, (str, int)) and not isinstance(node, bool) else set()


class Mask:
    """The masks of one case; answers must be given in their order."""

    def __init__(self, namespace, given):
        self.namespace, self.given = namespace, given
        self.ordinals = {}      # kind -> value -> placeholder
        self.replacements = {}  # generated text -> placeholder

    def ordinal(self, kind, value):
        known = self.ordinals.setdefault(kind, {})
        return known.setdefault(value, f"<{kind}:{len(known) + 1}>")

    def document(self, document):
        self._learn(document)
        return self._value(document, None)

    # What was generated is learned from an object before any text is masked, since it occurs elsewhere too.
    def _learn(self, node):
        if isinstance(node, dict):
            if isinstance(node.get("metadata"), dict):
                self._learn_names(node["metadata"])
            for value in node.values():
                self._learn(value)
        elif isinstance(node, list):
            for value in node:
                self._learn(value)

    def _learn_names(self, metadata):
        for label in HASH_LABELS:
            value = (metadata.get("labels") or {}).get(label)
            if value and value not in self.replacements:
                self.replacements[value] = self.ordinal("hash", value)
        stem, name = metadata.get("generateName"), metadata.get("name")
        generated = stem and name and name.startswith(stem) and len(name) == len(stem) + GENERATED_LENGTH
        if generated and name not in self.replacements:
            self.replacements[name] = self.text(stem) + self.ordinal("gen", name)

    def text(self, text, field=None):
        for generated in sorted(self.replacements, key=len, reverse=True):
            if text == generated:
                return self.replacements[generated]
            text = text.replace(generated, self.replacements[generated])
        if self.namespace:
            text = text.replace(self.namespace, "$NS")
        text = UUID.sub(lambda m: self.ordinal("uid", m[0]), text)
        text = TIME.sub("<time>", text)
        text = PRINTED_VERSION.sub(r"\1<rv>", text)
        if field == "message":
            versions = self.ordinals.get("rv", {})
            text = NUMBER.sub(lambda m: versions.get(m[0], m[0]), text)
        if ADDRESS.match(text) and text not in self.given:
            if field in ADDRESS_FIELDS or text in self.ordinals.get("ip", {}):
                return self.ordinal("ip", text)
        return text

    def _value(self, value, field):
        if isinstance(value, dict):
            return self._table(value) if value.get("kind") == "Table" else self._map(value)
        if isinstance(value, list):
            return [self._value(item, field) for item in value]
        return self.text(value, field) if isinstance(value, str) else value

    def _map(self, node):
        kind = node.get("kind")
        listed = isinstance(kind, str) and kind.endswith("List") and isinstance(node.get("metadata"), dict)
        out = {}
        for key in sorted(node):
            if key == "metadata" and listed:
                out[key] = list_metadata(node[key])
            else:
                masked, value = self._special(key, node[key])
                out[key if masked else self.text(key)] = value if masked else self._value(value, key)
        return self._settle(kind, out)

    def _special(self, key, value):
        """(True, placeholder) for a field that is masked by its name, else (False, value, perhaps sorted)."""
        if key == "resourceVersion" and isinstance(value, str) and value not in ("", "0"):
            return True, self.ordinal("rv", value)
        if key == "token" and isinstance(value, str):
            return True, "<token>"
        if key == "storageVersionHash":
            return True, "<hash>"
        if key in PORT_FIELDS and isinstance(value, int) and value and value not in self.given:
            return True, f"<{key}>"
        if key == "managedFields" and isinstance(value, list):
            return False, sorted(value, key=manager_key)
        if key == "causes" and isinstance(value, list) and all(is_conflict(cause) for cause in value):
            return False, sorted(value, key=lambda cause: (cause.get("message", ""), cause.get("field", "")))
        return False, value

    def _settle(self, kind, out):
        if kind == "Status" and out.get("reason") == "Conflict" and "Apply failed" in str(out.get("message")):
            out["message"] = sorted_conflicts(out["message"])
        if kind == "APIGroupList" and isinstance(out.get("groups"), list):
            out["groups"] = [g for g in out["groups"] if not g["name"].endswith(HIDDEN_GROUPS)]
        if kind == "APIGroupDiscoveryList" and isinstance(out.get("items"), list):
            out["items"] = [g for g in out["items"] if not g["metadata"].get("name", "").endswith(HIDDEN_GROUPS)]
        return out

    def _table(self, table):
        """A Table without what its columns mean in words; ages are masked."""
        names = [column.get("name") for column in table.get("columnDefinitions") or []]
        out = {k: v for k, v in table.items() if k not in ("columnDefinitions", "rows", "metadata")}
        out["metadata"] = list_metadata(table.get("metadata") or {}, always=True)
        if table.get("columnDefinitions") is not None:
            out["columnDefinitions"] = [{k: v for k, v in column.items() if k != "description"}
                                        for column in table["columnDefinitions"]]
        out["rows"] = [{key: self._cells(value, names) if key == "cells" else self._value(value, key)
                        for key, value in row.items()} for row in table.get("rows") or []]
        return out

    def _cells(self, cells, names):
        out = []
        for index, cell in enumerate(cells):
            name = names[index] if index < len(names) else ""
            field = "clusterIP" if "IP" in (name or "").upper() else None
            out.append("<age>" if name in AGE_COLUMNS else self._value(cell, field))
        return out


def list_metadata(metadata, always=False):
    marks = {"resourceVersion": "<rv>", "continue": "<continue>"}
    return {key: marks[key] if key in marks and (value or always) else value for key, value in metadata.items()}


def manager_key(entry):
    names = tuple(str(entry.get(field, "")) for field in MANAGER_ORDER)
    return names + (json.dumps(entry.get("fieldsV1"), sort_keys=True),)


def is_conflict(cause):
    return isinstance(cause, dict) and cause.get("reason") == "FieldManagerConflict"


def sorted_conflicts(message):
    """The blocks of an apply conflict, "conflict with ..." and its fields, in one order."""
    head, *lines = message.split("\n")
    blocks = []
    for line in lines:
        if line.startswith("- ") and blocks:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return "\n".join([head] + [line for block in sorted(blocks) for line in block])
