#!/usr/bin/env python3
"""Sends recordings to a server of ours and compares what it makes of them.

    replay.py [--build DIR] FOLDER [NAME...]

FOLDER holds recordings (see tests/golden/README.md). Each goes into a fresh
server twice: as it was recorded, then by the other protocol. What comes out
must be what expected.json says, span by span; every span that was sent must
be there, also where the reference dropped it or refused the request. Logs and
metrics, which the reference has no route for, are sent after that: they may
only add to the spans.

One line a failure, one for what cannot be tried and why, and at the end
"N passed, N failed", where a recording by one protocol is one test.
"""
import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "server"),
                str(HERE.parent / "vectors")]

import grpc_client
import wire
from compare import differences
from running import Server

HOP_HEADERS = {"host", "connection", "content-length", "transfer-encoding",
               "expect"}
REFUSED = {"snappy", "x-snappy-framed", "lz4"}   # as the reference does
WE_MAY_TAKE = {"zlib"}                           # a superset is allowed
BEYOND = {"/v1/logs", "/v1/metrics"}             # 405 there


class Skip(Exception):
    pass


# --- sending -----------------------------------------------------------------

def send_http(server, request):
    headers = [(k, v) for k, v in request.headers
               if k.lower() not in HOP_HEADERS]
    status, found, _ = server.request(request.method, request.path,
                                      request.body, headers, request.chunks)
    return status, found.get("content-type"), None


def send_grpc(server, request):
    pairs = [(":method", request.method), (":scheme", "http"),
             (":path", request.path),
             (":authority", f"127.0.0.1:{server.grpc_port}")]
    pairs += [(k, v) for k, v in request.headers if not k.startswith(":")]
    return grpc_status(grpc_client.call(server.grpc_port, pairs,
                                        request.body))


def grpc_status(answer):
    found = answer["headers"]
    return (int(found.get(":status", 0)), found.get("content-type"),
            found.get("grpc-status"))


def send_as_recorded(server, request):
    return (send_grpc if request.is_grpc else send_http)(server, request)


def send_the_other_way(server, request):
    if request.is_json:
        raise Skip("OTLP/JSON has no gRPC form")
    encoding, message = request.message()
    if request.is_grpc:
        headers = {"Content-Type": "application/x-protobuf"}
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
        status, found, _ = server.request("POST", "/v1/traces", message,
                                          headers)
        return status, found.get("content-type"), None
    if not request.is_traces:
        return send_http(server, request)
    if encoding in ("deflate", "zlib"):
        encoding, message = "identity", wire.unpack(encoding, message)
    return grpc_status(grpc_client.export(
        server.grpc_port, message,
        None if encoding == "identity" else encoding))


# --- comparing ---------------------------------------------------------------

def wanted_answer(request, recorded, by_grpc):
    """(HTTP status, gRPC status) that a request must get; None for any."""
    if request.path in BEYOND:
        return 200, None
    if not request.is_traces:
        return recorded["status"], None
    if request.encoding in REFUSED:
        return (200, "12") if by_grpc else (415, None)
    return (200, "0") if by_grpc else (200, None)


def check_answer(request, recorded, answer, as_recorded):
    by_grpc = request.is_grpc == as_recorded and request.is_traces
    status, kind, grpc = answer
    if request.encoding in WE_MAY_TAKE and status == recorded["status"]:
        return
    wanted_status, wanted_grpc = wanted_answer(request, recorded, by_grpc)
    yield from differences(wanted_status, status, f"{request.file} status")
    yield from differences(wanted_grpc, grpc, f"{request.file} grpc-status")
    if as_recorded and recorded["status"] == status \
            and recorded["headers"].get("grpc-status") == grpc:
        yield from differences(recorded["headers"].get("content-type"), kind,
                               f"{request.file} content type")


def bare(row):
    """A row without the numbers that follow the order of the queue."""
    if isinstance(row, dict):
        return {key: bare(value) for key, value in row.items()
                if key not in ("id", "project_id")}
    return [bare(item) for item in row] if isinstance(row, list) else row


def rows_of(rows):
    """The rows of a list; none if the list itself failed there."""
    return rows if isinstance(rows, list) else []


def read_back(server):
    found = {}
    for project in server.pages("/v1/projects", 100):
        path = f"/v1/projects/{project['id']}"
        found[project["name"]] = {
            "description": project["description"],
            **{kind: server.pages(f"{path}/{kind}", 1000)
               for kind in ("spans", "traces", "sessions")}}
    return found


def without_extra_events(wanted, found):
    """The reference keeps four attributes of an exception; we keep all."""
    for event, ours in zip(wanted["events"], found["events"]):
        if event["name"] == "exception":
            ours["attributes"] = {
                key: value for key, value in ours["attributes"].items()
                if key in event["attributes"]
                or key.startswith("exception.")}
    return found


def compare_project(name, wanted, found):
    spans = {row["context"]["span_id"]: bare(row) for row in found["spans"]}
    theirs = {row["context"]["span_id"]: bare(row)
              for row in rows_of(wanted["spans"])}
    for span_id, row in theirs.items():
        if span_id not in spans:
            yield f"{name}: span {span_id} is missing"
            continue
        ours = without_extra_events(row, spans[span_id])
        yield from differences(row, ours, f"{name} span {span_id}")
    # Totals of a trace differ where it has spans that the reference dropped.
    fuller = {row["context"]["trace_id"] for key, row in spans.items()
              if key not in theirs}
    traces = {row["trace_id"]: bare(row) for row in found["traces"]}
    for row in rows_of(wanted["traces"]):
        trace_id = row["trace_id"]
        if trace_id not in traces:
            yield f"{name}: trace {trace_id} is missing"
        elif trace_id not in fuller:
            yield from differences(bare(row), traces[trace_id],
                                   f"{name} trace {trace_id}")
    yield from compare_sessions(name, wanted, found, fuller)


def compare_sessions(name, wanted, found, fuller):
    sessions = {row["session_id"]: sorted_session(row)
                for row in found["sessions"]}
    for row in rows_of(wanted["sessions"]):
        session_id = row["session_id"]
        if session_id not in sessions:
            yield f"{name}: session {session_id} is missing"
        elif not fuller & {t["trace_id"] for t in row["traces"]}:
            yield from differences(sorted_session(row), sessions[session_id],
                                   f"{name} session {session_id}")


def sorted_session(row):
    row = bare(row)
    row["traces"].sort(key=lambda trace: trace["trace_id"])
    return row


def compare(folder, requests, answers, server):
    expected = wire.read_json(folder, "expected.json")
    found = read_back(server)
    for name, wanted in expected["by_project"].items():
        if name not in found:
            yield f"project '{name}' is missing"
        else:
            yield from compare_project(name, wanted, found[name])
    sent = set()
    for request, (status, _, grpc) in zip(requests, answers):
        if request.is_traces and status == 200 and grpc in (None, "0"):
            sent.update(request.span_ids() or ())
    stored = {row["context"]["span_id"] for project in found.values()
              for row in project["spans"]}
    for span_id in sorted(sent - stored - {""}):
        yield f"span {span_id} was acknowledged and is not there"
    for span_id in sorted(stored - sent):
        yield f"span {span_id} is there and was never acknowledged"


def lost(folder, server):
    """What a recorded span had before the log records came and has no more."""
    expected = wire.read_json(folder, "expected.json")
    found = read_back(server)
    for name, wanted in expected["by_project"].items():
        spans = {row["context"]["span_id"]: row
                 for row in found[name]["spans"]}
        for row in rows_of(wanted["spans"]):
            span_id = row["context"]["span_id"]
            ours = spans[span_id]["attributes"]
            kept = {key: ours.get(key) for key in row["attributes"]}
            yield from differences(row["attributes"], kept,
                                   f"{name} span {span_id} after the logs")


# --- running -----------------------------------------------------------------

def replay(build, folder, as_recorded):
    """Lines of what is wrong."""
    requests = wire.read_requests(folder)
    recorded = {answer["file"].replace(".stored.gz", ""): answer for answer
                in wire.read_json(folder, "expected.json")["answers"]}
    send = send_as_recorded if as_recorded else send_the_other_way
    spans = [request for request in requests if request.path not in BEYOND]
    others = [request for request in requests if request.path in BEYOND]
    with Server(build) as server:
        answers = [send(server, request) for request in spans]
        for request, answer in zip(spans, answers):
            yield from check_answer(request, recorded[request.file], answer,
                                    as_recorded)
        yield from compare(folder, spans, answers, server)
        for request in others:
            yield from check_answer(request, recorded[request.file],
                                    send(server, request), as_recorded)
        if others:
            yield from lost(folder, server)
        status = server.stop()
        if status != 0:
            yield f"the server ended with status {status}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if not options.folder.is_dir():
        print(f"{options.folder} is not here; name a folder of recordings "
              "with RECORDINGS=DIR")
        print("0 passed, 0 failed")
        return 0
    passed, failed = 0, 0
    for folder in sorted(options.folder.iterdir()):
        if not wire.has_json(folder, "expected.json") or (
                options.names and folder.name not in options.names):
            continue
        for as_recorded in (True, False):
            way = "as recorded" if as_recorded else "the other way"
            try:
                wrong = list(replay(options.build, folder, as_recorded))
            except Skip as reason:
                print(f"{folder.name}, {way}: not tried: {reason}")
                continue
            except Exception as error:  # one must not hide the others
                wrong = [f"{type(error).__name__}: {error}"]
            passed, failed = passed + (not wrong), failed + bool(wrong)
            for line in wrong[:5]:
                print(f"{folder.name}, {way}: {line}")
            if wrong[5:]:
                print(f"{folder.name}, {way}: and {len(wrong) - 5} more")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
