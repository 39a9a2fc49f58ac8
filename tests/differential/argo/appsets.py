"""Requests about ApplicationSets, made up at random."""

TAGS = ["{{name}}", "{{ name }}", "{{path.basename}}", "{{values.a}}", "{{missing}}", "{{ }}", "{{}}", "{{path[0]}}", "{{ name", "}}", "{", "{{{name}}}",
        "{{ name}}x{{server }}", "{{name}}{{name}}", "{{\nname\n}}", "{{number}}", "{{nested.a}}", "{{metadata.labels.env}}", "{{a b}}", "{{na{{me}}", "text", "é", "{{ü}}"]
GO_TAGS = ["{{ .name }}", "{{ .name | upper }}", "{{ .missing }}", "{{ .nested.a }}", "{{ .nested.b.c }}", "{{ .nested.missing.x }}", "{{ index .list 0 }}",
           "{{ index .list 9 }}", "{{ .number }}", "{{ .float }}", "{{ .flag }}", "{{ if .flag }}y{{ else }}n{{ end }}", "{{ range .list }}{{ . }},{{ end }}",
           "{{ .nested | toYaml }}", "{{ .nested | toJson }}", "{{ .name | normalize }}", "{{ .long | slugify }}", "{{ slugify 12 true .long }}",
           "{{ slugify 5 false .long }}", "{{ .long | normalize }}", "{{ default \"d\" .missing }}", "{{ .name | quote }}", "{{ dig \"a\" \"x\" .nested }}",
           "{{ fromYaml .yaml | toJson }}", "{{ (fromYaml .yaml).k }}", "{{ fromYamlArray .array | toJson }}", "{{ fromYaml .name }}", "{{ env \"HOME\" }}",
           "{{ getHostByName \"x\" }}", "{{ .name", "{{ nosuch .name }}", "{{ .list | join \"-\" }}", "{{ .list }}", "{{ .nested }}", "{{ . | keys | sortAlpha | join \",\" }}",
           "{{- .name -}} ", "{{ $x := .name }}{{ $x }}", "{{ .name.x }}", "{{ required \"must\" .missing }}", "{{ add .number 1 }}", "{{ mul .float 2 }}",
           "{{ printf \"%v %d\" .number .number }}", "{{ .number | int }}", "{{ trunc 3 .long }}", "{{ toYaml .list }}", "{{ splitList \"/\" .path.path }}",
           "{{ .path.basename }}", "{{ index .path.segments 0 }}", "{{ with .missing }}x{{ else }}z{{ end }}", "{{ hasKey . \"name\" }}", "{{ .null }}", "{{ kindOf .number }}",
           "{{ template \"x\" }}", "{{ define \"x\" }}d{{ end }}{{ template \"x\" . }}", "{{ fail \"no\" }}", "{{ slugify .number }}", "{{ slugify }}", "{{ normalize .number }}",
           "{{ fromYamlArray .yaml | toJson }}", "{{ fromYaml .array | toJson }}", "{{ toYaml .null }}", "{{ toYaml .float }}", "{{ len .list }}", "{{ slugify \"x\" true .long }}"]
OPTIONS = ["missingkey=error", "missingkey=zero", "missingkey=default", "missingkey=invalid", "nosuch=x", "missingkey"]
LONGS = ["Feature/ABC-123_some Thing & more!", "a" * 60 + "-" + "b" * 10, "--x..", "ÄÖÜ straße", "...", "100% of it", "x" * 300, "A.B_C/d", "it's a 'test'", "日本語 text", "a@b"]


def parameters(rng):
    out = {"name": rng.choice(["web", "a b", "", "Prod_01/West", "é"]), "server": "https://kubernetes.default.svc", "path.basename": "web", "values.a": "v",
           "path[0]": "apps", "metadata.labels.env": "prod", "a b": "ab", "ü": "ue", "number": rng.choice([0, 1, 3, 100000000, -7]), "float": rng.choice([1.5, 1e21, 0.1]),
           "flag": rng.random() < 0.5, "list": ["a", 1, True], "nested": {"a": "x", "b": {"c": "d", "n": 1}}, "null": None,
           "long": rng.choice(LONGS), "yaml": rng.choice(["k: v\nn: 1\n", "- a\n", "{", "k: {a: [1, 2.5]}"]), "array": rng.choice(["- a\n- 1\n", "a: 1", "[}"]),
           "path": {"path": "apps/web", "basename": "web", "segments": ["apps", "web"]}}
    for key in rng.sample(sorted(out), 4):
        del out[key]
    return out


def texts_of(rng, tags, longest=4):
    return "".join(rng.choice([rng.choice(tags), rng.choice(tags), "-", "x ", "\n"]) for _ in range(rng.randint(1, longest)))


def fill(rng):
    go = rng.random() < 0.65
    out = {"op": "fill", "go": go, "text": texts_of(rng, GO_TAGS if go else TAGS), "parameters": parameters(rng)}
    if rng.random() < 0.4:
        out["options"] = [rng.choice(OPTIONS) for _ in range(rng.randint(1, 2))]
    return out


FOLDERS = ["apps", "apps/web", "apps/db", "apps/web/base", "clusters", "clusters/prod eu", "clusters/prod_us", "clusters/dev", "charts/a.b", "charts"]
FILES = {"clusters/dev/config.json": '{"cluster": {"name": "dev", "n": 1, "f": 1.5, "on": true, "none": null}, "list": [1, "a", {"x": "y"}]}',
         "clusters/prod_us/config.json": '[{"cluster": {"name": "p1"}}, {"cluster": {"name": "p2"}}]', "clusters/prod eu/config.yaml": "cluster:\n  name: eu\n  big: 12345678901\nname: n\n",
         "config.yaml": "- name: a\n  values: {x: y}\n- name: b\n", "bad.yaml": "{", "empty.yaml": "", "text.yaml": "just text", "apps/web/My_File.Name.yaml": "k: v\ne: 1e3\n"}
PATTERNS = {"clusters/**/config.json": ["clusters/dev/config.json", "clusters/prod_us/config.json"], "clusters/*/config.yaml": ["clusters/prod eu/config.yaml"],
            "config.yaml": ["config.yaml"], "bad.yaml": ["bad.yaml"], "empty.yaml": ["empty.yaml"], "text.yaml": ["text.yaml"], "none": [],
            "apps/**/*.yaml": ["apps/web/My_File.Name.yaml"], "clusters/dev/config.json": ["clusters/dev/config.json"],
            "*.yaml": ["bad.yaml", "config.yaml"] + ["clusters/prod eu/config.yaml"], "**/config.*": ["clusters/dev/config.json", "clusters/prod eu/config.yaml", "config.yaml"]}


def secrets(rng):
    import base64
    out = []
    for name, server, labels in (("prod_01/west", "https://prod-01.example.com", {"env": "prod", "org": "a"}), ("dev", "https://dev.example.com", {"env": "dev"}),
                                 ("in-cluster", "https://kubernetes.default.svc", {"env": "prod"}), ("stage", "https://stage.example.com", {"org": "b"})):
        if rng.random() < 0.6:
            encode = lambda text: base64.b64encode(text.encode()).decode()
            data = {"name": encode(name), "server": encode(server), "config": encode("{}")}
            if rng.random() < 0.3:
                data["project"] = encode("team")
            metadata = {"name": name.replace("/", "-").replace("_", "-"), "namespace": "argocd", "labels": {"argocd.argoproj.io/secret-type": "cluster", **labels}}
            if rng.random() < 0.4:
                metadata["annotations"] = {"note": "x", "a.b/c": "d"}
            out.append({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data})
    return out


def selector(rng, keys, values):
    out = {}
    if rng.random() < 0.6:
        out["matchLabels"] = {rng.choice(keys): rng.choice(values)}
    if rng.random() < 0.5:
        operator = rng.choice(["In", "NotIn", "Exists", "DoesNotExist"] * 4 + ["Bad", "Gt", ""])
        out["matchExpressions"] = [{"key": rng.choice(keys), "operator": operator}]
        if operator in ("In", "NotIn", "Gt") or rng.random() < 0.1:
            out["matchExpressions"][0]["values"] = [rng.choice(values) for _ in range(rng.randint(0 if rng.random() < 0.1 else 1, 2))]
    return out


def values(rng, go):
    if rng.random() < 0.6:
        return {}
    texts = ["v", "{{ .name }}-x", "{{ .path.basename }}", "{{ .missing }}", "{{ .a }}"] if go else ["v", "{{name}}-x", "{{path.basename}}", "{{missing}}", "{{a}}"]
    return {"values": {rng.choice(["a", "b", "name"]): rng.choice(texts) for _ in range(rng.randint(1, 3))}}


def list_generator(rng, go):
    def element():
        out = {}
        for key in rng.sample(["name", "cluster", "url", "a", "nested", "values", "n", "path"], rng.randint(1, 4)):
            out[key] = {"nested": {"x": rng.choice(["1", "é"]), "y": {"z": ["q"]}}, "values": {"a": rng.choice(["b", "c"])},
                        "n": rng.choice([1, 2.5, True, None])}.get(key, rng.choice(["web", "db", "prod", "dev"]))
        if not go and rng.random() < 0.9:
            out = {k: v for k, v in out.items() if isinstance(v, str) or k == "values"}
        return out
    out = {"elements": [element() for _ in range(rng.randrange(4))]}
    if rng.random() < 0.15:
        out["elementsYaml"] = rng.choice(["- name: y\n  n: 1\n", "- {a: b}", "{", "a: b", "", "- text"] + (["{{ .array }}"] if go else []))
        if rng.random() < 0.5:
            del out["elements"]
    return {"list": out}


def cluster_generator(rng, go):
    out = values(rng, go)
    if rng.random() < 0.6:
        out["selector"] = selector(rng, ["env", "org", "argocd.argoproj.io/secret-type"], ["prod", "dev", "a", "cluster"])
    if go and rng.random() < 0.2:
        out["flatList"] = True
    return {"clusters": out}


def git_generator(rng, go):
    out = {"repoURL": "https://x/y", "revision": "HEAD", **values(rng, go)}
    if rng.random() < 0.5:
        patterns = ["apps/*", "*", "clusters/*", "**", "apps/web", "apps/**", "charts/*", "[", "clusters/prod*", "*/*"]
        out["directories"] = [{"path": rng.choice(patterns), **({"exclude": True} if rng.random() < 0.25 else {})} for _ in range(rng.randint(1, 3))]
    else:
        weights = [1 if p in ("bad.yaml", "text.yaml", "*.yaml") else 6 for p in PATTERNS]
        out["files"] = [{"path": rng.choices(list(PATTERNS), weights)[0], **({"exclude": True} if rng.random() < 0.2 else {})} for _ in range(rng.randint(1, 2))]
    if rng.random() < 0.25:
        out["pathParamPrefix"] = "repo"
    return {"git": out}


def simple(rng, go):
    return rng.choice([list_generator, list_generator, cluster_generator, git_generator])(rng, go)


def with_selector(rng, generator):
    if rng.random() < 0.2:
        generator["selector"] = selector(rng, ["name", "cluster", "env", "metadata.labels.env", "path.basename", "values.a", "server", "nested.x", "n"],
                                         ["web", "prod", "dev", "b", "https://dev.example.com", "1", "é"])
    return generator


def matrix(rng, go, depth):
    children = [with_selector(rng, simple(rng, go)) for _ in range(2)]
    if depth and rng.random() < 0.2:
        children[rng.randrange(2)] = rng.choice([matrix, merge])(rng, go, 0)
    if rng.random() < 0.4:
        name = "{{ .name }}" if go else "{{name}}"
        children[1] = rng.choice([
            {"list": {"elements": [{"templated": f"x-{name}", "name2": "{{ .cluster.name }}" if go else "{{cluster.name}}"}]}},
            {"git": {"repoURL": f"https://x/{name}", "revision": "HEAD", "directories": [{"path": "apps/{{ .name }}" if go else "apps/{{name}}"}]}},
            {"clusters": {"selector": {"matchLabels": {"env": "{{ .name }}" if go else "{{name}}"}}, **values(rng, go)}}])
    if "clusters" in children[0] and "clusters" in children[1]:
        # Go's maps of clusters have no order, and those of their labels are shared with what is merged into them.
        children[0] = list_generator(rng, go)
    if rng.random() < 0.04:
        children = children[:1] if rng.random() < 0.5 else children + [simple(rng, go)]
    if rng.random() < 0.03:
        children[0] = {**children[0], **list_generator(rng, go), **cluster_generator(rng, go)}
    return {"matrix": {"generators": children}}


def merge(rng, go, depth):
    children = [with_selector(rng, simple(rng, go)) for _ in range(rng.randint(2, 3))]
    if depth and rng.random() < 0.2:
        children[rng.randrange(len(children))] = rng.choice([matrix, merge])(rng, go, 0)
    if rng.random() < 0.5:
        children = [list_generator(rng, go) for _ in children]
    if rng.random() < 0.04:
        children = children[:1]
    keys = rng.choice([["name"], ["name"], ["cluster"], ["server"], ["name", "cluster"], ["values.a"], ["a"], [], ["path.basename"], ["nested"]])
    return {"merge": {"generators": children, "mergeKeys": keys}}


def application_template(rng, go):
    def text(*choices):
        tags = ["{{ .name }}", "{{ .path.basename }}", "{{ .cluster }}", "{{ .server }}"] if go else ["{{name}}", "{{path.basename}}", "{{cluster}}", "{{server}}"]
        return rng.choice(choices) if rng.random() < 0.6 else rng.choice(choices) + rng.choice(tags)
    out = {"metadata": {"name": text("app", "x")}, "spec": {"project": rng.choice(["default"] * 8 + ["missing", text("p")]), "destination": {
        "server": text("https://kubernetes.default.svc"), "namespace": text("ns")}, "source": {"repoURL": text("https://x/y"), "path": text("apps/"), "targetRevision": "HEAD"}}}
    if rng.random() < 0.3:
        out["metadata"]["labels"] = {text("key"): text("value"), "b": ""}
    if rng.random() < 0.3:
        out["metadata"]["annotations"] = {"a": text("v", "{{", "}}", "{{ }}")}
    if rng.random() < 0.2:
        out["metadata"]["finalizers"] = rng.choice([[], ["x.y/z"], [text("f")]])
    if rng.random() < 0.4:
        out["spec"]["source"]["helm"] = {"valueFiles": [text("v.yaml")], "parameters": [{"name": text("n"), "value": text("v"), "forceString": True}],
                                         "values": text("a: b\n"), "valuesObject": {"k": text("v"), "n": 1, "l": [text("i"), True, None, 1.5]}}
    if rng.random() < 0.3:
        out["spec"]["syncPolicy"] = {"automated": {"prune": rng.random() < 0.5, "selfHeal": True}, "syncOptions": [text("CreateNamespace=true")],
                                     "retry": {"limit": 3, "backoff": {"duration": text("5s")}}}
    if rng.random() < 0.2:
        out["spec"]["ignoreDifferences"] = [{"group": "apps", "kind": "Deployment", "jsonPointers": [text("/spec/replicas")]}]
    if rng.random() < 0.15:
        del out["spec"]["source"]
        out["spec"]["sources"] = [{"repoURL": text("https://a"), "ref": "v"}, {"repoURL": "b", "chart": text("c"), "targetRevision": "1"}]
    if rng.random() < 0.1:
        out["spec"]["info"] = [{"name": text("i"), "value": text("v")}]
    if rng.random() < 0.1:
        out["spec"]["revisionHistoryLimit"] = rng.choice([0, 5])
    return out


PATCHES = ["spec:\n  source:\n    helm:\n      valueFiles: [{{ .name }}.yaml]\n", "metadata:\n  annotations:\n    x: z\n", "{\"spec\": {\"project\": \"evil\", \"destination\": {\"name\": \"c\"}}}",
           "spec:\n  syncPolicy:\n    automated: {prune: true}\n{{- if .cluster }}\n    syncOptions: [A=b]\n{{- end }}\n", "spec:\n  sources:\n  - repoURL: r\n", "", "null", "[]", "text", "{{ .missing.x }}",
           "metadata:\n  finalizers: [a.b/c]\n", "spec:\n  destination:\n    $patch: replace\n    name: z\n", "metadata:\n  labels: null\n", "spec:\n  source: null\n",
           "metadata:\n  labels:\n    $patch: delete\n", "spec:\n  ignoreDifferences:\n  - kind: Pod\n    group: ''\n", "{{ nosuch }}",
           "operation:\n  sync: {}\n", "spec:\n  info:\n  - name: p\n    value: q\n", "metadata:\n  $deleteFromPrimitiveList/finalizers: [x.y/z]\n", "metadata:\n  name: other\n  namespace: elsewhere\n"]


def application_set(rng):
    go = rng.random() < 0.5
    spec = {"generators": [], "template": application_template(rng, go)}
    if go:
        spec["goTemplate"] = True
        if rng.random() < 0.4:
            spec["goTemplateOptions"] = ["missingkey=error"]
    for _ in range(rng.choice([1, 1, 1, 2])):
        shape = rng.random()
        generator = simple(rng, go) if shape < 0.5 else matrix(rng, go, 1) if shape < 0.8 else merge(rng, go, 1)
        if rng.random() < 0.1:
            next(iter(generator.values()))["template"] = {"metadata": {"labels": {"own": "label"}}, "spec": {"project": "", "destination": {"namespace": "own"}}}
        spec["generators"].append(with_selector(rng, generator))
    if rng.random() < 0.2:
        spec["syncPolicy"] = {"preserveResourcesOnDeletion": rng.random() < 0.5}
    if rng.random() < 0.3:
        spec["templatePatch"] = rng.choice(PATCHES)
    return {"metadata": {"name": "set", "namespace": rng.choice(["argocd", "team"])}, "spec": spec}


def world(rng):
    return {"files": FILES, "folders": FOLDERS, "globs": PATTERNS, "secrets": secrets(rng)}


def generate(rng):
    return {"op": "generate", "set": application_set(rng), **world(rng)}


def render(rng):
    return {"op": "render", "set": application_set(rng), **world(rng)}


MAKERS = [(fill, 14), (generate, 16), (render, 14)]
