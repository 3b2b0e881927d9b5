#!/usr/bin/env python3
"""Phoenix 20.3.0 from PyPI and ours, side by side under the same load.

    peers.py [--build DIR] [--spans N] [--out FILE]

N spans go in over HTTP, then at most 2,000 over gRPC.

Phoenix goes into a virtual environment, DIR/peers/venv, made by any Python
from 3.10 on but 3.11; without one, or without PyPI, that is said and all is
well. It is used as its users use it: over HTTP, gRPC and GraphQL. Ours counts
as stored what it has answered; theirs, what GraphQL counts.
"""
import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "server")]

from measure import (Failed, Measured, Reader, folder_bytes, machine,
                     percentile, run_load, stripped_bytes)
from report import Table, number, numbers, today, write_section

PHOENIX = "arize-phoenix==20.3.0"
OLDEST, UNFIT = (3, 10), (3, 11)
START_S, STORE_S = 180, 600    # the latter and SPAN_S a span
SPAN_S = 0.05
GRPC_SPANS = 2000
CONDITIONS = ("span_kind == 'LLM'", "status_code == 'ERROR'",
              "'tion' in input.value")
FRAME_SPANS = 50_000
POLL_S = 0.25
LOAD = {"connections": 4, "spans_per_request": 512}


# --- the two servers ----------------------------------------------------------

class Ours(Measured):
    patience = 10

    def wait_for(self, spans):
        """An answer says it is stored."""

    def frame(self, python):
        """By libphoenix, from the store."""
        root = HERE.parents[1]
        return take_frame(python, "store", self.store, {
            "LIBPHOENIX": str(self.program.resolve().parent
                              / "libphoenix.so.0"),
            "PYTHONPATH": str(root / "bindings/python")})


class Theirs(Measured):
    patience = START_S

    def __init__(self, build, venv):
        super().__init__(build)
        self.program = venv / "bin" / "phoenix"
        self.sent = 0
        self.environment.update(PHOENIX_TELEMETRY_ENABLED="false",
                                PHOENIX_ALLOW_EXTERNAL_RESOURCES="false")

    def stored(self):
        query = "{projects{edges{node{recordCount}}}}"
        status, _, body = self.request(
            "POST", "/graphql", json.dumps({"query": query}).encode(),
            {"Content-Type": "application/json"})
        if status != 200:
            raise Failed(f"graphql: {status} {body[:100]!r}")
        edges = json.loads(body)["data"]["projects"]["edges"]
        return sum(edge["node"]["recordCount"] for edge in edges)

    def wait_for(self, spans):
        self.sent += spans
        end = time.monotonic() + STORE_S + spans * SPAN_S
        while self.stored() < self.sent:
            if time.monotonic() > end:
                raise Failed(f"{self.stored()} of {self.sent} spans are "
                             f"stored in time")
            time.sleep(POLL_S)

    def settle(self):
        """Nothing is left to do once all is stored."""

    def frame(self, python):
        """By Phoenix's client, from the server."""
        return take_frame(python, "client", f"http://127.0.0.1:{self.port}",
                          {"NO_PROXY": "*"})


def take_frame(python, way, place, more):
    """[seconds, MiB] of a process that gets a project as a DataFrame."""
    done = subprocess.run(
        [python, HERE / "notebook.py", way, place, "bench-0",
         str(FRAME_SPANS)], env={**os.environ, **more}, capture_output=True,
        text=True)
    if done.returncode:
        raise Failed(f"a DataFrame by {way}: {done.stderr.strip()[-200:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return [found["seconds"], found["mib"]]


def load_until_stored(build, server, protocol, spans):
    """(stored spans a second, us of CPU a span, spans)"""
    port = server.grpc_port if protocol == "grpc" else server.port
    before = server.cpu_s()
    result = run_load(build, protocol, port, spans=spans, **LOAD)
    sent, answered = result["spans"], time.monotonic()
    server.wait_for(sent)
    seconds = result["seconds"] + time.monotonic() - answered
    server.settle()
    return sent / seconds, (server.cpu_s() - before) * 1e6 / sent, sent


def read_times(server):
    """Milliseconds of each kind of read."""
    reader = Reader(server.port)
    path = "/v1/projects/bench-0/spans?"
    rows = reader.page(path + "limit=100")[1]
    pages = [reader.get(path + "limit=100")[0] for _ in range(40)]
    large = [reader.get(path + "limit=1000")[0] for _ in range(10)]
    ids = [row["context"]["span_id"] for row in rows[:40]]
    alone = [reader.get(f"{path}span_id={span}")[0] for span in ids]
    reader.close()
    return pages, large, alone


def ask(server, query, limit):
    """(milliseconds, body) of POST /v1/spans, as the JSON of a dataframe."""
    began = time.perf_counter()
    status, _, body = server.request(
        "POST", "/v1/spans?project_name=bench-0",
        json.dumps({"queries": [query], "limit": limit}).encode(),
        {"Content-Type": "application/json", "Accept": "application/json"})
    if status != 200:
        raise Failed(f"POST /v1/spans: {status} {body[:80]!r}")
    return (time.perf_counter() - began) * 1e3, body


def condition_times(server):
    """The newest 100 under each condition, milliseconds at the median."""
    return [percentile([ask(server, {"filter": {"condition": condition}},
                            100)[0] for _ in range(9)], 0.5)
            for condition in CONDITIONS]


def figures_of(build, server, spans, python):
    """{name: values}; python: one with pandas and Phoenix's client."""
    found = {"start": [server.first_answer(get_health, server.patience)]}
    time.sleep(1)
    found["idle"] = [server.memory("VmRSS")]
    empty = server.store.stat().st_size
    rate, cpu, sent = load_until_stored(build, server, "http", spans)
    found["http"], found["cpu"] = [rate], [cpu]
    pages, large, alone = read_times(server)
    found["list"] = [percentile(pages, 0.5), percentile(pages, 0.99)]
    found["list1000"] = [percentile(large, 0.5)]
    found["span"] = [percentile(alone, 0.5)]
    found["peak"] = [server.memory("VmHWM")]
    found["filter"] = condition_times(server)
    found["frame"] = [ask(server, {}, FRAME_SPANS)[0] / 1e3]
    found["framed"] = [server.memory("VmHWM")]
    found["pandas"] = server.frame(python)
    server.stop()
    found["disk"] = [(folded_bytes(server.store) - empty) / sent]
    server.start(server.patience)
    found["grpc"] = [load_until_stored(build, server, "grpc",
                                       min(spans, GRPC_SPANS))[0]]
    return found


def folded_bytes(store):
    """Of a database that nobody uses, its log copied into it."""
    database = sqlite3.connect(store)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return folder_bytes(store.parent)


def get_health(connection):
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
    answer.read()
    return answer.status


# --- getting theirs -----------------------------------------------------------

def python_version(program):
    """(major, minor), or None if it does not run."""
    try:
        run = subprocess.run([program, "--version"], capture_output=True,
                             timeout=30)
    except OSError:
        return None
    found = re.match(rb"Python (\d+)\.(\d+)", run.stdout)
    return found and (int(found[1]), int(found[2]))


def find_python():
    names = [shutil.which(name) for name in (
        "python3.12", "python3.13", "python3.10", "python3.14", "python3")]
    kept = sorted(Path.home().glob(".pyenv/versions/*/bin/python3"),
                  reverse=True)
    for program in [name for name in names if name] + kept:
        version = python_version(program)
        if version and version >= OLDEST and version != UNFIT:
            return program
    raise Failed("no Python here from 3.10 on that is not 3.11")


def install(build):
    """The folder of the virtual environment with Phoenix."""
    venv = (Path(build) / "peers" / "venv").resolve()
    if (venv / "bin" / "phoenix").exists():
        return venv
    python = find_python()
    print(f"installing {PHOENIX} with {python} ...", flush=True)
    venv.parent.mkdir(parents=True, exist_ok=True)
    with open(venv.parent / "pip.log", "wb") as log:
        for words in ([python, "-m", "venv", venv],
                      [venv / "bin" / "pip", "install", PHOENIX]):
            if subprocess.run(words, stdout=log, stderr=log).returncode != 0:
                shutil.rmtree(venv, ignore_errors=True)
                raise Failed(f"{PHOENIX} cannot be installed, see "
                             f"{venv.parent}/pip.log")
    return venv


def tree_bytes(folder):
    return sum(path.lstat().st_size for path in Path(folder).rglob("*"))


# --- the table ----------------------------------------------------------------

ROWS = [
    ("http", "stored spans/s, HTTP, 512 a request, 4 connections"),
    ("grpc", "stored spans/s, gRPC"),
    ("cpu", "CPU, us a span"),
    ("start", "start to first 200, ms"),
    ("idle", "idle memory, MiB"),
    ("peak", "peak memory, MiB"),
    ("list", "GET spans?limit=100, p50 / p99, ms"),
    ("list1000", "GET spans?limit=1000, ms"),
    ("span", "a span by id, ms"),
    ("filter", "POST /v1/spans, newest 100 that are LLM / failed / have a "
     "text, ms"),
    ("frame", "POST /v1/spans, all of a project as a dataframe, s"),
    ("framed", "peak memory by then, MiB"),
    ("pandas", "the same in pandas, their client / libphoenix, s, and MiB of "
     "it"),
    ("disk", "bytes a span on disk, less the empty store"),
    ("installed", "installed, MB"),
]
HIGH_IS_GOOD = ("http", "grpc")


def compare(given, venv):
    found = []
    for server in (Theirs(given.build, venv), Ours(given.build)):
        try:
            found.append(figures_of(given.build, server, given.spans,
                                    venv / "bin/python"))
        finally:
            server.__exit__()
    theirs, ours = found
    theirs["installed"] = [tree_bytes(venv) / 1e6]
    ours["installed"] = [stripped_bytes(
        Path(given.build) / "phoenix-server") / 1e6]
    table = Table(("figure", "Phoenix 20.3.0", "ours", "times better"),
                  [54, 18, 18])
    for key, title in ROWS:
        pairs = zip(theirs[key], ours[key])
        if key in HIGH_IS_GOOD:
            pairs = zip(ours[key], theirs[key])
        table.add(title, numbers(theirs[key]), numbers(ours[key]),
                  numbers([a / b if b else None for a, b in pairs]))
    return table


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--spans", type=int, default=2000)
    parser.add_argument("--out")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    try:
        venv = install(given.build)
        table = compare(given, venv)
    except (Failed, RuntimeError, OSError) as error:
        print(f"bench-peers: {error}")
        return
    where = (f"{machine()}; Phoenix on Python "
             f"{numbers_of_python(venv)}; load of the machine before: "
             f"{number(load)}")
    print(f"\n{where}")
    if given.out:
        write_section(given.out, "make bench-peers", [
            f"{today()}, `make bench-peers PEER_SPANS={given.spans}`.",
            f"{where}. The first {given.spans:,} spans of the load of "
            "`make bench` over HTTP, until all of them are stored: ours when "
            "they are answered, theirs when GraphQL counts them; reads and "
            f"bytes are of these. Then {min(given.spans, GRPC_SPANS):,} over "
            "gRPC. The project asked has an eighth of them.", "",
            *table.markdown()])


def numbers_of_python(venv):
    return ".".join(map(str, python_version(venv / "bin" / "python") or ()))


if __name__ == "__main__":
    main()
