"""A GitRepository whose commits must be signed: what is not signed by a known key is never an artifact."""
import os
import shutil
import subprocess
import sys

import taut_e2e
from taut_e2e import config_map

SOURCES = "/apis/source.toolkit.fluxcd.io/v1/namespaces/argocd/gitrepositories"


def test_commits_need_a_known_signature(world):
    home = world.folder / "keys"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    subprocess.run([*gpg, "--quick-generate-key", "Ann <ann@example.com>", "ed25519", "sign", "never"], check=True, capture_output=True)
    public = subprocess.run([*gpg, "--armor", "--export"], check=True, capture_output=True, text=True).stdout
    os.environ["GNUPGHOME"] = str(home)
    try:
        unsigned = world.repository.commit({"map.json": config_map("a", k="1")})
        world.start_sandbox()
        world.serve()
        world.kube.create("/api/v1/namespaces/argocd/secrets", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"},
                                                                 "stringData": {"ann.asc": public}})
        world.kube.create(SOURCES, {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": {"name": "home", "namespace": "argocd"},
                                    "spec": {"interval": "1s", "url": world.repository.url, "ref": {"branch": "main"},
                                             "verify": {"mode": "HEAD", "secretRef": {"name": "keys"}}}})
        status = world.await_ready(f"{SOURCES}/home", "False", "InvalidCommitSignature",
                                   f"signature verification of commit '{unsigned}' failed: unsupported signature type: empty")
        assert "artifact" not in status, status
        world.repository.git("commit", "-q", "--allow-empty", "-SAnn", "-m", "signed")
        world.repository.git("push", "-q", "origin", "main")
        signed = world.repository.git("rev-parse", "HEAD")
        status = world.await_ready(f"{SOURCES}/home", "True", "Succeeded", signed)
        verified = next(c for c in status["conditions"] if c["type"] == "SourceVerified")
        assert verified["status"] == "True" and f"commit '{signed}' with key '" in verified["message"], verified
        assert status["sourceVerificationMode"] == "HEAD", status
        world.repository.commit({"map.json": config_map("a", k="2")})
        status = world.await_ready(f"{SOURCES}/home", "False", "InvalidCommitSignature")
        assert status["artifact"]["revision"] == f"main@sha1:{signed}", status
    finally:
        del os.environ["GNUPGHOME"]
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, capture_output=True)


def test_signatures_of_ssh_count_as_well(world):
    if shutil.which("ssh-keygen") is None:
        print("skipped: no ssh-keygen on this machine")
        return
    key = world.folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for name, value in (("gpg.format", "ssh"), ("user.signingkey", str(key))):
        world.repository.git("config", name, value)
    world.repository.git("commit", "-q", "--allow-empty", "-S", "-m", "signed")
    world.repository.git("tag", "-s", "-m", "one", "v1")
    world.repository.git("push", "-q", "origin", "main", "v1")
    signed = world.repository.git("rev-parse", "HEAD")
    world.start_sandbox()
    world.serve()
    world.kube.create("/api/v1/namespaces/argocd/secrets", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"},
                                                             "stringData": {"ann.sshpub": key.with_suffix(".pub").read_text()}})
    world.kube.create(SOURCES, {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": {"name": "home", "namespace": "argocd"},
                                "spec": {"interval": "1s", "url": world.repository.url, "ref": {"tag": "v1"},
                                         "verify": {"mode": "TagAndHEAD", "secretRef": {"name": "keys"}}}})
    status = world.await_ready(f"{SOURCES}/home", "True", "Succeeded", signed)
    verified = next(c for c in status["conditions"] if c["type"] == "SourceVerified")["message"]
    assert "- tag 'v1@" in verified and verified.count("' with key 'SHA256:") == 2, verified
    unsigned = world.repository.git("commit-tree", "HEAD^{tree}", "-m", "unsigned")
    world.repository.git("push", "-q", "origin", f"{unsigned}:refs/heads/unsigned")
    world.kube.patch(f"{SOURCES}/home", {"spec": {"ref": {"tag": None, "commit": unsigned}, "verify": {"mode": "HEAD"}}})
    world.await_ready(f"{SOURCES}/home", "False", "InvalidCommitSignature")


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
