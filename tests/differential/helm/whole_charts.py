"""Makes charts that are put together in unusual ways: dependencies, values from everywhere, files, hooks, documents."""
import json

KEYS = ["a", "b", "size", "name", "on", "text", "deep", "list"]
SCALARS = [None, True, False, 0, 1, -7, 2.5, 1000000, 12345678901, "", "x", "true", "null", "1", "a b", "multi\nline\n", "é: #"]

# Prints all that a chart is given.
PROBE = """{{- define "CHART.probe" -}}
chart: {{ .Chart.Name }} {{ .Chart.Version }} {{ .Chart.IsRoot }} {{ .Chart.Type }}
template: {{ .Template.Name }} {{ .Template.BasePath }}
values:
{{ toYaml .Values | indent 2 }}
subcharts:
{{- range $name, $context := .Subcharts }}
  {{ $name }}: {{ $context.Chart.Name }} {{ keys $context.Values | sortAlpha | join "," }}
{{- end }}
{{- end }}
"""


def chart_yaml(name, version="1.2.0", **more):
    return json.dumps({"apiVersion": "v2", "name": name, "version": version} | more)


def chart(name, values, **more):
    """Files of a chart that prints what it is given."""
    return {
        "Chart.yaml": chart_yaml(name, **more),
        "values.yaml": json.dumps(values),
        "templates/_probe.tpl": PROBE.replace("CHART", name),
        "templates/probe.yaml": "{{ include \"%s.probe\" . }}\n" % name,
    }


def below(folder, files):
    return {f"{folder}/{name}": text for name, text in files.items()}


def scalar(pick):
    return pick.choice(SCALARS)


def tree(pick, depth=3, keys=KEYS):
    """A random map."""
    out = {}
    for key in pick.sample(keys, pick.randrange(0, min(len(keys), 5))):
        what = pick.random()
        if depth > 1 and what < 0.35:
            out[key] = tree(pick, depth - 1)
        elif what < 0.5:
            out[key] = [scalar(pick) if pick.random() < 0.8 else tree(pick, 1) for _ in range(pick.randrange(4))]
        else:
            out[key] = scalar(pick)
    return out


def path(pick):
    return ".".join(pick.choice(KEYS + ["sub", "extra", "global", "one"]) for _ in range(pick.randrange(1, 4)))


def dependency(pick, name):
    out = {"name": name, "version": pick.choice(["*", "*", "*", ">=0.1.0", "0.1.x", "^1.0.0", "~0.1", "1.2.0", ">9"]), "repository": ""}
    if pick.random() < 0.5:
        out["condition"] = pick.choice([f"{name}.on", f"{name}.on", "a", "one.on", "on,deep.on", f"nope.x, {name}.on", "global.on", f"{name}.deep", f"{name}.size", "", ","])
    if pick.random() < 0.4:
        out["tags"] = pick.sample(["front", "back", "x"], pick.randrange(1, 3))
    if pick.random() < 0.3:
        out["alias"] = pick.choice(["one", "two-x", name, "a"])
    if pick.random() < 0.5:
        out["import-values"] = [pick.choice(["data", "other", "nope", {"child": "deep", "parent": "deep"}, {"child": "exports.data", "parent": "got.it"}, {"child": "size", "parent": "size"},
                                             {"child": "nope", "parent": "x"}, {"child": "deep", "parent": "."}, {"child": "exports", "parent": "list"}, {"parent": "a"}, {"child": 1, "parent": "b"}])
                                for _ in range(pick.randrange(1, 4))]
    return out


def sub_values(pick):
    out = tree(pick)
    if pick.random() < 0.6:
        out["exports"] = {"data": tree(pick, 2), "other": tree(pick, 1)}
    if pick.random() < 0.4:
        out["global"] = tree(pick, 2)
    if pick.random() < 0.4:
        out["on"] = pick.choice([True, False])
    return out


def parent_values(pick):
    out = tree(pick)
    for name in ("sub", "extra", "one", "deep"):
        if pick.random() < 0.5:
            out[name] = tree(pick, 2) | ({"on": pick.choice([True, False, False, "false", 1, None])} if pick.random() < 0.6 else {})
        elif pick.random() < 0.1:
            out[name] = scalar(pick)
    if pick.random() < 0.5:
        out["tags"] = {tag: pick.choice([True, False, "no", None]) for tag in pick.sample(["front", "back", "x"], pick.randrange(1, 4))}
    if pick.random() < 0.5:
        out["global"] = tree(pick, 2) if pick.random() < 0.9 else scalar(pick)
    return out


def with_dependencies(pick):
    entries = [dependency(pick, name) for name in pick.sample(["sub", "extra", "lib"], pick.randrange(1, 4))]
    if pick.random() < 0.2:
        entries.append(dependency(pick, "sub") | {"alias": "again"})
    files = chart("web", parent_values(pick), dependencies=entries)
    files |= below("charts/sub", chart("sub", sub_values(pick), version="0.1.0"))
    if pick.random() < 0.7:
        inner = [dependency(pick, "deep")] if pick.random() < 0.7 else []
        files |= below("charts/extra", chart("extra", sub_values(pick), dependencies=inner))
        files |= below("charts/extra/charts/deep", chart("deep", sub_values(pick), version="0.1.0"))
    library = chart("lib", sub_values(pick), type=pick.choice(["library", "library", "application"]))
    if pick.random() < 0.6:
        files |= below("charts/lib", library | {"templates/_lib.tpl": "{{ define \"lib.name\" }}lib-{{ .Values.name }}{{ end }}"})
        files["templates/uses.yaml"] = "name: {{ include \"lib.name\" . | quote }}\n"
    flags = []
    for _ in range(pick.randrange(3)):
        flags += ["--set", f"{pick.choice(['sub', 'extra', 'one', 'tags', 'global', 'extra.deep'])}.{pick.choice(['on', 'front', 'back', 'x', 'a'])}={pick.choice(['true', 'false', 'null', '1', ''])}"]
    return files, flags


def with_values(pick):
    files = chart("web", parent_values(pick)) | below("charts/sub", chart("sub", sub_values(pick), version="0.1.0"))
    flags = []
    for number in range(pick.randrange(4)):
        files[f"more{number}.yaml"] = json.dumps(parent_values(pick))
        flags += ["-f", f"CHART/more{number}.yaml"]
    for _ in range(pick.randrange(3)):
        flag = pick.choice(["--set", "--set", "--set-string", "--set-json", "--set-literal"])
        value = json.dumps(pick.choice([scalar(pick), tree(pick, 2), [scalar(pick), tree(pick, 1)]])) if flag == "--set-json" else pick.choice(["null", "1", "1.50", "x", "{a,b}", "", "true", "{}"])
        flags += [flag, f"{path(pick)}{pick.choice(['', '', '[0]', '[2].a'])}={value}"]
    return files, flags


PIECES = ["a", "b", "text", "list", "sub", "global", ".", ".", "[", "]", "[0]", "[1]", "0", "2", "=", "=", ",", "{", "}", "\\", "\\,", "\\.", "null", "true", "1.5", "007", "1e3", "'", "\"", " ", "é", "-1", "{a,b}", "{}"]


def with_grammar(pick):
    files = chart("web", {"text": "x", "list": [1, {"a": 2}], "a": {"b": {"c": 1}}, "sub": {"a": [0]}}) | below("charts/sub", chart("sub", {"a": [1, 2]}, version="0.1.0"))
    flags = []
    for _ in range(pick.randrange(1, 3)):
        start = pick.choice(["", "a", "text", "list[0]", "a.b", "sub.a[1]"])
        flags += [pick.choice(["--set", "--set", "--set-string", "--set-json", "--set-literal"]), start + "".join(pick.choice(PIECES) for _ in range(pick.randrange(1, 9)))]
    return files, flags


IGNORED = ["*.txt", "/a.txt", "files/", "files", "files/*", "files/a*", "!files/a.txt", "*", "**/x", "# no", "", "/top.txt", "  a.txt  ", "[ab].txt", "sub/", "/files/sub", "*/*", "?.txt", "files/sub/*.json", "templates/z.yaml", "templates/?.yaml", "\\#x", "charts/sub", "values.yaml", ".*", "a/../b", "[", "README*"]
GLOBS = ["*", "**", "files/*", "files/**", "**.txt", "**/*.json", "files/{a,b}.txt", "files/[!a]*", "files/?.txt", "{files,sub}/**", "[", "", "files/sub/*", "*.txt", "files/[a-b].txt", "{a", "files\\/a.txt"]


def with_files(pick):
    files = chart("web", {}) | {
        "files/a.txt": "line one\nline two\n", "files/b.txt": "no end", "files/sub/c.json": "{\"k\": [1, 2]}\n", "top.txt": "", "README.md": "# web\n", "LICENSE": "free\r\n",
        ".hidden/x": "h", "files/sub/.dot": "d", "templates/z.yaml": "z: 1\n", "crds/c.yaml": "kind: CustomResourceDefinition\n", "files/long é.txt": "é\n", "files/tpl.txt": "{{ .Chart.Name }}",
    }
    if pick.random() < 0.7:
        files[".helmignore"] = "\n".join(pick.choice(IGNORED) for _ in range(pick.randrange(1, 5))) + pick.choice(["", "\n"])
    glob = pick.choice(GLOBS).replace("\\", "\\\\")
    name = pick.choice(["files/a.txt", "files/b.txt", "files/sub/c.json", "top.txt", "nope", "files", "templates/z.yaml", "crds/c.yaml", "./a.txt", "values.yaml", "Chart.yaml", ".helmignore"])
    files["templates/f.yaml"] = "\n".join(pick.sample([
        "config:\n{{ (.Files.Glob \"%s\").AsConfig | indent 2 }}" % glob, "secret:\n{{ (.Files.Glob \"%s\").AsSecrets | indent 2 }}" % glob, "get: {{ .Files.Get \"%s\" | quote }}" % name,
        "lines: {{ .Files.Lines \"%s\" | toJson }}" % name, "{{ range $n, $b := .Files.Glob \"%s\" }}\"{{ $n }}\": {{ $b | toString | quote }}\n{{ end }}" % glob,
        "bytes: {{ .Files.GetBytes \"%s\" | toString | b64enc }}" % name, "all: {{ keys .Files | sortAlpha | toJson }}", "tpl: {{ tpl (.Files.Get \"files/tpl.txt\") . }}", "json: {{ (.Files.Get \"files/sub/c.json\" | fromJson).k }}",
    ], 4)) + "\n"
    return files, pick.choice([[], [], ["--include-crds"], ["--show-only", "templates/f.yaml"]])


KINDS = ["ConfigMap", "Secret", "Service", "Deployment", "Job", "Pod", "Namespace", "CustomResourceDefinition", "Role", "RoleBinding", "Ingress", "Widget", "Apple", "PodDisruptionBudget", "HorizontalPodAutoscaler", "ServiceAccount", "List", ""]
HOOKS = ["pre-install", "post-install", "pre-delete", "test", "test-success", "test-failure", "pre-upgrade,post-upgrade", "pre-install, post-rollback", "crd-install", "nope", "", "pre-install,nope"]
SEPARATORS = ["---\n", "--- \n", "---", "\n---\n", "--- # note\n", "\n\n---\n\n", "----\n", " ---\n", "---\r\n"]


def document(pick):
    lines = []
    if pick.random() < 0.2:
        lines.append(pick.choice(["# a comment", "", "  ", "# Source: nowhere"]))
    lines.append(f"apiVersion: {pick.choice(['v1', 'v1', 'apps/v1', 'example.com/v1', ''])}")
    if pick.random() < 0.95:
        lines.append(f"kind: {pick.choice(KINDS)}")
    lines.append("metadata:")
    lines.append(f"  name: {pick.choice(['a', 'b', 'c', 'zz', '{{ .Release.Name }}-x'])}")
    if pick.random() < 0.4:
        notes = {}
        if pick.random() < 0.8:
            notes["helm.sh/hook"] = pick.choice(HOOKS)
        if pick.random() < 0.5:
            notes["helm.sh/hook-weight"] = pick.choice(["-5", "0", "3", "+2", "x", "1.5", ""])
        if pick.random() < 0.3:
            notes["helm.sh/hook-delete-policy"] = pick.choice(["hook-succeeded", "before-hook-creation,hook-failed", "nope"])
        if pick.random() < 0.2:
            notes["helm.sh/resource-policy"] = "keep"
        lines.append(f"  annotations: {json.dumps(notes)}")
    if pick.random() < 0.3:
        lines.append(pick.choice(["data: {a: |-\n    x}", "data:\n  a: |\n    text\n    ---\n    more", "items: [{kind: Pod}]", "x: \"---\"", "y: 1   ", "z: # nothing"]))
    return "\n".join(lines) + pick.choice(["\n", "\n", "", "\n\n", "\n# end\n", "  \n"])


def with_documents(pick):
    files = chart("web", {})
    for name in pick.sample(["a.yaml", "b.yml", "c.json", "d.txt", "sub/e.yaml", "_f.yaml", "NOTES.txt", "sub/NOTES.txt", "tests/t.yaml", "z.tpl"], pick.randrange(1, 5)):
        text = pick.choice(["", "---\n", "\n"]) + pick.choice(SEPARATORS).join(document(pick) for _ in range(pick.randrange(1, 5)))
        files["templates/" + name] = text.replace("\n", "\r\n") if pick.random() < 0.05 else text
    if pick.random() < 0.4:
        files["crds/" + pick.choice(["c.yaml", "c.json", "c.txt", "sub/c.yaml"])] = document(pick)
    if pick.random() < 0.3:
        files |= below("charts/sub", chart("sub", {}, version="0.1.0") | {"templates/NOTES.txt": "of sub\n", "crds/s.yaml": "kind: CustomResourceDefinition\nname: s\n"})
    flags = []
    for flag in (["--no-hooks"], ["--skip-tests"], ["--include-crds"], ["--skip-crds"], ["--is-upgrade"], ["--render-subchart-notes"], ["--show-only", "templates/a.yaml"], ["--show-only", "templates/*"]):
        if pick.random() < 0.12:
            flags += flag
    return files, flags


TYPES = ["string", "integer", "number", "boolean", "object", "array", "null", ["string", "null"], ["integer", "boolean"]]


def schema(pick, depth=2):
    out = {}
    for _ in range(pick.randrange(1, 4)):
        what = pick.choice(["type", "properties", "required", "enum", "const", "minimum", "pattern", "items", "additional", "size", "format", "any", "not", "names", "ref", "title"])
        if what == "type":
            out["type"] = pick.choice(TYPES)
        elif what == "properties" and depth:
            out["properties"] = {key: schema(pick, depth - 1) for key in pick.sample(KEYS, 3)}
        elif what == "required":
            out["required"] = pick.sample(KEYS, 2)
        elif what == "enum":
            out["enum"] = [scalar(pick) for _ in range(3)]
        elif what == "const":
            out["const"] = scalar(pick)
        elif what == "minimum":
            out[pick.choice(["minimum", "maximum", "exclusiveMinimum", "multipleOf"])] = pick.choice([1, 2, 2.5, 100])
        elif what == "pattern":
            out["pattern"] = pick.choice(["^x", "[0-9]+", "^$", "é"])
        elif what == "items" and depth:
            out["items"] = schema(pick, depth - 1)
        elif what == "additional":
            out["additionalProperties"] = pick.choice([False, {"type": "string"}])
        elif what == "size":
            out[pick.choice(["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"])] = pick.choice([0, 1, 2, 3])
        elif what == "format":
            out["format"] = pick.choice(["date", "ipv4", "uri", "email", "regex"])
        elif what == "any" and depth:
            out[pick.choice(["anyOf", "oneOf", "allOf"])] = [schema(pick, depth - 1) for _ in range(2)]
        elif what == "not" and depth:
            out["not"] = schema(pick, 0)
        elif what == "names":
            out["propertyNames"] = {"maxLength": pick.choice([1, 2, 4])}
        elif what == "ref":
            out["$ref"] = pick.choice(["#", "#/definitions/x", "#/$defs/y", "#/properties/a"])
    return out


def with_schema(pick):
    files = chart("web", parent_values(pick)) | below("charts/sub", chart("sub", sub_values(pick), version="0.1.0"))
    for folder in pick.sample(["", "charts/sub/"], pick.randrange(1, 3)):
        top = schema(pick) | {"definitions": {"x": schema(pick, 1)}, "$defs": {"y": {"type": pick.choice(TYPES)}}}
        if pick.random() < 0.5:
            top["$schema"] = pick.choice(["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#", "https://json-schema.org/draft/2019-09/schema"])
        files[folder + "values.schema.json"] = json.dumps(top)
    return files, pick.choice([[], [], ["--skip-schema-validation"], ["--set", f"{path(pick)}={pick.choice(['x', '1', 'null', 'true'])}"]])


def case(pick):
    """Files of a chart, and the arguments of a command, which stand for its folder as CHART."""
    make = pick.choice([with_dependencies, with_dependencies, with_values, with_values, with_grammar, with_files, with_documents, with_documents, with_schema])
    files, flags = make(pick)
    # What becomes of nulls is another thing in helm 4.2, which taut lints as, than in the oracle's 4.1.
    if make in (with_files, with_documents) and pick.random() < 0.15:
        return files, ["lint", "CHART"]
    return files, ["template", "rel", "CHART", "-n", "ns"] + flags
