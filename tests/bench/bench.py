#!/usr/bin/env python3
"""The figures of the project, each with what limits it here.

    bench.py [--build DIR] [--spans N] [--big] [--recordings DIR]
             [--out FILE] [FIGURE ...]

One row of FIGURES is one function and one row of the output. A figure takes
servers and stores of its own, in a folder under DIR/bench; those that need a
full store share one, filled by the standard load. With --big that store grows
to 10 M spans in the end; without, what is asked of 10 M is asked of N.

The status is 0 whatever the figures are.
"""
import argparse
import base64
import os
import random
import sys
import time
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "server"),
                str(HERE.parent / "golden")]

import inprocess
import otlp
import recordings
import scans
import wire
from annotations import annotations
from measure import (MIB, Failed, Measured, Others, Reader, folder_bytes,
                     loopback_ms, machine, percentile, run_json, run_load,
                     stripped_bytes)
from report import Table, number, numbers, today, write_section

BIG_SPANS = 10_000_000
GIANT_SPANS = 10_000
PROJECTS = 8
SEARCHED = ("tion", "quixotic")       # common, and in no text of the load
RATE, SINGLE_RATE = 60_000, 8_000     # spans/s to be reached
LATENCY_S = 15
SINGLE_S = 8
STARTS = 7
LOAD = {"connections": 8, "spans_per_request": 512}
SINGLE = {"connections": 64, "spans_per_request": 1}


class Bench:
    """What the figures share; made when the first of them asks."""

    def __init__(self, given):
        self.build, self.recordings = given.build, given.recordings
        self.spans, self.big = given.spans, given.big
        self.full = None      # the server with the full store
        self.stored = 0       # spans in it
        self.fill = {}        # how it was filled
        self.limits = {}
        self.export_peaks = []
        self.chance = random.Random(1)

    def server(self):
        return Measured(self.build)

    def limit(self, spans, requests, commits):
        """The same commits, packed, appended and synced, and no more."""
        key = spans, requests
        if key not in self.limits:
            path = Path(self.build) / "bench" / "limit"
            path.parent.mkdir(parents=True, exist_ok=True)
            self.limits[key] = run_json(Path(self.build) / "limit", path,
                                        spans, requests, commits)
            path.unlink()
        return self.limits[key]

    def log_limit(self):
        return self.limit(512, 8, 120)

    def single_limit(self):
        return self.limit(1, 64, 1000)

    def filled(self):
        """A running server with the full store."""
        if self.full is None:
            self.full = self.server()
            self.full.start()
            self.fill = self.grow(self.spans, giant=GIANT_SPANS)
            self.fill["peak"] = self.full.memory("VmHWM")
            self.fill["bytes"] = folder_bytes(self.full.folder)
        elif self.full.process.poll() is not None:
            self.full.start()
        return self.full

    def grow(self, spans, **options):
        """More of the load; its result, with CPU until compaction is done."""
        result = measured_load(self.full, "http", spans=spans, **LOAD,
                               **options)
        self.stored += result["spans"]
        return result

    def close(self):
        if self.full is not None:
            self.full.__exit__()


def measured_load(server, protocol, **options):
    """A load, and the server's CPU for it until compaction is done."""
    before, others = server.cpu_s(), Others(server)
    port = server.grpc_port if protocol == "grpc" else server.port
    result = run_load(server.program.parent, protocol, port, **options)
    result["others"] = others.cores()
    server.settle()
    result["cpu_us"] = (server.cpu_s() - before) * 1e6 / result["spans"]
    return result


def aside_of(result):
    """What else a load says: CPU, and who else was at work."""
    return (f"CPU {number(result['cpu_us'])} us a span; "
            f"others used {result['others']:.1f} cores")


def three(latency):
    return latency["p50"], latency["p99"], latency["worst"]


# --- taking in ----------------------------------------------------------------
# A figure returns (values, limits, note); limits and note may be None.

def rate(bench):
    bench.filled()
    limit = bench.log_limit()
    return ([bench.fill["spans_per_s"]], [limit["spans_per_s"]],
            f"{bench.fill['spans']:,} spans of "
            f"{bench.fill['span_bytes']:.0f} B; " + aside_of(bench.fill))


def cpu(bench):
    bench.filled()
    return ([bench.fill["cpu_us"]], [bench.log_limit()["pack_us_per_span"]],
            "limit: zstd -1 of the requests alone")


def grpc(bench):
    with bench.server() as server:
        result = measured_load(server, "grpc", spans=bench.spans // 2, **LOAD)
    return ([result["spans_per_s"]], [bench.log_limit()["spans_per_s"]],
            aside_of(result))


def single(bench):
    with bench.server() as server:
        result = measured_load(server, "http", seconds=SINGLE_S, **SINGLE)
    limit = bench.single_limit()
    return ([result["requests_per_s"]], [limit["requests_per_s"]],
            f"sync of 64 spans {number(limit['sync_ms']['p50'])} ms; "
            + aside_of(result))


def at_half(bench, shape, limit, reach):
    """Latency, open loop, at half the rate to be reached, or of what a first
    run reaches here if that is less."""
    with bench.server() as server:
        def run(**options):
            result = run_load(bench.build, "http", server.port, **shape,
                              **options)
            server.settle()
            return result
        full = run(seconds=LATENCY_S / 3)["spans_per_s"]
        others = Others(server)
        result = run(seconds=LATENCY_S, rate=min(full, reach) / 2)
        busy = others.cores()
        note = ""
        if full > reach:
            hard = run(seconds=LATENCY_S / 2, rate=full / 2)
            note = (f"; at {hard['spans_per_s']:,.0f}: "
                    f"{numbers(three(hard['latency_ms']))}")
    return (three(result["latency_ms"]), three(limit["sync_ms"]),
            f"at {result['spans_per_s']:,.0f} spans/s{note}; limit: one sync; "
            f"others used {busy:.1f} cores")


def latency(bench):
    return at_half(bench, LOAD, bench.log_limit(), RATE)


def latency_single(bench):
    return at_half(bench, SINGLE, bench.single_limit(), SINGLE_RATE)


def sessions(bench):
    with bench.server() as server:
        result = measured_load(server, "http", spans=bench.spans // 2,
                               sessions=2048, pool=1 << 17, **LOAD)
        used = folder_bytes(server.folder) / result["spans"]
    return ([result["spans_per_s"]], [bench.log_limit()["spans_per_s"]],
            f"{used:.0f} B a span; " + aside_of(result))


def replayed(bench, count):
    """The recordings, so many sessions of them at once."""
    with bench.server() as server:
        path = server.folder / "requests"
        spans, size = recordings.write_requests(
            recordings_of(bench), path, count, bench.spans // 4)
        result = measured_load(server, "http", requests=path, connections=8)
        used = folder_bytes(server.folder) / spans
    return ([result["spans_per_s"]], None,
            f"{spans:,} spans of {size / spans:.0f} B; {used:.0f} B a span on "
            f"disk; " + aside_of(result))


def replay(bench):
    return replayed(bench, 64)


def replay_many(bench):
    return replayed(bench, 2048)


def recordings_of(bench):
    folder = Path(bench.recordings)
    return folder if folder.is_dir() else HERE.parent / "golden"


def growth(bench):
    """Rates over stretches of the same length, after 100 k and at the end."""
    stretch = max(bench.spans // 2, 50_000)
    with bench.server() as server:
        measured_load(server, "http", spans=100_000, **LOAD)
        first = measured_load(server, "http", spans=stretch, **LOAD)
    bench.filled()
    if bench.big and bench.stored < BIG_SPANS:
        bench.grow(BIG_SPANS - bench.stored)
    at = bench.stored
    last = bench.grow(stretch)
    return ([last["spans_per_s"] / first["spans_per_s"]], None,
            f"{last['spans_per_s']:,.0f} at {at / 1e6:.1f} M, "
            f"{first['spans_per_s']:,.0f} at 0.1 M; CPU "
            f"{number(last['cpu_us'])}, {number(first['cpu_us'])} us a span")


# --- space --------------------------------------------------------------------

def disk(bench):
    bench.filled()
    return ([bench.fill["bytes"] / bench.fill["spans"]],
            [bench.log_limit()["bytes_per_span"]],
            "after the load, log and free pages in it; limit: the requests "
            "under zstd -1")


def disk_stopped(bench):
    server = bench.filled()
    server.stop()
    used = folder_bytes(server.folder)
    return ([used / bench.stored], [bench.log_limit()["bytes_per_span"]],
            f"{bench.stored:,} spans, {used / MIB:.0f} MiB")


def recorded(bench):
    """The worst recording of over 200 spans, less the empty store."""
    with bench.server() as server:
        server.stop()
        empty = folder_bytes(server.folder)
    found = []
    for path in sorted(recordings_of(bench).iterdir()):
        if wire.has_json(path, "request.json"):
            found += bytes_of_recording(bench, path, empty)
    if not found:
        raise Failed(f"no recording of over 200 spans in "
                     f"{recordings_of(bench)}")
    return ([max(found)[0]], None, ", ".join(
        f"{name} {used:.0f} ({spans})" for used, name, spans in sorted(found)))


def bytes_of_recording(bench, path, empty):
    requests = [request for request in wire.read_requests(path)
                if request.is_traces and request.encoding in
                ("identity", "gzip", "deflate", "zlib", "zstd")]
    spans = sum(len(request.span_ids() or ()) for request in requests)
    if spans <= 200:
        return
    with bench.server() as server:
        for request in requests:
            send_recorded(server, request)
        server.stop()
        yield (folder_bytes(server.folder) - empty) / spans, path.name, spans


def send_recorded(server, request):
    """As HTTP with protobuf or JSON, whatever it came by."""
    text = wire.unpack(*request.message())
    kind = "json" if request.is_json else "x-protobuf"
    status = server.request("POST", "/v1/traces", text, {
        "Content-Type": f"application/{kind}"})[0]
    if status != 200:
        raise Failed(f"{request.file}: {status}")


def idle(bench):
    with bench.server() as server:
        server.request("GET", "/healthz")
        time.sleep(1)
        return [server.memory("VmRSS")], None, None


def peak(bench):
    bench.filled()
    return ([bench.fill["peak"]], None,
            f"over {bench.fill['spans']:,} spans under load")


def sizes(bench):
    build = Path(bench.build)
    return ([stripped_bytes(build / "libphoenix.so") / 1e6,
             stripped_bytes(build / "phoenix-server") / 1e6], None, None)


# --- starting -----------------------------------------------------------------

def status_of(method, path, body=None, kind="application/x-protobuf"):
    """A request to ask again and again, until it is answered."""
    def ask(connection):
        headers = {"Content-Type": kind} if body else {}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    return ask


def start(bench):
    times = []
    for _ in range(STARTS):
        server = bench.server()
        times.append(server.first_answer(status_of("GET", "/healthz")))
        server.__exit__()
    return ([percentile(times, 0.5)], None,
            f"an empty store, median of {STARTS}; worst {number(max(times))}")


def forget_pages(server):
    """The store's pages leave the memory of the system, if it will."""
    with open(server.store, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def open_full(bench):
    """First read and first write of the full store, each after a start."""
    read = status_of("GET", "/v1/projects/bench-0/spans?limit=100")
    request = otlp.request([otlp.span(bench.chance.randbytes(16),
                                      bench.chance.randbytes(8))], "bench-0")
    write = status_of("POST", "/v1/traces", request)
    server = bench.filled()
    times = []
    for forget in (False, True):
        for ask in (read, write):
            server.stop()
            if forget:
                forget_pages(server)
            times.append(server.first_answer(ask))
    return (times[:2], None, f"{bench.stored / 1e6:.1f} M stored, from the "
            f"start; {numbers(times[2:])} with the file not in memory")


# --- reading ------------------------------------------------------------------

def spans_path(project, **query):
    words = "&".join(f"{key}={value}" for key, value in query.items())
    return f"/v1/projects/bench-{project}/spans?{words}"


def walk(reader, limit, pages, projects=range(PROJECTS)):
    """Times and mean size of the newest pages of every project."""
    times, sizes = [], []
    for project in projects:
        cursor = None
        for _ in range(pages):
            more = {"cursor": cursor} if cursor else {}
            ms, _, cursor = reader.page(spans_path(project, limit=limit,
                                                   **more))
            times.append(ms)
            sizes.append(reader.size)
            if cursor is None:
                break
    return times, sum(sizes) // len(sizes)


class Work:
    """What the server and others do while it is asked."""

    def __init__(self, server):
        self.server = server
        self.before, self.others = server.cpu_s(), Others(server)

    def aside(self, count, what):
        ms = (self.server.cpu_s() - self.before) * 1e3 / count
        return (f"CPU {number(ms)} ms a {what}; others used "
                f"{self.others.cores():.1f} cores")


def walked(bench, limit, pages):
    server = bench.filled()
    reader = Reader(server.port)
    walk(reader, limit, 1, (0,))
    work = Work(server)
    times, size = walk(reader, limit, pages)
    aside = work.aside(len(times), "page")
    reader.close()
    local = loopback_ms(size, 100)
    return ([percentile(times, 0.5), percentile(times, 0.99)],
            [percentile(local, 0.5), percentile(local, 0.99)],
            f"{len(times)} pages of {size / 1e3:.0f} kB, {bench.stored:,} "
            f"stored; limit: the bytes over a local socket; {aside}")


def list_100(bench):
    return walked(bench, 100, 50)


def list_1000(bench):
    return walked(bench, 1000, 8)


CONDITIONS = {
    "spans": ("span_kind == 'LLM'", "status_code == 'ERROR'",
              "latency_ms > 500", "llm.model_name == 'm3'",
              "name == 'tool.search'", "llm.token_count.total > 1000",
              "'the' in input.value",
              "parent_span is None", "annotations['quality'] is None"),
    "traces": ("num_spans > 4", "error_count > 0", "latency_ms > 500",
               "token_count_total > 1000", "total_cost >= 0",
               "any(s.status_code == 'ERROR' for s in spans)"),
    "sessions": ("num_traces > 1", "num_traces_with_error > 0",
                 "token_count_total > 1000", "total_cost >= 0"),
}


def filtered(bench):
    """The newest 100 that a condition holds for; the slowest condition."""
    reader = Reader(bench.filled().port)
    found = {listed: [] for listed in CONDITIONS}
    work, pages = Work(bench.full), 0
    for listed, conditions in CONDITIONS.items():
        for condition in conditions:
            times = []
            for project in list(range(PROJECTS)) * 3:
                ms, rows, _ = reader.page(
                    f"/v1/projects/bench-{project}/{listed}?limit=100&filter="
                    + quote(condition))
                times.append(ms)
                if not rows:
                    raise Failed(f"nothing has {condition}")
            pages += len(times)
            found[listed].append((percentile(times, 0.5), condition))
    reader.close()
    slowest = "; ".join(f"{listed} {max(of)[1]}"
                        for listed, of in found.items())
    return ([max(of)[0] for of in found.values()], None,
            f"p50 of the slowest of {sum(map(len, CONDITIONS.values()))} "
            f"conditions, {bench.stored:,} stored: {slowest}; "
            + work.aside(pages, "page"))


def giant(bench):
    """All pages of the trace that the load spreads over its first requests."""
    server = bench.filled()
    reader = Reader(server.port)
    traces = reader.page("/v1/projects/bench-0/traces?limit=1&"
                         "session_identifier=session-ffffffffffff")[1]
    times, work = [], Work(server)
    for _ in range(5):
        total, count, cursor = 0.0, 0, None
        while count == 0 or cursor:
            more = {"cursor": cursor} if cursor else {}
            ms, rows, cursor = reader.page(spans_path(
                0, trace_id=traces[0]["trace_id"], limit=1000, **more))
            total, count = total + ms, count + len(rows)
        times.append(total)
    reader.close()
    return ([percentile(times, 0.5)], None, f"{count:,} spans in the trace; "
            + work.aside(len(times), "trace"))


def one_span(bench):
    """Spans from anywhere in the store, by id."""
    reader = Reader(bench.filled().port)
    times = []
    while len(times) < 300:
        row = bench.chance.randrange(1, bench.stored)
        cursor = base64.b64encode(b"Span:%d" % row).decode()
        project = bench.chance.randrange(PROJECTS)
        rows = reader.page(spans_path(project, limit=1, cursor=cursor))[1]
        if not rows:
            continue
        ms, found, _ = reader.page(spans_path(
            project, span_id=rows[0]["context"]["span_id"]))
        if len(found) != 1:
            raise Failed(f"{len(found)} spans of one id")
        times.append(ms)
    alone = [reader.get("/healthz")[0] for _ in range(300)]
    reader.close()
    return ([percentile(times, 0.5)], [percentile(alone, 0.5)],
            f"p99 {number(percentile(times, 0.99))} ms; limit: GET /healthz")


# --- searches -------------------------------------------------------------------

def search(bench):
    """Of all projects, by the library."""
    server = bench.filled()
    common, absent = [run_json(Path(bench.build) / "search", server.store,
                               word) for word in SEARCHED]
    return ([common["page_ms"], absent["page_ms"]], None,
            f"'{SEARCHED[0]}' and a word that no span has, {bench.stored:,} "
            f"stored; CPU {numbers((common['cpu_ms'], absent['cpu_ms']))} ms; "
            f"the latter by one thread and by two "
            f"{numbers(absent['all_ms'])} ms")


def search_rest(bench):
    server = bench.filled()
    reader = Reader(server.port)
    times = []
    for word in SEARCHED:
        work = Work(server)
        took = [reader.page(spans_path(project, search=word))[0]
                for project in range(PROJECTS) for _ in range(3)]
        times.append(percentile(took, 0.5))
    aside = work.aside(len(took), "page of the latter")
    reader.close()
    return (times, None, f"{bench.stored:,} stored in {PROJECTS} projects; "
            + aside)


# --- taking away -------------------------------------------------------------

def deleting(bench):
    """Traces that were listed, one by one; the sweep is the compactor's."""
    server = bench.filled()
    reader = Reader(server.port)
    traces = [row["id"] for project in range(PROJECTS) for row in
              reader.page(f"/v1/projects/bench-{project}/traces?limit=5")[1]]
    took = []
    for trace in traces:
        began = time.monotonic()
        if server.request("DELETE", f"/v1/traces/{trace}")[0] != 204:
            raise Failed("a trace was not deleted")
        took.append((time.monotonic() - began) * 1e3)
    first = took.pop(0)
    reader.close()
    sync = bench.log_limit()["sync_ms"]
    return ([percentile(took, 0.5), max(took)], [sync["p50"], sync["worst"]],
            f"{len(took)} traces; the first after a start waits for what "
            f"writing needs: {number(first)} ms; limit: one sync")


def retention(bench):
    """On the full store without its server."""
    server = bench.filled()
    server.stop()
    result = run_json(Path(bench.build) / "retain", server.store, 10)
    before, during = result["before_ms"], result["deleting_ms"]
    return ([result["seconds"], during["worst"]], None,
            f"before it {number(before['worst'])} ms; "
            f"{result['spans']:,} spans of {result['traces']:,} traces; "
            f"longest slice {number(result['slice_ms']['worst'])} ms; sweep "
            f"and pages back {number(result['compact_s'])} s more, commits "
            f"{number(result['compacting_ms']['worst'])} ms at worst, "
            f"{(result['bytes_before'] - result['bytes_after']) / MIB:.0f} MiB "
            "given back")


# --- the table ----------------------------------------------------------------

LEAST, MOST = 1, -1
M = 1_000_000

# name, what it is, unit, function, reach, which way, spans it is asked at
FIGURES = [
    ("rate", "durable spans/s, HTTP, 512 a request, 8 connections",
     "spans/s", rate, [RATE], LEAST, 0),
    ("cpu", "CPU of the server for these, compaction included", "us/span",
     cpu, [22], MOST, 0),
    ("peak", "peak memory at 1 M under load", "MiB", peak, [200], MOST, M),
    ("disk", "bytes a span on disk, all in", "B", disk, [240], MOST, M),
    ("list", "GET spans?limit=100 at 1 M, p50 / p99", "ms", list_100,
     [5, 15], MOST, M),
    ("list1000", "GET spans?limit=1000 at 1 M, p50 / p99", "ms", list_1000,
     [30], MOST, M),
    ("filter", "GET spans / traces / sessions?limit=100&filter= at 1 M", "ms",
     filtered, [8, 8, 8], MOST, M),
    ("trace", "a trace of 10,000 spans, all pages", "ms", giant, [250], MOST,
     M),
    ("span", "a span by id", "ms", one_span, [3], MOST, M),
    ("group", "SQL, GROUP BY a column / an attribute / attr(), 1 M", "s",
     scans.grouped, [0.5, 0.5, 0.5], MOST, M),
    ("rare", "SQL, a rare value of an attribute, 1 M: pushed / by rows", "ms",
     scans.rare, [10, 40], MOST, M),
    ("scan", "SQL, spans tested by one attribute, a core", "spans/s",
     scans.scanned, [20_000_000], LEAST, M),
    ("rollup", "roll-up with exact quantiles, 1 M, a core", "spans/s",
     scans.rolled_up, [5_000_000], LEAST, M),
    ("import", "import libphoenix", "ms", inprocess.imported, [40], MOST, 0),
    ("call", "a call from Python, bare / of a store", "ns / us",
     inprocess.called, None, MOST, 0),
    ("capture", "capture() of a Python test / with a span and an expectation",
     "ms", inprocess.captured, [1, 5], MOST, 0),
    ("exporter", "a span exported by Python: CPU; its share of OTLP/HTTP's time",
     "us / of 1", inprocess.exported, [60, 0.1], MOST, 0),
    ("node", "a span exported by Node: CPU; its share of OTLP/HTTP's time; read",
     "us / of 1 / us", inprocess.exported_by_node, None, MOST, 0),
    ("pandas", "100,000 spans to a DataFrame of pandas; peak of the process",
     "s / MiB", inprocess.framed, [0.5, None], MOST, 100_000),
    ("export", "export as Arrow / JSON lines / Parquet, a core", "spans/s",
     scans.exported, [400_000, 150_000, 150_000], LEAST, M),
    ("exportpeak", "memory of these", "MiB", scans.export_peak, [64, 64, 64],
     MOST, M),
    ("frame", "a dataframe of 50,000 spans: CPU s of Arrow / JSON; MiB", "",
     scans.framed, [1, 1, 64], MOST, M),
    ("search", "first page of a common / an absent word, 1 M, all projects",
     "ms", search, [30, 800], MOST, M),
    ("searchrest", "GET spans?search=, a common / an absent word, a project",
     "ms", search_rest, [30, 800], MOST, M),
    ("growth", "rate at 10 M stored over rate at 100 k", "", growth, [0.95],
     LEAST, BIG_SPANS),
    ("filter10", "the same at 10 M", "ms", filtered, [8, 8, 8], MOST,
     BIG_SPANS),
    ("open", "start to first read / first write, 10 M stored", "ms",
     open_full, [100, 1000], MOST, BIG_SPANS),
    ("group10", "the same GROUP BY, 10 M", "s", scans.grouped, [5, 5, 5],
     MOST, BIG_SPANS),
    ("rollup10", "the same roll-up, 10 M", "spans/s", scans.rolled_up,
     [5_000_000], LEAST, BIG_SPANS),
    ("rare10", "the same rare value, 10 M", "ms", scans.rare, [100, 400],
     MOST, BIG_SPANS),
    ("search10", "first page of a common / an absent word, 10 M, all projects",
     "ms", search, None, MOST, BIG_SPANS),
    ("stopped", "bytes a span on disk after the server's end", "B",
     disk_stopped, [240], MOST, M),
    ("grpc", "durable spans/s, gRPC, 512 a request, 8 connections",
     "spans/s", grpc, [50_000], LEAST, 0),
    ("single", "requests/s of 1 span, 64 connections", "requests/s", single,
     [SINGLE_RATE], LEAST, 0),
    ("latency", "latency at 30,000 spans/s, 512 a request,"
     " p50 / p99 / worst", "ms",
     latency, [10, 60, 250], MOST, 0),
    ("latency1", "latency at 4,000 requests/s of 1, p50 / p99 / worst", "ms",
     latency_single, [10, 60, 250], MOST, 0),
    ("sessions", "durable spans/s, 2,048 sessions at once", "spans/s",
     sessions, None, LEAST, 0),
    ("replay", "durable spans/s, recordings, 64 sessions at once", "spans/s",
     replay, None, LEAST, 0),
    ("replay2048", "durable spans/s, recordings, 2,048 sessions at once",
     "spans/s", replay_many, None, LEAST, 0),
    ("recordings", "bytes a span, recordings over 200 spans, the worst", "B",
     recorded, [350], MOST, 0),
    ("idle", "idle memory", "MiB", idle, [12], MOST, 0),
    ("start", "start to first 200", "ms", start, [30], MOST, 0),
    ("delete", "delete a trace, p50 / worst", "ms", deleting, [50, 50], MOST,
     M),
    ("retention", "retention of 10 %: all of it s / worst commit ms", "",
     retention, [2, 50], MOST, BIG_SPANS),
    ("annotations", "10,000 annotations: new / replaced / queued", "s",
     annotations, [1, 1, 1], MOST, 0),
    ("size", "stripped libphoenix.so / phoenix-server", "MB", sizes,
     [1.2, 2], MOST, 0),
]


def verdict(bench, values, figure):
    """In brackets where the store was smaller than the figure asks for."""
    reach, way, at = figure[4:]
    if reach is None:
        return ""
    reached = values and all(wanted is None or value * way >= wanted * way
                             for value, wanted in zip(values, reach))
    word = "ok" if reached else "MISSED"
    return f"({word})" if values and bench.stored < at else word


def take(bench, figure):
    """The cells of a figure's row."""
    title, unit, function, reach = figure[1:5]
    try:
        values, limits, note = function(bench)
    except (Failed, OSError, RuntimeError, ValueError, LookupError) as error:
        values, limits, note = None, None, f"failed: {error}"[:160]
    ratios = [value / limit for value, limit in zip(values, limits)] \
        if limits and values else None
    shown = numbers(values) + (f" {unit}" if unit else "")
    return (title, shown, numbers(limits), numbers(ratios), numbers(reach),
            verdict(bench, values, figure), note or "")


def read_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--spans", type=int, default=1_000_000)
    parser.add_argument("--big", action="store_true")
    parser.add_argument("--recordings", default="../shared/data/otlp")
    parser.add_argument("--out")
    parser.add_argument("figures", nargs="*", metavar="FIGURE")
    given = parser.parse_args()
    unknown = set(given.figures) - {figure[0] for figure in FIGURES}
    if unknown:
        parser.error(f"no figure {', '.join(sorted(unknown))}; there are "
                     + " ".join(figure[0] for figure in FIGURES))
    return given


def command_of(given):
    words = ["make bench"]
    if given.figures:
        words.append(f"BENCH=\"{' '.join(given.figures)}\"")
    return " ".join(words + [f"SPANS={given.spans}", f"BIG={given.big:d}"])


def main():
    given = read_arguments()
    load, began = os.getloadavg()[0], time.monotonic()
    bench = Bench(given)
    table = Table(("figure", "measured", "limit here", "ratio", "reach", "",
                   "note"), [59, 23, 20, 19, 17, 8])
    try:
        for figure in FIGURES:
            if not given.figures or figure[0] in given.figures:
                table.add(*take(bench, figure))
    finally:
        bench.close()
    sync = bench.log_limit()["sync_ms"]
    words = [row[5].strip("()") for row in table.rows]
    where = (f"{machine()}; write and fdatasync of "
             f"{bench.log_limit()['bytes_per_span'] * 4096 / MIB:.1f} MiB: p50 "
             f"{number(sync['p50'])}, p99 {number(sync['p99'])} ms; load of "
             f"the machine before: {load:.1f}")
    print(f"\n{words.count('ok')} reached, {words.count('MISSED')} "
          f"missed, in {time.monotonic() - began:.0f} s\n{where}")
    if given.out:
        write_section(given.out, "make bench", [
            f"{today()}, `{command_of(given)}`, "
            f"{time.monotonic() - began:.0f} s.", f"{where}.", "",
            *table.markdown()])


if __name__ == "__main__":
    main()
