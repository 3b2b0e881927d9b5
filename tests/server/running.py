"""A phoenix-server of a test's own, and how to talk to it.

    with Server("build") as server:
        status, headers, body = server.request("GET", "/v1/projects")

Standard library only. A server runs on free ports and a store in a folder of
its own, which goes away with it; kill() and start() again keep the store.
"""
import atexit
import base64
import gzip
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ASKED = set()  # "METHOD /path" of this program's requests


def note_asked(build):
    """For docs/rest.md, which names the tests of routes."""
    program = Path(sys.argv[0]).resolve()
    folder = build / "asked"
    folder.mkdir(exist_ok=True)
    (folder / f"{program.parent.name}.{program.name}").write_text(
        "".join(f"{line}\n" for line in sorted(ASKED)), errors="replace")


def note_answer(*answer, most=1 << 18):
    """One line of JSON, for tests/clients/contract.py, if ANSWERS names a
    folder; long ones are left out."""
    folder, body = os.environ.get("ANSWERS"), answer[-1]
    if folder and len(body) < most:
        with open(Path(folder) / f"{Path(sys.argv[0]).stem}.jsonl",
                  "a") as file:
            file.write(json.dumps(
                [*answer[:-1], base64.b64encode(body).decode()]) + "\n")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, build, environment=None, folder=None):
        self.program = Path(build).resolve() / "phoenix-server"
        self.own_folder = folder is None
        self.folder = Path(folder or tempfile.mkdtemp(prefix="phoenix-"))
        self.store = self.folder / "phoenix.db"
        self.url = f"sqlite:///{self.store}"
        self.port, self.grpc_port = free_port(), free_port()
        self.environment = {
            **{k: v for k, v in os.environ.items()
               if not k.startswith("PHOENIX_")},
            "PHOENIX_HOST": "127.0.0.1",
            "PHOENIX_PORT": str(self.port),
            "PHOENIX_GRPC_PORT": str(self.grpc_port),
            "PHOENIX_WORKING_DIR": str(self.folder),
            "PHOENIX_SQL_DATABASE_URL": self.url,
            **(environment or {})}
        self.process = None
        atexit.register(self.__exit__)  # whatever a test may throw
        if not ASKED:
            atexit.register(note_asked, Path(build))
            ASKED.add("GET /readyz")

    def start(self, patience=10.0):
        """Starts it; returns the seconds until it answered."""
        began = time.monotonic()
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve"], env=self.environment, stdout=log,
                stderr=log, stdin=subprocess.DEVNULL)
        while time.monotonic() - began < patience:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with status "
                                   f"{self.process.returncode}:\n{self.log()}")
            try:
                if self.request("GET", "/readyz")[0] == 200:
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.005)
        raise RuntimeError(f"the server is not ready after {patience} s:\n"
                           f"{self.log()}")

    def log(self):
        return (self.folder / "log").read_text(errors="replace")[-4000:]

    def stop(self, patience=20.0):
        """Asks it to end; returns its exit status."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode if self.process else None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def run(self, *words):
        """Runs a command of phoenix-server on the store."""
        return subprocess.run([self.program, *words], env=self.environment,
                              capture_output=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def request(self, method, path, body=None, headers=(), chunks=None):
        """(status, headers with lower-case names, body). headers is a dict
        or a list of pairs; chunks lists the sizes of a chunked body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=60)
        ASKED.add(f"{method} {path.partition('?')[0]:.200}")
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            pairs = headers.items() if isinstance(headers, dict) else headers
            for name, value in pairs:
                connection.putheader(name, value)
            if chunks is not None:
                connection.putheader("Transfer-Encoding", "chunked")
            elif body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders()
            send_body(connection, body, chunks)
            answer = connection.getresponse()
            data = answer.read()
            found = {k.lower(): v for k, v in answer.getheaders()}
            if found.get("content-encoding") == "gzip":
                data = gzip.decompress(data)
            note_answer(method, path, answer.status,
                        found.get("content-type"), data)
            return answer.status, found, data
        finally:
            connection.close()

    def get_json(self, path):
        status, _, body = self.request("GET", path)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {body[:200]!r}")
        return json.loads(body)

    def pages(self, path, limit):
        """All rows of a list, through its cursors."""
        rows, cursor = [], None
        while True:
            page = self.get_json(
                path + ("&" if "?" in path else "?") + f"limit={limit}"
                + (f"&cursor={cursor}" if cursor else ""))
            rows += page["data"]
            cursor = page["next_cursor"]
            if not cursor:
                return rows


def send_body(connection, body, chunks):
    if chunks is None:
        if body:
            connection.send(body)
        return
    at = 0
    for size in chunks:
        if size:
            connection.send(b"%x\r\n%s\r\n" % (size, body[at:at + size]))
        at += size
    connection.send(b"0\r\n\r\n")
