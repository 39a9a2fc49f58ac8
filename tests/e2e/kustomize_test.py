"""Kustomizations that refer to what lies elsewhere: beside their folder, in another repository, on a web server."""
import functools
import http.server
import os
import sys
import threading

import taut_e2e

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n"


def published(world):
    """A repository with a base at the tag v1, which main has left behind."""
    world.repository.commit({"deploy/kustomization.yaml": "resources: [x.yaml]\n", "deploy/x.yaml": MAP % "one"})
    world.repository.git("tag", "v1")
    world.repository.git("push", "-q", "origin", "v1")
    world.repository.commit({"deploy/x.yaml": MAP % "two"})


def overlay(world, *resources):
    folder = world.folder / "app" / "overlay"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text("namePrefix: p-\nresources:\n" + "".join(f"- {one}\n" for one in resources))
    return str(folder)


def run(world, *words, **options):
    return world.run(*words, env={**os.environ, "XDG_DATA_HOME": str(world.folder / "home")}, **options)


def test_bases_of_other_repositories_are_fetched(world):
    published(world)
    folder = overlay(world, world.repository.url + "//deploy?ref=v1")
    for words in (("kustomize", "build"), ("render",)):
        assert run(world, *words, folder).stdout == MAP % "p-one", words
    folder = overlay(world, world.repository.url + "//deploy")
    assert run(world, "kustomize", "build", folder).stdout == MAP % "p-two"
    nowhere = run(world, "kustomize", "build", overlay(world, world.repository.url + "//deploy?ref=v9"), check=False)
    assert nowhere.returncode == 1 and "v9" in nowhere.stderr, nowhere.stderr


def test_bases_beside_the_folder_are_found(world):
    folder = overlay(world, "../../base")
    (world.folder / "base").mkdir()
    (world.folder / "base/kustomization.yaml").write_text("resources: [x.yaml]\n")
    (world.folder / "base/x.yaml").write_text(MAP % "near")
    assert run(world, "render", folder).stdout == MAP % "p-near"


def test_files_are_downloaded(world):
    (world.folder / "web").mkdir()
    (world.folder / "web/x.yaml").write_text(MAP % "far")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(world.folder / "web"))
    handler.func.log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    assert run(world, "kustomize", "build", overlay(world, url + "/x.yaml")).stdout == MAP % "p-far"
    missing = run(world, "kustomize", "build", overlay(world, url + "/none.yaml"), check=False)
    assert missing.stderr.endswith(f"resources from '{url}/none.yaml': HTTP Error: status code 404 (Not Found)\n"), missing.stderr
    server.shutdown()


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
