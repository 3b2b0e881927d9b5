"""Answers against the reference's OpenAPI document, which is not part of this
project.

    contract.py DOCUMENT --proxy PORT     passes requests on to a server, and
                                          prints its own port; once its input
                                          ends, what it found, as JSON
    contract.py DOCUMENT FOLDER           answers that tests/server has noted

Of a success the document decides: that there is such a status, the type, the
schema. Errors have the forms that the reference gives them: one sentence as
text, or a list of problems (docs/http.md).
"""
import base64
import http.client
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from jsonschema import Draft202012Validator

MOST = 40  # problems that are told
OTHERWISE = {  # types that the reference has and its document has not
    "/healthz": "text/plain", "/arize_phoenix_version": "text/plain",
    "/v1/experiments/{experiment_id}/json": "application/json"}
# A sender may name a project "", here and in the reference.
TOLD = {"/v1/projects": "'' should be non-empty"}
PROBLEMS = {"type": "object", "required": ["detail"], "properties": {
    "detail": {"type": "array", "minItems": 1, "items": {
        "type": "object", "required": ["type", "loc", "msg"],
        "properties": {"type": {"type": "string"}, "loc": {"type": "array"},
                       "msg": {"type": "string"}}}}}}


class Contract:
    def __init__(self, path):
        self.document = json.loads(Path(path).read_text())
        self.found = {}  # operation: {status: how many}
        self.wrong = []
        self.unknown = 0
        self.lock = threading.Lock()

    def operation(self, method, path):
        """(path as it is in the document, operation)."""
        given, best = path.partition("?")[0].split("/"), (-1, None, None)
        for pattern, methods in self.document["paths"].items():
            wanted = pattern.split("/")
            if len(wanted) != len(given) or method.lower() not in methods:
                continue
            same = [a == b for a, b in zip(wanted, given)]
            if all(ok or a.startswith("{") for ok, a in zip(same, wanted)):
                best = max(best, (sum(same), pattern, methods[method.lower()]),
                           key=lambda found: found[0])
        return best[1:]

    def problem(self, schema, value):
        whole = {**schema, "components": self.document["components"]}
        for error in Draft202012Validator(whole).iter_errors(value):
            place = "/".join(map(str, error.absolute_path))
            return f"{place or 'the body'}: {error.message:.200}"
        return None

    def success(self, pattern, operation, status, kind, body):
        if str(status) not in operation["responses"]:
            return "the document has no such status"
        wanted = operation["responses"][str(status)].get("content", {})
        if not wanted:
            return "there is a body" if body else None
        if kind == OTHERWISE.get(pattern):
            return None
        if kind not in wanted:
            return f"its type is {kind}, the document has {list(wanted)}"
        if kind != "application/json":
            return None
        why = self.problem(wanted[kind].get("schema", {}), json.loads(body))
        return None if why and TOLD.get(pattern, why + "!") in why else why

    def error(self, status, kind, body):
        if kind == "application/json":
            return self.problem(PROBLEMS, json.loads(body)) if status == 422 \
                else "it is JSON"
        if kind != "text/plain" or not body:
            return f"it is no sentence: {kind}, {len(body)} bytes"
        return None

    def check(self, method, path, status, kind, body):
        """Notes one answer."""
        pattern, operation = self.operation(method, path)
        kind = (kind or "").partition(";")[0]
        if operation is None:
            self.unknown += 1
            return
        why = None
        if 200 <= status < 300:
            why = self.success(pattern, operation, status, kind, body)
        elif method != "HEAD":
            why = self.error(status, kind, body)
        with self.lock:
            found = self.found.setdefault(f"{method} {pattern}", {})
            found[status] = found.get(status, 0) + 1
            if why:
                self.wrong.append(f"{method} {path} {status}: {why}")

    def tell(self):
        return {"answers": sum(sum(found.values())
                               for found in self.found.values()),
                "operations": len(self.found), "unknown": self.unknown,
                "wrong": self.wrong[:MOST]}


def proxy(contract, port):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self):
            size = int(self.headers.get("Content-Length") or 0)
            headers = {name: value for name, value in self.headers.items()
                       if name.lower() not in ("host", "accept-encoding",
                                               "connection")}
            server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                server.request(self.command, self.path, self.rfile.read(size),
                               headers)
                answer = server.getresponse()
                body = answer.read()
            finally:
                server.close()
            contract.check(self.command, self.path, answer.status,
                           answer.getheader("Content-Type"), body)
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection",
                                        "content-length"):
                    self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    server.shutdown()


def read_noted(contract, folder):
    for file in sorted(Path(folder).glob("*.jsonl")):
        with file.open() as lines:
            for line in lines:
                method, path, status, kind, body = json.loads(line)
                contract.check(method, path, status, kind,
                               base64.b64decode(body))


def main():
    contract = Contract(sys.argv[1])
    if sys.argv[2] == "--proxy":
        proxy(contract, int(sys.argv[3]))
        print(json.dumps(contract.tell()))
        return 0
    read_noted(contract, sys.argv[2])
    told = contract.tell()
    print("".join(f"{line}\n" for line in told["wrong"]), end="")
    print(f"{told['answers']} answers of {told['operations']} operations; "
          f"{told['unknown']} of none in the document", file=sys.stderr)
    failed = len(contract.wrong)
    print(f"{told['answers'] - failed} passed, {failed} failed")
    return bool(failed)


sys.exit(main())
