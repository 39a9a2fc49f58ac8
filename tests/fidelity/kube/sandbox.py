"""A `taut sandbox` of one's own, for as long as a block runs."""
import pathlib
import re
import secrets
import subprocess
import tempfile
import time


class Sandbox:
    """Starts on a free port, with simulated workloads or without; `url` and `token` are how to reach it."""

    def __init__(self, program, workloads=False, start_seconds=20):
        self.program, self.workloads, self.start_seconds = program, workloads, start_seconds
        self.folder = tempfile.TemporaryDirectory(prefix="taut-fidelity-")
        self.token, self.url, self.process = secrets.token_hex(16), "", None

    def __enter__(self):
        config = pathlib.Path(self.folder.name, "kubeconfig")
        self.log = open(pathlib.Path(self.folder.name, "log"), "w+")
        command = [self.program, "sandbox", "--workloads", "on" if self.workloads else "off", "--port", "0", "--token", self.token,
                   "--kubeconfig", config]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + self.start_seconds
        while not self.url:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.log.seek(0)
                raise RuntimeError(f"the sandbox did not start: {self.log.read()[-2000:]}")
            found = re.search(r"server: *[\"']?(https?://[^\s\"']+)", config.read_text()) if config.exists() else None
            self.url = found[1] if found else ""
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.folder.cleanup()
