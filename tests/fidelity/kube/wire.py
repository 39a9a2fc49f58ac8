"""HTTP to an API server: one connection kept open, and watches read in the background."""
import http.client
import json
import ssl
import threading
import time
import urllib.parse

http.client._MAXHEADERS = 4096  # an answer may carry a Warning header for each unknown field


class Server:
    """Where the API server is and how to sign in; makes connections."""

    def __init__(self, url, token="", timeout=60):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port, self.prefix = parts.hostname, parts.port, parts.path.rstrip("/")
        self.token, self.timeout, self.tls = token, timeout, None
        if parts.scheme == "https":  # a server of this machine that made its own certificate
            self.tls = ssl.create_default_context()
            self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE

    def connect(self):
        if self.tls:
            return http.client.HTTPSConnection(self.host, self.port, timeout=self.timeout, context=self.tls)
        return http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)

    def headers(self, accept=None, content_type=None, more=None):
        headers = {"Accept": accept or "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if content_type:
            headers["Content-Type"] = content_type
        headers.update({k: v for k, v in (more or {}).items() if v is not None})
        return headers


class Answer:
    def __init__(self, response, body):
        self.code, self.headers = response.status, response.headers
        text = body.decode("utf-8", "replace")
        try:
            self.body = json.loads(text)
        except ValueError:
            self.body = text


class Connection:
    """Requests one after another; a connection that the server has closed meanwhile is opened anew."""

    def __init__(self, server):
        self.server, self.http = server, None

    def request(self, method, target, body=None, **headers):
        kept = self.http is not None
        try:
            return self._send(method, target, body, headers)
        except (OSError, http.client.HTTPException):
            self.close()
            if not kept:
                raise
        return self._send(method, target, body, headers)

    def _send(self, method, target, body, headers):
        if self.http is None:
            self.http = self.server.connect()
        self.http.request(method, self.server.prefix + target, body=body, headers=self.server.headers(**headers))
        response = self.http.getresponse()
        return Answer(response, response.read())

    def close(self):
        if self.http:
            self.http.close()
        self.http = None


class Watch:
    """A watch, open from the moment it is made. `code` is the status of its answer."""

    def __init__(self, server, target, accept=None):
        self.http = server.connect()
        self.http.request("GET", server.prefix + target, headers=server.headers(accept=accept))
        self.response = self.http.getresponse()
        self.code = self.response.status
        self.changed, self.waiting, self.ended = threading.Condition(), [], False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for line in iter(self.response.readline, b""):
                if line.strip():
                    self._add(json.loads(line))
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            pass  # the watch was closed, from here or from there
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def _add(self, event):
        with self.changed:
            self.waiting.append(event)
            self.changed.notify_all()

    def take(self, count, timeout, grace):
        """The events so far, once there are `count` or time is up; `grace` seconds are left for surplus ones."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.waiting) >= count or self.ended, timeout)
        time.sleep(grace)
        with self.changed:
            events, self.waiting = self.waiting, []
        return events

    def close(self):
        try:
            if self.http.sock:
                self.http.sock.shutdown(2)
        except OSError:
            pass
