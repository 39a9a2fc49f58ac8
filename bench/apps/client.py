"""A Kubernetes client for benchmarks: kept connections, many requests at once, and a watch that tells what it sees."""
import http.client
import json
import pathlib
import queue
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))
import taut_e2e  # noqa: E402

AGENT = "bench"
APPLY = "application/apply-patch+yaml"


class Client(taut_e2e.Kube):
    def connect(self, timeout=600):
        return http.client.HTTPSConnection(self.url.hostname, self.url.port, context=self.tls, timeout=timeout)

    def headers(self, kind="application/json"):
        return {"Authorization": "Bearer " + self.token, "Content-Type": kind, "Accept": "application/json", "User-Agent": AGENT}

    def send(self, requests, connections=8):
        """Sends (method, path, content type, body) over that many connections; the seconds it took. Raises on a refusal."""
        todo, failures = queue.SimpleQueue(), []
        prepared = [(method, path, kind, json.dumps(body)) for method, path, kind, body in requests]
        for request in prepared:
            todo.put(request)

        def work():
            connection = self.connect()
            while not failures:
                try:
                    method, path, kind, body = todo.get_nowait()
                except queue.Empty:
                    break
                connection.request(method, path, body, self.headers(kind))
                answer = connection.getresponse()
                text = answer.read()
                if answer.status >= 300:
                    failures.append(f"{method} {path}: {answer.status} {text[:300]}")
            connection.close()

        start = time.monotonic()
        threads = [threading.Thread(target=work) for _ in range(min(connections, max(1, len(prepared))))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise SystemExit(f"bench: {failures[0]}")
        return time.monotonic() - start


class Watched(threading.Thread):
    """Follows a collection; `judge(object)` is asked of each object seen, and `true` holds the names for which it said yes."""

    def __init__(self, client, path, judge):
        super().__init__(daemon=True)
        self.client, self.path, self.judge = client, path, judge
        self.true, self.seen, self.last = set(), 0, 0.0
        self.changed = threading.Condition()
        self.version = None
        self.begun = threading.Event()
        self.start()
        self.begun.wait(60)

    def take(self, item):
        name = item["metadata"]["name"]
        holds = self.judge(item)
        with self.changed:
            self.seen += 1
            if holds and name not in self.true:
                self.true.add(name)
                self.last = time.monotonic()
            elif not holds:
                self.true.discard(name)
            self.changed.notify_all()

    def run(self):
        listing = self.client.get(self.path)
        for item in listing["items"]:
            self.take(item)
        version = listing["metadata"]["resourceVersion"]
        connection = self.client.connect()
        connection.request("GET", f"{self.path}?watch=true&timeoutSeconds=3600&resourceVersion={version}", headers=self.client.headers())
        answer = connection.getresponse()
        self.begun.set()
        for line in answer:
            event = json.loads(line)
            if event["type"] in ("ADDED", "MODIFIED"):
                self.take(event["object"])

    def expect(self, judge):
        """From now on another question is asked."""
        with self.changed:
            self.judge = judge
            self.true.clear()

    def wait(self, count, seconds):
        """Until that many are true; the time at which the last one became so."""
        end = time.monotonic() + seconds
        with self.changed:
            while len(self.true) < count:
                if not self.changed.wait(max(0.0, end - time.monotonic())):
                    raise SystemExit(f"bench: {len(self.true)} of {count} after {seconds} s")
            return self.last
