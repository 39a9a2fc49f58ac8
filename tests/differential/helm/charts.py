"""Makes charts with something wrong, and the commands that trip over it."""
import random

import whole_charts

GOOD = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.0\nappVersion: \"7\"\n",
    "values.yaml": "replicas: 2\nimage: {repository: nginx, tag: \"1.25\"}\nports: [80, 443]\nenv: {A: x, B: y}\nempty: {}\nnothing: null\nflag: true\n"
                   "text: hello\nsub: {size: 1}\nglobal: {zone: a}\n",
    "templates/_help.tpl": "{{- define \"web.name\" -}}{{ .Release.Name }}-web{{- end -}}\n{{- define \"web.deep\" -}}\n{{ include \"web.inner\" . }}\n{{- end -}}\n"
                           "{{- define \"web.inner\" -}}\n\n  {{ .Values.image.tag | required \"no tag\" }}\n{{- end -}}\n",
    "templates/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include \"web.name\" . }}\ndata:\n  tag: {{ include \"web.deep\" . | trim | quote }}\nBODY\n",
    "templates/NOTES.txt": "notes of {{ .Release.Name }}\n",
    "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
    "charts/sub/values.yaml": "size: 3\nname: s\n",
    "charts/sub/templates/s.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\ndata: {size: \"{{ .Values.size }}\"}\n",
}

# Expressions that fail, or may.
WRONG = [
    ".Values.a.b", ".Values.nothing.x", ".Values.text.x", ".Values.ports.x", ".Values.replicas.x", "(.Values.nothing).x", ".Values.empty.a.b.c", ".nope", ".Release.Nope",
    ".Chart.Nope", ".Chart.nope", ".Files.Nope", ".Capabilities.Nope", ".Capabilities.KubeVersion.Nope", ".Template.Nope.x", "$.Values.a.b", "$x", "(index .Values.ports 7)",
    "(index .Values.ports \"a\")", "(index .Values.env 1)", "(index .Values.nothing \"a\")", "(index .Values \"a\" \"b\")", "(index .Values.text 99)", "(slice .Values.ports 3 1)",
    "(slice .Values.text 1 99)", "(required \"must be there\" .Values.a)", "(required \"line\\nbreak: %d\" .Values.a)", "(fail \"failed: with colon\")",
    "(fail (printf \"at <%s>\" .Release.Name))", "(include \"nope\" .)", "(include \"web.name\")", "(include 1 .)", "(include \"web.name\" . 1)", "(template \"web.name\")",
    "(include \"web.deep\" .Values)", "(include \"web.deep\" (dict \"Values\" dict))", "(tpl \"{{ .Values.a.b }}\" .)", "(tpl \"{{ nope }}\" .)", "(tpl \"{{\" .)", "(tpl 1 .)",
    "(tpl \"{{ include \\\"nope\\\" . }}\" .)", "(tpl \"{{ tpl \\\"{{ .a.b }}\\\" . }}\" .Values)", "(upper 1)", "(upper nil)", "(upper .Values.a)", "(upper .Values.ports)",
    "(trunc \"a\" \"b\")", "(trunc 3)", "(default)", "(ternary 1 2 3)", "(ternary 1 2)", "(eq .Values.replicas 2)", "(eq .Values.env .Values.env)", "(eq 1 \"1\")", "(lt \"a\" 1)",
    "(lt nil 1)", "(ne .Values.ports 1)", "(add \"a\" 1)", "(div 1 0)", "(mod 1 0)", "(fromJson 1)", "(fromYaml .Values.env)", "(mustFromJson \"{\")", "(mustToJson .)", "(toYaml)",
    "(b64dec \"*\")", "(regexFind \"(\" \"a\")", "(mustRegexFind \"[\" \"a\")", "(regexReplaceAll \"a\" \"b\")", "(semverCompare \">=x\" \"1.0\")", "(semverCompare \">=1\" \"x\")",
    "(semver \"x\")", "(first .Values.text)", "(first 1)", "(last nil)", "(append 1 2)", "(append .Values.a 1)", "(prepend \"a\" 1)", "(concat 1 2)", "(has 1 2)", "(without 1 2)",
    "(dict 1)", "(get .Values.text \"a\")", "(get .Values \"a\" \"b\")", "(set .Values.text \"a\" 1)", "(set .Values.nothing \"a\" 1)", "(hasKey .Values.nothing \"a\")", "(hasKey 1 \"a\")",
    "(keys .Values.text)", "(keys .Values.nothing)", "(pick .Values.a \"b\")", "(omit .Values.ports 1)", "(merge .Values.text dict)", "(merge dict .Values.nothing)", "(mergeOverwrite 1)",
    "(dig \"a\" \"b\" .Values)", "(dig \"text\" \"b\" \"c\" .Values)", "(dig .Values)", "(until \"a\")", "(until .Values.replicas)", "(untilStep 1)", "(printf)", "(printf 1)", "(join 1)",
    "(split 1 2)", "(splitList .Values.ports \"a\")", "(nindent \"a\" \"b\")", "(indent -1 \"a\")", "(repeat -1 \"a\")", "(repeat \"a\" 1)", "(substr 5 1 \"abc\")", "(substr 0 9 \"abc\")",
    "(genCA 1 2)", "(genSignedCert \"a\" nil nil 1 nil)", "(genCAWithKey \"a\" 1 \"b\")", "(lookup \"v1\")", "(lookup 1 2 3 4)", "(dateInZone 1)", "(toDate \"a\" \"b\")", "(mustToDate \"2006\" \"b\")",
    "(urlParse \"%zz\")", "(urlParse 1)", "(urlJoin 1)", "(kindIs 1 2)", "(typeOf)", "(deepCopy nil)", "(mustDeepCopy nil)", "(atoi \"a\")", "(int)", "(toString)", "(list 1 2 | join)",
    "(.Files.Get)", "(.Files.Get 1)", "(.Files.Get \"a\" \"b\")", "(.Files.Glob 1)", "(.Files.Lines)", "((.Files.Glob \"[\").AsConfig)", "(.Capabilities.APIVersions.Has)",
    "(.Capabilities.APIVersions.Has 1)", "(call .Values.text)", "(call nil)", "(len 1)", "(len nil)", "(len .Values.a)", "(not)", "(and)", "(or)", "(html)", "(slice)", "(index)",
    ".Values.text 1", ".Values.env.A 2", "nil", "1 2", "\"a\" \"b\"", "(1 | upper)", "(\"a\" | upper | nope)", ".Values.env | upper", ".Values.a | upper", ".Values.a | b64enc",
    ".Values.ports | trunc 3", ".Values.replicas | trunc 3", "(chunk 0 .Values.ports)", "(seq \"a\")", "(toDecimal)", "(wrap \"a\" 1)", "(encryptAES \"a\" 1)", "(decryptAES \"a\" \"b\")",
    "(derivePassword 1 \"long\")", "(htpasswd \"a:b\" \"c\")", "(buildCustomCert \"a\" \"b\")", "(uuidv4 1)", "(randInt 5 1)", "(randInt 1)", "(ago 1 2)", "(duration)", "(abbrev 1)",
]

# Around an expression.
BLOCKS = [
    "{{ EXPR }}", "{{- EXPR -}}", "  x: {{ EXPR | quote }}", "  x: {{ EXPR | nindent 4 }}", "{{ if EXPR }}a{{ end }}", "{{ with EXPR }}{{ .x.y }}{{ end }}", "{{ range EXPR }}{{ .x }}{{ end }}",
    "{{ range $k, $v := EXPR }}{{ $v.x.y }}{{ end }}", "{{ $x := EXPR }}{{ $x.y.z }}", "{{ $x := 1 }}{{ $x = EXPR }}{{ $x }}", "{{ template \"web.deep\" EXPR }}", "{{ include \"web.deep\" EXPR }}",
    "{{ if eq 1 1 }}\n  {{ with .Values }}\n    {{ EXPR }}\n  {{ end }}\n{{ end }}", "{{ define \"x.y\" }}\n{{ EXPR }}{{ end }}{{ include \"x.y\" . }}", "{{ printf \"%s-%d\" EXPR 1 }}",
    "{{ list 1 2 | toYaml | indent 2 }}{{ EXPR | toYaml }}", "{{ tpl (printf \"{{ %s }}\" \"EXPR\") . }}", "{{ default EXPR .Values.a }}", "{{ not EXPR }}", "{{ and .Values.a EXPR }}", "{{ or .Values.a EXPR }}",
]

# Templates that do not parse.
UNPARSED = [
    "{{", "{{ if }}", "{{ end }}", "{{ if .a }}", "{{ else }}", "{{ range }}", "{{ with .a }}{{ else }}{{ else }}{{ end }}", "{{ define }}", "{{ define \"a\" }}", "{{ define \"a\" }}{{ define \"b\" }}{{ end }}{{ end }}",
    "{{ template }}", "{{ template a }}", "{{ block \"a\" }}{{ end }}", "{{ nope . }}", "{{ .a. }}", "{{ .a..b }}", "{{ $ }}", "{{ $a }}", "{{ $a := }}", "{{ $a = 1 }}", "{{ 1a }}", "{{ 'ab' }}", "{{ \"a }}", "{{ `a }}",
    "{{ (1 }}", "{{ 1) }}", "{{ | upper }}", "{{ .a | }}", "{{ .a || .b }}", "{{ /* a }}", "{{ /* a */ b }}", "{{- /* a */}}", "{{ break }}", "{{ continue }}", "{{ if .a }}{{ else if }}{{ end }}", "{{ .a := 1 }}", "{{ a.b }}",
    "{{ \"\\q\" }}", "{{ #a }}", "{{ .Values.a-b }}", "{{ .Values.1 }}", "{{ range $a, $b, $c := .x }}{{ end }}", "{{ range $a, := .x }}{{ end }}", "{{ if .a }}\n\n{{ nope }}\n{{ end }}", "{{ include \"a\" . }", "{{ 0x }}",
    "{{ 1e }}", "{{ nil }}", "{{ true | nil }}", "{{ 3 | 4 }}", "{{ .a.(b) }}", "{{ .a\n.b }}", "{{\n\nnope }}", "{{-}}", "{{ -}}", "{{ }}", "{{ ; }}", "{{ \u00e9 }}", "{{ \"a\" \"b }}",
]

# What templates may give that is no manifest.
TEXTS = [
    "a: b: c\n", "a: [1\n", "\ta: 1\n", "- a\n", "just text\n", "1\n", "kind: [a]\n", "kind: 1\n", "apiVersion: {a: b}\n", "metadata: []\n", "metadata: {name: 1}\n", "metadata: {name: [a]}\n", "metadata: {annotations: [a]}\n",
    "metadata: {annotations: {a: 1}}\n", "metadata: {annotations: {a: null}}\n", "a: *b\n", "a: &a *a\n", "a: !!int x\n", "? a\n: b\n  c\n", "a: 'b\n", "a: \"b\n", "a: |\n b\nc\n", "{a: b\n", "a: b\n c: d\n", "%a\n",
    "--- a\n...\nb: [\n", "a: {{ printf \"%c\" 1 }}\n", "a: \"\\q\"\n", "[a, b]\n", "a: 1\n---\n- b\n", "a: 1\n---\nb: c: d\n", "<<: 1\n", "<<: [1]\n", "a: 2001-99-99\nb: c: d\n", "kind: null\nmetadata: null\n", "kind: {}\n", "metadata: text\n",
    "a:\n  - b\n c\n", "a: @b\n", "a: `b\n", "a: ]\n", ": a\n", "a: {b}}\n", "metadata: {annotations: {helm.sh/hook: nope}}\nkind: X\n", "metadata: {annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: x}}\nkind: X\n",
]

CHART_YAMLS = [
    "", "apiVersion: v2\n", "name: web\nversion: 1.0.0\n", "apiVersion: v2\nname: web\n", "apiVersion: v2\nversion: 1.0.0\n", "apiVersion: v2\nname: web\nversion: one\n", "apiVersion: v2\nname: a/b\nversion: 1.0.0\n",
    "apiVersion: v2\nname: ../web\nversion: 1.0.0\n", "apiVersion: v7\nname: web\nversion: 1.0.0\n", "apiVersion: v2\nname: web\nversion: 1.0.0\ntype: nope\n", "apiVersion: v2\nname: web\nversion: 1.0.0\ntype: library\n",
    "apiVersion: v2\nname: web\nversion: 1.0.0\nkubeVersion: '>=99'\n", "apiVersion: v2\nname: web\nversion: 1.0.0\nkubeVersion: x\n", "apiVersion: v2\nname: [web]\nversion: 1.0.0\n", "apiVersion: v2\nname: web\nversion: {}\n",
    "apiVersion: v2\nname: web\nversion: 1.5\n", "- a\n", "a: b: c\n", "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: {a: b}\n", "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: gone, version: 1}]\n",
    "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: sub, version: '>9', repository: x, alias: 'a b'}]\n", "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: sub, version: x}, {name: sub, version: x}]\n",
    "apiVersion: v2\nname: web\nversion: 1.0.0\nmaintainers: [a]\n", "apiVersion: v2\nname: web\nversion: 1.0.0\nkeywords: a\n", "apiVersion: v2\nname: web\nversion: 1.0.0\ndeprecated: maybe\n", "apiVersion: v2\nname: web\nversion: 1.0.0\nannotations: {a: 1}\n",
    "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: sub, version: '*', condition: text, tags: [a]}]\n", "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: sub, version: '*', import-values: [nope, {child: a}]}]\n",
    "apiVersion: v2\nname: web\nversion: v1\n", "apiVersion: v2\nname: web\nversion: 1.0.0.0\n", "apiVersion: v2\nname: web\nversion: 01.0.0\n", "apiVersion: v2\nname: \"\"\nversion: 1.0.0\n",
]

VALUES = ["", "- a\n", "a: b: c\n", "a: [\n", "text\n", "1\n", "a: *b\n", "a: &a [*a]\n", "null\n", "a: 1\na: 2\n", "\ta: 1\n", "sub: 1\n", "sub: [a]\n", "sub: null\n", "global: 1\n", "global: [a]\n", "image: text\n", "image: null\n", "ports: {a: b}\n",
          "env: [a]\n", "? [a]\n: b\n", "1: a\n", "true: b\n", "a: .inf\n", "a: 0x\n", "a: 'b\n", "%\n", "---\na: 1\n---\n- b\n", "replicas: text\n", "text: {a: b}\n", "flag: 1\n", "sub: {size: {a: b}}\nglobal: null\n"]

SCHEMAS = [
    "", "{", "[]", "1", "true", "false", "{\"type\": \"array\"}", "{\"type\": \"nope\"}", "{\"required\": [\"a\", \"b\"]}", "{\"required\": \"a\"}", "{\"properties\": {\"replicas\": {\"type\": \"string\"}}}",
    "{\"properties\": {\"image\": {\"additionalProperties\": false}}}", "{\"properties\": {\"ports\": {\"items\": {\"minimum\": 100}}}}", "{\"properties\": {\"text\": {\"pattern\": \"^[0-9]+$\"}}}",
    "{\"properties\": {\"text\": {\"pattern\": \"(\"}}}", "{\"properties\": {\"text\": {\"enum\": [\"a\", \"b\"]}}}", "{\"properties\": {\"text\": {\"maxLength\": 2, \"const\": 1}}}", "{\"$ref\": \"#/nope\"}", "{\"$ref\": \"#/definitions/a\"}",
    "{\"$ref\": \"#/definitions/a\", \"definitions\": {\"a\": {\"type\": \"string\"}}}", "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"string\"}", "{\"$schema\": \"nope\"}", "{\"$schema\": 1}",
    "{\"anyOf\": [{\"type\": \"string\"}, {\"required\": [\"x\"]}]}", "{\"oneOf\": [{}, {}]}", "{\"not\": {}}", "{\"allOf\": [{\"required\": [\"x\"]}, {\"type\": \"null\"}]}", "{\"propertyNames\": {\"maxLength\": 4}}", "{\"minProperties\": 50}",
    "{\"if\": {\"required\": [\"text\"]}, \"then\": {\"required\": [\"zzz\"]}}", "{\"properties\": {\"sub\": {\"properties\": {\"size\": {\"type\": \"string\"}}}}}", "{\"dependentRequired\": {\"text\": [\"y\"]}}", "{\"properties\": {\"ports\": {\"uniqueItems\": true, \"maxItems\": 1}}}",
    "{\"properties\": {\"ports\": {\"contains\": {\"const\": 1}}}}", "{\"properties\": {\"replicas\": {\"multipleOf\": 3, \"exclusiveMaximum\": 2}}}", "{\"patternProperties\": {\"^te\": {\"type\": \"number\"}}}", "{\"unevaluatedProperties\": false}",
]

FLAGS = [
    ["--set", "a[0=1"], ["--set", "a[x]=1"], ["--set", "a[-1]=1"], ["--set", "a[99999]=1"], ["--set", "a"], ["--set", "=a"], ["--set", "a.b"], ["--set", "a={b"], ["--set", "a={b}c"], ["--set", "text.x=1"], ["--set", "ports[0].x=1"],
    ["--set", "ports.x=1"], ["--set", ".a=1"], ["--set", "a..b=1"], ["--set", "a[0].b[1]=2,a[0].b=3"], ["--set", "a=b,"], ["--set", ",a=b"], ["--set", "a,b=c"], ["--set", "[0]=a"], ["--set", "a[0][1]=b"], ["--set", "image=x"], ["--set", "image=null"],
    ["--set-string", "a[x]=1"], ["--set-string", "a"], ["--set-json", "a=[1"], ["--set-json", "a"], ["--set-json", "{"], ["--set-json", "[1]"], ["--set-json", "{\"a\": 1} x"], ["--set-json", "a={\"b\":1},c"], ["--set-json", "a=1 2"],
    ["--set-file", "a=/none"], ["--set-file", "a"], ["--set-literal", "a"], ["--set-literal", "a[x]=b"], ["-f", "/none.yaml"], ["--kube-version", "x"], ["--kube-version", "1"], ["--show-only", "templates/none.yaml"], ["--show-only", "["],
    ["--show-only", "templates/_help.tpl"], ["--show-only", "charts/sub/templates/s.yaml"], ["--name-template", "{{ nope }}"], ["--name-template", "{{ .x.y }}"], ["--name-template", "{{ fail \"a\" }}"], ["--name-template", "A_b"], ["--name-template", ""],
    ["--set", "a=" + "b." * 40 + "c"], ["--set", ".".join("a" * 40) + "=1"], ["--set", "sub=1"], ["--set", "global=1"], ["--set", "global.zone.x=1"], ["--set", "sub.size.x=1"], ["--set", "a=\\"], ["--set", "a\\.b[0=1"], ["--set", "a={1,{2}}"], ["--set", "ports={}"],
    ["--api-versions", ""], ["--post-renderer", "nope"], ["--post-renderer", ""], ["--set", "flag=maybe", "--set", "text.a=1"], ["--set-string", "ports[1]=x"], ["--set", "ports[1].a.b=x"], ["--set-json", "sub=1"], ["--set-json", "image=null"],
]


def body(pick):
    return pick.choice(BLOCKS).replace("EXPR", pick.choice(WRONG))


def case(pick):
    """Files of a chart, and the arguments of a command, which stand for its folder as CHART."""
    files, flags = dict(GOOD), []
    files["templates/web.yaml"] = files["templates/web.yaml"].replace("BODY", "")
    what = pick.choice(["template", "template", "template", "text", "parse", "chart", "values", "values", "schema", "flags", "flags", "sub", "notes", "files"])
    if what == "template":
        files["templates/web.yaml"] = GOOD["templates/web.yaml"].replace("BODY", "\n" * pick.randrange(3) + body(pick))
    elif what == "text":
        files["templates/z.yaml"] = pick.choice(TEXTS)
    elif what == "parse":
        files[pick.choice(["templates/z.yaml", "templates/_z.tpl", "templates/NOTES.txt", "charts/sub/templates/z.yaml"])] = "a\n" * pick.randrange(3) + pick.choice(UNPARSED)
    elif what == "chart":
        files[pick.choice(["Chart.yaml", "Chart.yaml", "charts/sub/Chart.yaml"])] = pick.choice(CHART_YAMLS)
    elif what == "values":
        if pick.random() < 0.5:
            files[pick.choice(["values.yaml", "charts/sub/values.yaml"])] = pick.choice(VALUES)
        else:
            files["more.yaml"] = pick.choice(VALUES)
            flags = ["-f", "CHART/more.yaml"]
    elif what == "schema":
        files[pick.choice(["values.schema.json", "values.schema.json", "charts/sub/values.schema.json"])] = pick.choice(SCHEMAS)
    elif what == "flags":
        flags = pick.choice(FLAGS)
    elif what == "sub":
        files["charts/sub/templates/s.yaml"] = body(pick)
    elif what == "notes":
        files["templates/NOTES.txt"] = body(pick)
    else:
        name = pick.choice(["Chart.yaml", "values.yaml", "templates/_help.tpl", "charts/sub/Chart.yaml", ".helmignore", "crds/a.yaml", "charts/x.tgz", "charts/_y/Chart.yaml", "charts/z/a.txt", "requirements.yaml", "Chart.lock"])
        files[name] = pick.choice([None, "", "x: [", "a**b\n", "!\n", "\x00\xff", "dependencies: 1\n", "kind: X\n"])
    command = pick.choice(["template"] * 8 + ["lint", "show"])
    if command == "show":
        return files, ["show", pick.choice(["all", "chart", "values", "readme", "crds"]), "CHART"]
    if command == "lint":
        return files, ["lint", "CHART"] + ([] if what == "flags" and flags[0] not in ("--set", "-f") else flags)
    return files, ["template", "rel", "CHART", "-n", "ns"] + flags


def cases(count, seed):
    """Charts with something wrong, and as many that are put together in unusual ways."""
    pick = random.Random(seed)
    return [pick.choice([case, whole_charts.case])(pick) for _ in range(count)]
