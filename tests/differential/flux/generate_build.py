"""Folders as people have them in their repositories, and Kustomizations of Flux that build them."""
import base64

NAMES = ["web", "api", "db", "cache", "x.y", "UPPER", "a-very-long-name", "one", "two", "three", "four", "five", "six", "seven"]
IMAGES = ["nginx:1.2", "nginx", "ghcr.io/org/app:v1@sha256:" + "a" * 64, "registry:5000/x/y:tag", "${image}", "nginx@sha256:" + "b" * 64, "docker.io/library/nginx:1"]
NAMESPACES = ["", "", "prod", "default", "${ns}"]
KINDS = ["Deployment", "ConfigMap", "Service", "Secret", "Namespace", "ServiceAccount", "ClusterRole", "CronJob", "Widget", "HelmRelease", "Kustomization", "List", "CRD", "StatefulSet", "ConfigMap", "Deployment"]
VARIABLES = ["${ns}", "${cluster}", "${cluster:=dev}", "${cluster:-dev}", "${n:=4}", "${n:-\"4\"}", "${flag:=true}", "${ns}", "$${kept}", "${quote:=\"}${n:=1}${quote}",
             "${ns}", "${cluster}", "${cluster:=dev}", "${missing}", "${missing:-x}", "$${kept}", "${cluster^^}", "${n}", "\"${n}\"", "${multi}", "${flag}", "$HOME", "${empty}", "'${n}'", "a${cluster}b", "${quote}${n}${quote}",
             "${yaml}", "${#cluster}", "${cluster/p/q}"]
BROKEN = ["${}", "${open", "${bad name}", "${a-b}", "${a.b}", "${cluster:0:-1}"]
SUBSTITUTES = [{"ns": "prod", "cluster": "prod", "image": "nginx:9"}, {"n": "5", "flag": "true", "quote": "\"", "multi": "a\nb", "empty": "", "yaml": "{a: b}", "cluster": "c", "ns": "n", "image": "i"}, {}, {"ns": ""},
               {"cluster": "a: b", "n": "1e3", "ns": "0x1", "image": "x#y", "flag": "null"}]


def base64_of(text):
    return base64.b64encode(text.encode()).decode()


def metadata(rng, name=None):
    lines = [f"  name: {name or rng.choice(NAMES)}"]
    if namespace := rng.choice(NAMESPACES):
        lines.append(f"  namespace: {namespace}")
    if rng.random() < 0.35:
        lines += ["  labels:", f"    app: {rng.choice(NAMES)}", f"    tier: {rng.choice(VARIABLES) if rng.random() < 0.4 else 'front'}"]
    if rng.random() < 0.3:
        lines += ["  annotations:", rng.choice(["    kustomize.toolkit.fluxcd.io/substitute: disabled", "    note: \"1\"", "    note: 'true'", "    a: \"${n}\"", "    long: " + "word " * 30,
                                                "    config.kubernetes.io/local-config: \"true\"", "    multi: |\n      one\n      two", "    empty: \"\""])]
    return "metadata:\n" + "\n".join(lines) + "\n"


def scalar(rng):
    if rng.random() < 0.01:
        return rng.choice(BROKEN)
    return rng.choice(VARIABLES) if rng.random() < 0.25 else rng.choice(["x", "'1'", "\"true\"", "a: b" if rng.random() < 0.05 else "ab", "\"a: b\"", "|\n    one\n    two", ">-\n    folded\n    text", "\"\\u00e9\\t\"", "''", "~", "\"null\"", "012", "1_000"])


def manifest(rng, kind=None):
    kind = kind or rng.choice(KINDS)
    if kind == "ConfigMap":
        keys = rng.sample(["a", "b", "key.txt", "C"], rng.randint(0, 3))
        return "apiVersion: v1\nkind: ConfigMap\n" + metadata(rng) + ("data:\n" + "".join(f"  {key}: {scalar(rng)}\n" for key in keys) if keys else "")
    if kind == "Secret":
        return "apiVersion: v1\nkind: Secret\n" + metadata(rng) + rng.choice(["stringData:\n  password: " + rng.choice(["x", "${n}", "\"${cluster}\""]) + "\n", "data:\n  password: eA==\n", "type: Opaque\n",
                                                                            "data:\n  password: ENC[AES256_GCM,data:abc,iv:x,tag:y,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:x,type:str]\n  version: 3.7.1\n"])
    if kind in ("Deployment", "StatefulSet"):
        containers = "".join(f"      - name: {name}\n        image: {rng.choice(IMAGES)}\n" + (f"        env:\n        - name: A\n          value: {rng.choice(['x', '${n}', chr(34) + '${n}' + chr(34)])}\n" if rng.random() < 0.4 else "")
                             for name in rng.sample(["main", "side", "log"], rng.randint(1, 2)))
        reference = "      volumes:\n      - name: v\n        configMap:\n          name: web\n" if rng.random() < 0.3 else ""
        return f"apiVersion: apps/v1\nkind: {kind}\n" + metadata(rng) + f"spec:\n  replicas: {rng.choice(['1', '2', '${n}'])}\n  selector:\n    matchLabels:\n      app: x\n  template:\n    metadata:\n      labels:\n        app: x\n    spec:\n      containers:\n" + containers + reference
    if kind == "CronJob":
        return "apiVersion: batch/v1\nkind: CronJob\n" + metadata(rng) + "spec:\n  schedule: \"* * * * *\"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n          - name: main\n            image: " + rng.choice(IMAGES) + "\n"
    if kind == "List":
        return rng.choice(["apiVersion: v1\nkind: List\nitems:\n", "apiVersion: v1\nkind: ConfigMapList\nitems:\n"]) + "".join("- " + manifest(rng, "ConfigMap").replace("\n", "\n  ").rstrip() + "\n" for _ in range(rng.randint(0, 2)))
    if kind == "CRD":
        return "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: widgets.example.com\nspec:\n  group: example.com\n  names: {kind: Widget, plural: widgets}\n  scope: Namespaced\n  versions: []\n"
    if kind == "HelmRelease":
        return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n" + metadata(rng) + "spec:\n  chart:\n    spec:\n      chart: podinfo\n      sourceRef:\n        kind: HelmRepository\n        name: podinfo\n  values:\n    image: " + rng.choice(IMAGES) + "\n    host: " + rng.choice(VARIABLES) + "\n"
    if kind == "Kustomization":
        return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n" + metadata(rng) + "spec:\n  interval: 5m\n  path: ./x\n  prune: true\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n"
    version = {"Service": "v1", "Namespace": "v1", "ServiceAccount": "v1", "ClusterRole": "rbac.authorization.k8s.io/v1", "Widget": "example.com/v1"}[kind]
    body = {"Service": "spec:\n  selector:\n    app: x\n  ports:\n  - port: 80\n", "ClusterRole": "rules: []\n", "Widget": f"spec:\n  size: {scalar(rng)}\n  image: nginx:1.2\n"}.get(kind, "")
    return f"apiVersion: {version}\nkind: {kind}\n" + metadata(rng) + body


ODD = ["", "\n", "# only a comment\n", "---\n", "---\n---\n", "...\n", "a: 1\n", "just text\n", "- a\n- b\n", "kind: ConfigMap\n", "apiVersion: v1\nkind: ConfigMap\n", "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n",
       "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  generateName: x-\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 5\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \n", "a: [\n", "\tx: 1\n", "a: b: c\n",
       "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: dup\n  name: dup2\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: &x y\n  b: *x\n", "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"json\"}}",
       "\ufeffapiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bom\n", "null\n", "~\n", "5\n", "{{ if .x }}\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: 5\n", "creation_rules:\n- path_regex: .*\n",
       "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: win\r\ndata:\r\n  a: b\r\n", "%YAML 1.2\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: directive\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: n\ndata:\n  a: 1\n  b: true\n",
       "apiVersion: v1\nkind: \"\"\nmetadata:\n  name: x\n", "kind: List\nitems: []\n", "apiVersion: v1\nkind: List\nitems: 5\n", "apiVersion: v1\nkind: List\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  labels: []\n",
       "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  annotations:\n    a: 1\n", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n... \ntrailing\n",
       "apiVersion: v1\nkind: Config\nclusters: []\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\n<<: {a: 1}\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"on\"\ndata:\n  on: off\n", "apiVersion: v1\nkind: Pod\nmetadata: x\n"]
EXTENSIONS = [".yaml"] * 10 + [".yml", ".yml", ".json", ".YAML", ".txt", ".yaml.bak", "", ".yaml.tpl"]


def text(rng):
    pick = rng.random()
    if pick < 0.02:
        return rng.choice(ODD)
    if pick < 0.3:
        between = rng.choice(["---\n", "---\n", "--- # next\n", "---\n---\n", "---\n# comment\n", "---   \n"])
        return rng.choice(["", "---\n", "# head\n"]) + between.join(manifest(rng) for _ in range(rng.randint(2, 3))) + rng.choice(["", "---\n"])
    return rng.choice(["", "", "---\n", "# comment\n"]) + manifest(rng)


class Maker:
    def __init__(self, corpus):
        self.roots = []
        if corpus:
            for root in sorted((corpus / "kustomize-build/roots").iterdir()):
                self.roots.append(read_root(root))

    def case(self, rng):
        if self.roots and rng.random() < 0.35:
            files, folders = rng.choice(self.roots)
            files = dict(files)
            folder = rng.choice(folders)
            if rng.random() < 0.3:
                files[join(folder, rng.choice(["extra", "zz"]) + ".yaml")] = text(rng)
        else:
            files, folders = {}, ["", "apps", "apps/base", "apps/base/deep", "infra", "kustomization.yaml.d", ".hidden"]
            for folder in rng.sample(folders, rng.randint(1, 4)):
                fill(rng, files, folder)
            folder = rng.choice(sorted({path.rpartition("/")[0] for path in files}))
            if rng.random() < 0.05:
                folder = rng.choice(["missing", "./apps", "apps/", "apps/../infra", "../x", (folder or "apps") + "/."])
        for folder_ in sorted({path.rpartition("/")[0] for path in files}):
            if rng.random() < 0.3 and not any(path.rpartition("/")[0] == folder_ and path.rpartition("/")[2] in FILE_NAMES for path in files):
                files[join(folder_, rng.choice(FILE_NAMES[:1] * 5 + FILE_NAMES))] = kustomization(rng, files, folder_)
        return {"files": files, "folder": folder, "spec": flux_spec(rng), "strict": rng.random() < 0.6}


FILE_NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"]


def join(folder, name):
    return f"{folder}/{name}" if folder else name


def read_root(root):
    files = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            try:
                files[str(path.relative_to(root))] = path.read_text()
            except UnicodeDecodeError:
                pass
    return files, sorted({path.rpartition("/")[0] for path in files} | {""})


def fill(rng, files, folder):
    for number in range(rng.randint(1, 3)):
        name = rng.choice(NAMES + ["values", ".sops", "a b", "größe", "_x", "10-x", "9-x"]) + (str(number) if rng.random() < 0.5 else "") + rng.choice(EXTENSIONS)
        files[join(folder, name)] = text(rng)
    if rng.random() < 0.05:
        files[join(folder, "link.yaml")] = rng.choice(["-> web.yaml", "-> ../apps/web.yaml", "-> nowhere.yaml", "-> /etc/hostname", "-> ../../../x", "-> link.yaml", "-> ."])
    if rng.random() < 0.03:
        files[join(folder, "Kustomization/inner.yaml")] = text(rng)


def kustomization(rng, files, folder):
    inside = folder + "/" if folder else ""
    below = [path[len(inside):] for path in files if path.startswith(inside)]
    folders = sorted({path.rpartition("/")[0] for path in below if "/" in path})
    resources = rng.sample(below, min(len(below), rng.randint(0, 3))) + rng.sample(folders, min(len(folders), rng.randint(0, 2)))
    resources = [path for path in resources if path not in FILE_NAMES]
    if rng.random() < 0.1:
        resources.append(rng.choice(["missing.yaml", "..", ".", "../base", "../apps", "./web.yaml", "../../x", "/etc/passwd", "", "nested/"]))
    lines = [] if rng.random() < 0.2 else ["apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization"]
    if resources or rng.random() < 0.3:
        lines += ["resources:"] + [f"- {quoted(path)}" for path in resources] if resources else ["resources: []"]
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        lines.append(rng.choice(FIELDS))
    if rng.random() < 0.02:
        return rng.choice(["", "resources: x\n", "a: [\n", "kind: Kustomization\n", "unknown: 1\n", "kind: Other\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n", "- a\n", "resources:\n- \n", "namespace: 5\n", "images: {}\n"])
    return "\n".join(lines) + "\n"


def quoted(path):
    return f"\"{path}\"" if not path or path[0] in ".#&*!" or ": " in path else path


FIELDS = ["namespace: own", "namePrefix: pre-", "nameSuffix: -suf", "commonLabels:\n  team: x", "labels:\n- pairs:\n    l: v\n  includeSelectors: true", "commonAnnotations:\n  note: \"1\"", "images:\n- name: nginx\n  newTag: \"2\"",
          "images:\n- name: nginx\n  newName: other\n  digest: sha256:" + "c" * 64, "configMapGenerator:\n- name: gen\n  literals:\n  - a=b\n  - c=${cluster}", "secretGenerator:\n- name: sec\n  literals: [p=q]", "generatorOptions:\n  disableNameSuffixHash: true",
          "replicas:\n- name: web\n  count: 4", "buildMetadata: [originAnnotations]", "buildMetadata: [managedByLabel, transformerAnnotations]", "patches:\n- patch: |\n    - op: add\n      path: /metadata/labels/p\n      value: q\n  target:\n    kind: ConfigMap",
          "components:\n- ./missing", "patchesStrategicMerge:\n- |\n  apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: web\n  data:\n    z: y", "vars: []", "openapi: {}", "crds: []", "metadata:\n  name: k",
          "configurations: []", "transformers: []", "sortOptions:\n  order: fifo", "bases: []", "replacements: []", "configMapGenerator:\n- name: web\n  behavior: merge\n  literals: [m=1]", "namespace: \"\"", "imageTags: []"]
PATCHES = ["- op: add\n  path: /metadata/annotations/x\n  value: y\n", "- op: replace\n  path: /metadata/name\n  value: renamed\n", "- op: remove\n  path: /spec\n", "- op: test\n  path: /kind\n  value: ConfigMap\n", "[{\"op\": \"add\", \"path\": \"/data\", \"value\": {\"p\": \"q\"}}]",
           "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 7\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: any\ndata:\n  patched: ${cluster}\n", "$patch: delete\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
           "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\nspec:\n  template:\n    spec:\n      containers:\n      - name: main\n        image: patched\n      - name: new\n        image: new\n", "", "not a patch\n", "- a\n", "- op: add\n  path: /spec/template/metadata/labels\n  value: {a: b}\n",
           "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: prod\ndata: null\n", "metadata:\n  labels:\n    only: this\n", "kind: Deployment\nmetadata:\n  name: x\n", "- op: add\n  path: /data/-\n  value: 1\n", "a: [\n"]
SELECTORS = [{"kind": "Deployment"}, {"kind": "ConfigMap"}, {"kind": "ConfigMap", "name": "web"}, {"name": ".*"}, {"labelSelector": "app=web"}, {"labelSelector": "tier in (front)"}, {"annotationSelector": "note"}, {"group": "apps", "version": "v1"}, {"namespace": "prod"},
             {"name": "w"}, {"kind": "Dep.*"}, {"labelSelector": "a b"}, {"name": "["}, {}, {"kind": "Deployment|StatefulSet"}, {"group": "", "kind": "Secret"}, {"version": "v1", "kind": "Widget"}]


def flux_spec(rng):
    out = {}
    if rng.random() < 0.3:
        out["targetNamespace"] = rng.choice(["tenant", "tenant", "", "default"])
    if rng.random() < 0.12:
        out["namePrefix"] = rng.choice(["p-", "", "P."])
    if rng.random() < 0.12:
        out["nameSuffix"] = rng.choice(["-s", ""])
    if rng.random() < 0.35:
        out["patches"] = []
        for _ in range(rng.randint(0, 2)):
            patch = {"patch": rng.choice(PATCHES)}
            if rng.random() < 0.75:
                patch["target"] = dict(rng.choice(SELECTORS))
            out["patches"].append(patch)
    if rng.random() < 0.3:
        out["images"] = [image(rng) for _ in range(rng.randint(0, 2))]
    if rng.random() < 0.06:
        out["components"] = [rng.choice(["../base", "./apps", "../infra", "missing", "/abs", "https://example.com/x", "file:///x", "file://x", "git@host:x", "gh:x/y", "github.com/x/y", "GitHub.com/x/y", "ssh://x/y", "a/../b", "..", ".", "", "git::x", "http://", "ftp://x",
                                         "FILE:///x", "deep"]) for _ in range(rng.randint(1, 2))]
    if rng.random() < 0.1:
        out["ignoreMissingComponents"] = rng.choice([True, True, False])
    if rng.random() < 0.08:
        out["buildMetadata"] = rng.choice([["originAnnotations"], ["transformerAnnotations"], ["originAnnotations", "transformerAnnotations"], ["managedByLabel"], ["x"], []])
    if rng.random() < 0.5:
        out["postBuild"] = {}
        if rng.random() < 0.85:
            out["postBuild"]["substitute"] = dict(rng.choice(SUBSTITUTES)) if rng.random() < 0.97 else {"bad-name": "x"}
        if rng.random() < 0.3:
            out["postBuild"]["substituteStrategy"] = rng.choice(["Always", "WithVariables"])
    return out


def image(rng):
    out = {"name": rng.choice(["nginx", "nginx", "ghcr.io/org/app", "registry:5000/x/y", "docker.io/library/nginx", ""])}
    if rng.random() < 0.4:
        out["newName"] = rng.choice(["mirror/nginx", "reg.local:5000/nginx"])
    if rng.random() < 0.6:
        out["newTag"] = rng.choice(["9.9", "latest", "007"])
    if rng.random() < 0.25:
        out["digest"] = "sha256:" + "d" * 64
    return out
