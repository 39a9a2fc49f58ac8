"""`taut helm` where no other program is needed to tell what is right: provenance files, a kustomization as post-renderer,
JSONPath, and charts that are made to take all time and memory.
"""
import functools
import http.server
import io
import os
import pathlib
import resource
import subprocess
import sys
import tarfile
import tempfile
import threading

TAUT = str(pathlib.Path(sys.argv[1]).resolve())

CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.0\n",
    "values.yaml": "replicas: 2\nports:\n- {name: http, port: 80}\n- {name: metrics, port: 9090}\n",
    "templates/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: {{ .Values.replicas }}\n",
    "templates/job.yaml": "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: setup\n  annotations: {helm.sh/hook: pre-install}\n",
}


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def run(folder, *arguments, **more):
    done = subprocess.run([TAUT, "helm", *arguments], cwd=folder, capture_output=True, text=True, timeout=60,
                          env=os.environ | {"NO_COLOR": "1", "HELM_CACHE_HOME": str(folder / "cache"), "GNUPGHOME": str(folder / "keys")}, **more)
    return done.returncode, done.stdout, done.stderr


def make_keys(folder):
    """A binary key ring with secret keys, and one with the public ones."""
    home = folder / "keys"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    subprocess.run([*gpg, "--quick-generate-key", "Ann <ann@example.com>", "ed25519", "sign", "never"], check=True, capture_output=True)
    for command, name in (("--export", "public.gpg"), ("--export-secret-keys", "secret.gpg")):
        (folder / name).write_bytes(subprocess.run([*gpg, command], check=True, capture_output=True).stdout)
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, capture_output=True)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def test_provenance(folder):
    make_keys(folder)
    write(folder / "web", CHART)
    code, _, err = run(folder, "package", "web", "--sign", "--keyring", "secret.gpg")
    assert (code, err) == (1, "Error: --key is required for signing a package\n"), err
    code, out, err = run(folder, "package", "web", "--sign", "--key", "Ann", "--keyring", "secret.gpg")
    assert (code, out) == (0, f"Successfully packaged chart and saved it to: {folder}/web-1.2.0.tgz\n"), out + err
    verified = run(folder, "verify", "web-1.2.0.tgz", "--keyring", "public.gpg")
    assert verified[1].startswith("Signed by: Ann <ann@example.com>\nUsing Key With Fingerprint: ") and verified[0] == 0, verified
    code, out, err = run(folder, "template", "web-1.2.0.tgz", "--verify", "--keyring", "public.gpg")
    assert code == 0 and "kind: Deployment" in out, err
    code, _, err = run(folder, "template", "web", "--verify", "--keyring", "public.gpg")
    assert (code, err) == (1, "Error: unpacked charts cannot be verified\n"), err
    check_pull(folder, verified[1])
    (folder / "web-1.2.0.tgz").write_bytes((folder / "web-1.2.0.tgz").read_bytes() + b"x")
    code, _, err = run(folder, "verify", "web-1.2.0.tgz", "--keyring", "public.gpg")
    assert code == 1 and err.startswith("Error: sha256 sum does not match for web-1.2.0.tgz: \"sha256:"), err


def check_pull(folder, verified):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/web-1.2.0.tgz"
    (folder / "out").mkdir()
    code, out, err = run(folder, "pull", url, "--verify", "--keyring", "public.gpg", "-d", "out")
    assert (code, out) == (0, verified), out + err
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["web-1.2.0.tgz", "web-1.2.0.tgz.prov"]
    (folder / "web-1.2.0.tgz.prov").rename(folder / "kept.prov")
    code, _, err = run(folder, "pull", url, "--verify", "--keyring", "public.gpg", "-d", "out")
    assert (code, err) == (1, f"Error: failed to fetch provenance \"{url}.prov\"\n"), err
    code, out, err = run(folder, "pull", url, "--prov", "-d", "out")
    assert code == 0 and out.startswith(f"WARNING: Verification not found for {url}: "), out + err
    (folder / "kept.prov").rename(folder / "web-1.2.0.tgz.prov")
    server.shutdown()


def test_post_renderer(folder):
    write(folder / "web", CHART)
    write(folder / "more", {"kustomization.yaml": "namePrefix: my-\nconfigMapGenerator:\n- name: extra\n  literals: [a=b]\n"
                                                  "patches:\n- patch: '[{\"op\": \"replace\", \"path\": \"/spec/replicas\", \"value\": 5}]'\n  target: {kind: Deployment}\n"})
    code, out, err = run(folder, "template", "web", "--post-renderer", "more")
    assert code == 0, err
    assert "name: my-web\nspec:\n  replicas: 5\n" in out and "# Source: web/templates/web.yaml" in out, out
    assert "# Source: generated-by-postrender-" in out and "name: my-extra-" in out and "postrender-filename" not in out, out
    assert "helm.sh/hook: pre-install\n  name: my-setup" in out, out
    write(folder / "more", {"kustomization.yaml": "resources: [all.yaml]\nnameSuffix: -x\n"})
    code, out, err = run(folder, "template", "web", "--post-renderer", "more", "--post-renderer-args", "all.yaml")
    assert code == 0 and "name: web-x" in out, err
    code, _, err = run(folder, "template", "web", "--post-renderer", "web")
    assert code == 1 and "there is no kustomization" in err, err
    code, _, err = run(folder, "template", "web", "--post-renderer", "nothing")
    assert (code, err) == (1, "Error: invalid argument \"nothing\" for \"--post-renderer\" flag: plugin: {Name:nothing Type:postrenderer/v1} not found\n"), err
    write(folder / "more", {"kustomization.yaml": "nope: 1\n"})
    code, _, err = run(folder, "template", "web", "--post-renderer", "more")
    assert code == 1 and err.startswith("Error: error while running post render on files: "), err


def test_show_values_json_path(folder):
    write(folder / "web", CHART)
    assert run(folder, "show", "values", "web", "--jsonpath", "{.ports[?(@.name=='metrics')].port} {range .ports[*]}{.name},{end}")[:2] == (0, "9090 http,metrics,")
    assert run(folder, "show", "values", "web", "--jsonpath", "{.nothing}") == (0, "", "")
    assert run(folder, "show", "values", "web", "--jsonpath", "{.a") == (1, "", "Error: error parsing jsonpath {.a: unclosed action\n")


def archive(files, links=()):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=9) as tar:
        for name, data in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        for name, target in links:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            tar.addfile(entry)
    return out.getvalue()


def bounded(folder, *arguments):
    """The error of a command, which must come by itself, with 20 seconds of CPU and a GiB of memory as the most."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    code, _, err = run(folder, *arguments, preexec_fn=limit)
    assert code == 1, (arguments, code, err[-300:])
    return err


def test_archives_that_are_bombs(folder):
    chart = [("web/Chart.yaml", CHART["Chart.yaml"].encode())]
    bombs = {
        "large file": (archive(chart + [("web/big", b"\0" * (6 << 20))]), "decompressed chart file \"web/big\" is larger than the maximum file size 5242880"),
        "many files": (archive(chart + [(f"web/f{i}", b"\0" * (5 << 20)) for i in range(30)]), "decompressed chart is larger than the maximum size 104857600"),
        "many entries": (archive(chart + [(f"web/f{i}", b"") for i in range(110_000)]), "more than 100000 entries"),
        "a way out": (archive(chart + [("web/../../x", b"x")]), "chart illegally references parent directory"),
        "a link out": (archive(chart, [("web/x", "../../../etc/passwd")]), "leads out of"),
    }
    inner = archive(chart + [(f"web/f{i}", b"\0" * (5 << 20)) for i in range(18)])
    bombs["charts in charts"] = (archive(chart + [(f"web/charts/c{i}.tgz", inner) for i in range(40)]), "decompressed charts within charts")
    for name, (data, text) in bombs.items():
        (folder / "bomb.tgz").write_bytes(data)
        err = bounded(folder, "template", "bomb.tgz")
        assert text in err, (name, err)


def test_values_and_charts_that_are_bombs(folder):
    names = "abcdefghi"
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"] + [f"{b}: &{b} [{','.join(['*' + a] * 9)}]" for a, b in zip(names, names[1:])]
    write(folder / "web", CHART | {"values.yaml": "\n".join(lines)})
    assert "document contains excessive aliasing" in bounded(folder, "template", "web")
    assert "document contains excessive aliasing" in bounded(folder, "template", "web", "-f", "web/values.yaml")
    above = folder / "tower"
    for name, below in (("t", "u"), ("u", "v"), ("v", "w"), ("w", None)):
        dependencies = "".join(f"- {{name: {below}, version: 1.0.0, repository: '', alias: a{i}}}\n" for i in range(100)) if below else ""
        write(above, {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n" + ("dependencies:\n" + dependencies if below else "")})
        above = above / "charts" / str(below)
    assert "the release has more than 10000 charts" in bounded(folder, "template", "tower")
    write(folder / "web", CHART | {"values.yaml": "{}\n", "templates/web.yaml": "{{ range 200000 }}a: 1\n---\n{{ end }}"})
    assert "the limit on the number of documents (100000) was passed in web/templates/web.yaml" in bounded(folder, "template", "web")
    write(folder / "web", {"templates/web.yaml": "a: [{{ range 9000000 }}[],{{ end }}]\n"})
    assert "the limit on the number of values in documents (4000000) was passed" in bounded(folder, "template", "web")
    write(folder / "web", {"templates/web.yaml": "a: 1\n"})
    for link in "ab":
        (folder / "web" / link).symlink_to(".")
    assert "a/a/a: too many levels of symbolic links" in bounded(folder, "template", "web")


def main():
    passed = failed = 0
    for name, test in list(globals().items()):
        if not name.startswith("test_") or (sys.argv[2:] and name not in sys.argv[2:]):
            continue
        with tempfile.TemporaryDirectory(prefix="taut-helm-extras-") as folder:
            try:
                test(pathlib.Path(folder))
                passed += 1
                print("PASS", name)
            except AssertionError as error:
                failed += 1
                print("FAIL", name, error)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
