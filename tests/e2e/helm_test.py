"""`taut helm` beside the real helm: the same commands on the same charts say and write the same, byte for byte.

Skipped where tests/real/build has not fetched helm. What differs by intent is taken out before the comparison and named there.
"""
import functools
import http.server
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HELM = pathlib.Path(os.environ.get("TAUT_REAL_BUILD", ROOT / "build/real")) / "bin/helm"
TAUT = [str(pathlib.Path(sys.argv[1]).resolve()), "helm"] if len(sys.argv) > 1 else []

CHART = {
    "Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.2.0\ndescription: a <chart> & more\nicon: https://example.com/i.png\nappVersion: \"2\"\n"
                  "keywords: [a, b]\nmaintainers:\n- name: Ann\n  email: ann@example.com\nannotations: {z: \"1\", a: \"x: y\"}\n",
    "values.yaml": "# how many\nreplicas: 2\nimage: {tag: \"1.0\"}\nlist: [1, 2.5]\n",
    "README.md": "# lib\n\nhow to\n",
    "crds/gear.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: gears.example.com}\n",
    "templates/_help.tpl": "{{ define \"lib.name\" }}{{ .Release.Name }}-lib{{ end }}",
    "templates/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"lib.name\" . }}\nspec:\n  replicas: {{ .Values.replicas }}\n"
                          "  selector: {matchLabels: {app: web}}\n",
    "templates/hook.yaml": "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: h\n  annotations: {\"helm.sh/hook\": pre-install}\n",
    "templates/NOTES.txt": "hello {{ .Release.Name }}\n",
}
APP = {"Chart.yaml": "apiVersion: v2\nname: app\nversion: 0.1.0\ndependencies:\n- name: lib\n  version: \">=1.0.0\"\n  repository: URL\n"
                     "  condition: lib.enabled\n  tags: [x, y]\n  import-values: [data, {child: a, parent: b}]\n",
       "templates/a.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n"}
# For the linter: one thing wrong in each.
FLAWS = {
    "unknown field": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\nnope: 1\n"},
    "unknown field of a maintainer": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\nmaintainers:\n- name: x\n  twitter: y\n"},
    "version is a number": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.5\n"},
    "appVersion is a number": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\nappVersion: 1.16\n"},
    "no name": {"Chart.yaml": "apiVersion: v2\nversion: 1.0.0\n"},
    "no api version": {"Chart.yaml": "name: c\nversion: 1.0.0\n"},
    "bad api version": {"Chart.yaml": "apiVersion: v7\nname: c\nversion: 1.0.0\n"},
    "bad version": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: one\n"},
    "loose version": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: v1.0\n"},
    "bad email": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\nmaintainers: [{name: x, email: nobody}]\n"},
    "bad page": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\nmaintainers: [{name: x, url: \"a b\"}]\n"},
    "maintainer without a name": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\nmaintainers: [{email: a@b.c}]\n"},
    "bad source": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\nsources: [\"nowhere\"]\n"},
    "bad icon": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\nicon: here.png\n"},
    "type of version 1": {"Chart.yaml": "apiVersion: v1\nname: c\nversion: 1.0.0\ntype: application\ndependencies: [{name: a, version: 1, repository: x}]\n"},
    "no yaml": {"Chart.yaml": "a: b: c\n"},
    "values are no map": {"values.yaml": "- a\n"},
    "values do not parse": {"values.yaml": "a: {\n"},
    "values against the schema": {"values.schema.json": "{\"type\": \"object\", \"required\": [\"x\"], \"properties\": {\"a\": {\"type\": \"string\"}}}",
                                  "values.yaml": "a: 1\n"},
    "template does not parse": {"templates/a.yaml": "{{ if }}"},
    "template fails": {"templates/a.yaml": "a: {{ .Values.a.b.c }}\n"},
    "rendered text is no yaml": {"templates/a.yaml": "a: b: c\n"},
    "rendered list": {"templates/a.yaml": "- a\n"},
    "extension": {"templates/a.json": "{}", "templates/b": "x"},
    "indent": {"templates/a.yaml": "\n  kind: ConfigMap\n  apiVersion: v1\n  metadata: {name: a}\n"},
    "name": {"templates/a.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: {name: A_b}\n---\nkind: Service\napiVersion: v1\nmetadata: {name: 1a}\n"
                                 "---\nkind: Namespace\napiVersion: v1\nmetadata: {name: a.b}\n---\nkind: Role\nmetadata: {name: a/b}\n---\nkind: X\n"},
    "long name": {"templates/a.yaml": "kind: Service\napiVersion: v1\nmetadata: {name: " + "A" * 70 + "}\n"},
    "deprecated": {"templates/a.yaml": "kind: Ingress\napiVersion: extensions/v1beta1\nmetadata: {name: a}\n---\nkind: CronJob\napiVersion: batch/v1beta1\n"
                                       "metadata: {name: a}\n---\nkind: EndpointSliceList\napiVersion: discovery.k8s.io/v1beta1\nmetadata: {name: a}\n"},
    "selector": {"templates/a.yaml": "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\n"},
    "kept list": {"templates/a.yaml": "kind: List\napiVersion: v1\nmetadata: {name: a}\nitems: [{metadata: {annotations: {helm.sh/resource-policy: keep}}}]\n"},
    "dependency missing": {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies: [{name: a, version: 1, repository: x}]\n"},
    "dependency unnamed": {"charts/b/Chart.yaml": "apiVersion: v2\nname: b\nversion: 1.0.0\n"},
    "definition": {"crds/a.yaml": "kind: ConfigMap\napiVersion: v1\n"},
    "templates are missing": {"templates/a.yaml": None},
    "nothing wrong": {},
}


def write(folder, files, url=""):
    for name, text in files.items():
        if text is None:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("URL", url))
    return folder


class Place:
    """A folder with charts, a repository over HTTP, and homes of helm for both programs."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        write(self.folder / "lib", CHART)
        (self.folder / "repo").mkdir()
        for version in ("1.1.0", "1.2.0", "1.3.0-rc.1"):
            (self.folder / "lib/Chart.yaml").write_text(CHART["Chart.yaml"].replace("1.2.0", version))
            self.check(HELM, "package", "lib", "-d", "repo")
        self.check(HELM, "repo", "index", "repo")
        handler = functools.partial(Quiet, directory=str(self.folder / "repo"))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def environment(self, program):
        home = self.folder / ("home-" + program)
        return os.environ | {"HELM_CONFIG_HOME": str(home / "config"), "HELM_CACHE_HOME": str(home / "cache"), "HELM_DATA_HOME": str(home / "data"),
                             "TZ": "UTC", "NO_COLOR": "1"}

    def check(self, *command):
        subprocess.run(command, cwd=self.folder, env=self.environment("helm"), check=True, capture_output=True)

    def run(self, program, *arguments, cwd=None):
        command = [str(HELM)] if program == "helm" else TAUT
        if program == "taut" and arguments[0] in ("template", "lint"):
            arguments += ("--compat", "4.1")
        done = subprocess.run(command + list(arguments), cwd=cwd or self.folder, env=self.environment(program), capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def same(self, *arguments, each=None):
        """Both programs, each in its own copy of a chart where `each` names one; output and files are compared."""
        results = []
        for program in ("helm", "taut"):
            cwd = self.folder
            if each:
                cwd = self.folder / ("in-" + program)
                shutil.rmtree(cwd, ignore_errors=True)
                shutil.copytree(self.folder / each, cwd / "chart")
            outcome = []
            for words in arguments if each else [arguments]:
                code, out, err = self.run(program, *words, cwd=cwd)
                # Helm's own log is no part of what it says.
                err = "".join(line for line in err.splitlines(True) if not line.startswith(("level=", "ImportValues")))
                outcome.append((code, out.replace(str(cwd), "CWD"), err.replace(str(cwd), "CWD")))
            results.append((outcome, files_of(cwd) if each else None))
        assert results[0] == results[1], f"{arguments}\n helm: {results[0]}\n taut: {results[1]}"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def files_of(folder):
    """Names and contents; of archives what they hold, of locks all but the time."""
    out = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if path.suffix == ".tgz":
            data = members(data)
        elif path.suffix == ".lock":
            data = re.sub(rb"generated: .*", b"", data)
        out[str(path.relative_to(folder))] = data
    return out


def members(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return [(m.name, m.mode, archive.extractfile(m).read()) for m in archive.getmembers()]


def test_show(place):
    for part in ("all", "chart", "values", "readme", "crds"):
        place.same("show", part, "lib")
    place.same("show", "chart", "repo/lib-1.2.0.tgz")
    place.same("show", "chart", "lib", "--repo", place.url)
    place.same("show", "chart", "lib", "--repo", place.url, "--version", "1.1.x")
    place.same("show", "chart", "lib", "--repo", place.url, "--version", "9")
    place.same("show", "chart", place.url + "/lib-1.1.0.tgz")
    place.same("show", "chart", "nobody/lib")
    place.same("show", "chart", "lonely")
    place.same("show", "chart", "./nowhere")


def test_dependencies(place):
    write(place.folder / "app", APP, place.url)
    place.same(["dependency", "list", "chart"], ["dependency", "update", "chart"], ["dep", "ls", "chart"], ["template", "chart", "--include-crds"],
               each="app")
    for program in ("helm", "taut"):
        assert place.run(program, "dependency", "list", "lib")[1] == "WARNING: no dependencies at lib/charts\n"
    write(place.folder / "local", {"Chart.yaml": APP["Chart.yaml"].replace("URL", "file://" + str(place.folder / "lib")).replace(">=1.0.0", ">=1.0.0-0")})
    place.same(["dependency", "update", "chart"], ["dependency", "build", "chart"], ["dependency", "list", "chart"], each="local")
    for wrong in (("URL", "@nobody"), ("URL", "stable"), (">=1.0.0", ">=9"), ("name: lib", "name: other"), ("URL", "file://../nowhere"), ("URL", '""')):
        write(place.folder / "wrong", {"Chart.yaml": APP["Chart.yaml"].replace(*wrong)}, place.url)
        place.same(["dependency", "update", "chart"], each="wrong")


def test_repositories_by_name(place):
    for program in ("helm", "taut"):
        subprocess.run([HELM, "repo", "add", "mine", place.url], env=place.environment(program), check=True, capture_output=True)
    write(place.folder / "named", {"Chart.yaml": APP["Chart.yaml"].replace("URL", '"@mine"')})
    place.same(["dependency", "update", "chart"], ["dependency", "build", "chart"], ["dependency", "build", "chart", "--skip-refresh"], each="named")
    place.same("show", "chart", "mine/lib", "--version", "~1.1")
    place.same("show", "chart", "mine/other")
    write(place.folder / "empty", {"x": ""})
    place.same(["pull", "mine/lib"], ["pull", "mine/lib", "--version", "1.1.0", "-d", "chart"], ["pull", "mine/lib", "--untar"], ["pull", "mine/lib", "--untar"],
               each="empty")


def test_package(place):
    place.same(["package", "chart"], ["package", "chart", "--version", "2.0.0", "--app-version", "9", "-d", "out"], ["package", "chart", "--version", "no"],
               ["package", "nowhere"], each="lib")
    packed = place.folder / "in-taut/lib-1.3.0-rc.1.tgz"
    before = packed.read_bytes()
    place.run("taut", "package", "chart", cwd=packed.parent)
    assert packed.read_bytes() == before, "the same chart gives the same bytes"
    place.check(HELM, "lint", str(packed))


def test_template_flags(place):
    place.same(["template", "r", "chart", "--output-dir", "out"], ["template", "chart", "--output-dir", "o2", "--release-name"],
               ["template", "chart", "--name-template", "x-{{ 1 }}", "-s", "templates/web.yaml"], each="lib")
    place.same(["template", "chart", "--post-renderer", "none"], ["template", "chart", "--post-renderer-args", "x", "-s", "templates/web.yaml"], each="lib")


def test_lint(place):
    for name, flaw in FLAWS.items():
        chart = {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "values.yaml": "", "templates/a.yaml": ""} | flaw
        shutil.rmtree(place.folder / "flawed", ignore_errors=True)
        write(place.folder / "flawed", chart)
        try:
            place.same("lint", "flawed")
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from None
    place.same("lint", "flawed", "lib", "nowhere")
    place.same("lint", "flawed", "--quiet")
    write(place.folder / "flawed", {"templates/a.yaml": "kind: X\n", "charts/b/Chart.yaml": "apiVersion: v2\nname: b\nversion: 1.0.0\n"})
    place.same("lint", "flawed", "--strict")
    place.same("lint", "flawed", "--with-subcharts")
    place.same("lint", "repo/lib-1.2.0.tgz")


def main():
    if not HELM.exists():
        print("SKIP no helm (tests/real/build)\n0 passed, 0 failed")
        return 0
    passed = failed = 0
    for name, test in list(globals().items()):
        if not name.startswith("test_") or (sys.argv[2:] and name not in sys.argv[2:]):
            continue
        with tempfile.TemporaryDirectory(prefix="taut-helm-") as folder:
            place = Place(folder)
            try:
                test(place)
                passed += 1
                print("PASS", name)
            except AssertionError as error:
                failed += 1
                print("FAIL", name, error)
            finally:
                place.server.shutdown()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
