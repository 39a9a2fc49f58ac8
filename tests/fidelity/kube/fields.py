"""Reads of fields by path, and the variables of a case."""
import re

STEP = re.compile(r'"(?P<quoted>[^"]+)"|\[(?P<pick>[^\]]+)\]|(?P<plain>[^.\[\]"]+)')
VARIABLE = re.compile(r"\$\{(\w+)\}")


def read(document, path):
    """The value at a path like a.b[0].c, a.list[name=x].c or a."dotted.key"; None where there is none."""
    for step in STEP.finditer(path):
        document = _pick(document, step["pick"]) if step["pick"] else _child(document, step["quoted"] or step["plain"])
        if document is None:
            return None
    return document


def _child(document, key):
    if isinstance(document, dict):
        return document.get(key)
    return _at(document, key)


def _pick(document, selector):
    key, equals, wanted = selector.partition("=")
    if not equals:
        return _at(document, key)
    if not isinstance(document, list):
        return None
    return next((item for item in document if isinstance(item, dict) and str(item.get(key)) == wanted), None)


def _at(document, index):
    if isinstance(document, list) and index.lstrip("-").isdigit() and -len(document) <= int(index) < len(document):
        return document[int(index)]
    return None


def holds(document, wanted):
    """Whether a document has each of {path: value}."""
    return isinstance(document, dict) and all(read(document, path) == value for path, value in wanted.items())


def filled(node, namespace, saved):
    """The same with $NS and ${saved} put in, in keys too."""
    if isinstance(node, dict):
        return {filled(k, namespace, saved): filled(v, namespace, saved) for k, v in node.items()}
    if isinstance(node, list):
        return [filled(item, namespace, saved) for item in node]
    if isinstance(node, str):
        node = node.replace("$NS", namespace)
        return VARIABLE.sub(lambda m: str(saved.get(m[1], m[0])), node)
    return node
