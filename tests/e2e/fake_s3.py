"""A small S3 server for tests: one bucket in memory, lists of two keys a page, requests checked by their signature
(AWS Signature Version 4)."""
import hashlib
import hmac
import http.server
import threading
import urllib.parse
from xml.sax.saxutils import escape

REGION = "eu-test-1"


class S3:
    def __init__(self, bucket, access=None, secret=None):
        self.bucket, self.access, self.secret = bucket, access, secret
        self.objects, self.requests = {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words):
                pass

            def do_HEAD(self):
                self.do_GET()

            def do_GET(self):
                outer.answer(self)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def endpoint(self):
        return f"127.0.0.1:{self.server.server_address[1]}"

    def put(self, key, text):
        self.objects[key] = text.encode()

    def etag(self, key):
        return hashlib.md5(self.objects[key]).hexdigest()

    def revision(self, keys):
        lines = "".join(f"{key} {self.etag(key)}\n" for key in sorted(keys))
        return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()

    def answer(self, request):
        path, _, query = request.path.partition("?")
        self.requests.append((request.command, request.path))
        problem = self.problem(request, path, query)
        if problem:
            return self.fail(request, *problem)
        bucket, _, key = urllib.parse.unquote(path).lstrip("/").partition("/")
        if bucket != self.bucket:
            return self.fail(request, 404, "NoSuchBucket", "The specified bucket does not exist")
        if request.command == "HEAD" and not key:
            return self.send(request, 200, b"")
        if not key:
            return self.list(request, dict(urllib.parse.parse_qsl(query, keep_blank_values=True)))
        if key not in self.objects:
            return self.fail(request, 404, "NoSuchKey", "The specified key does not exist.")
        self.send(request, 200, self.objects[key], {"ETag": f'"{self.etag(key)}"'})

    def problem(self, request, path, query):
        if not self.access:
            return None
        given = request.headers.get("Authorization", "")
        if not given:
            return 403, "AccessDenied", "Access Denied."
        date = request.headers["x-amz-date"]
        scope = f"{date[:8]}/{REGION}/s3/aws4_request"
        if f"/{REGION}/" not in given:
            return 400, "AuthorizationHeaderMalformed", "The authorization header is malformed", f"<Region>{REGION}</Region>"
        signed = ["host", "x-amz-content-sha256", "x-amz-date"]
        headers = "".join(f"{name}:{request.headers[name]}\n" for name in signed)
        canonical = "\n".join([request.command, path, "&".join(sorted(query.split("&"))) if query else "", headers, ";".join(signed),
                               request.headers["x-amz-content-sha256"]])
        text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = f"AWS4{self.secret}".encode()
        for step in scope.split("/"):
            key = hmac.new(key, step.encode(), hashlib.sha256).digest()
        wanted = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        if not given.endswith(f"Signature={wanted}") or f"Credential={self.access}/{scope}" not in given:
            return 403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided."
        return None

    def list(self, request, query):
        assert query["list-type"] == "2", query
        keys = sorted(key for key in self.objects if key.startswith(query.get("prefix", "")))
        start = int(query.get("continuation-token", 0))
        page = keys[start:start + 2]
        more = start + 2 < len(keys)
        items = "".join(f"<Contents><Key>{escape(urllib.parse.quote_plus(key))}</Key><ETag>&quot;{self.etag(key)}&quot;</ETag></Contents>" for key in page)
        token = f"<NextContinuationToken>{start + 2}</NextContinuationToken>" if more else ""
        self.send(request, 200, f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
                                f"<IsTruncated>{str(more).lower()}</IsTruncated>{items}{token}</ListBucketResult>".encode())

    def fail(self, request, status, code, message, more=""):
        self.send(request, status, f"<Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>".encode())

    def send(self, request, status, body, headers=None):
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)
