"""grpcurl: single calls by a person's hand, and what it says of refusals."""
import base64
import json
import subprocess

import known
from known import Wrong, equal
from sender import Server, grpc_address
from toolchains import HERE

NAME = "grpcurl"
PACKAGE = "github.com/fullstorydev/grpcurl/cmd/grpcurl"
SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"
CASES = [("Export",), ("a span without an id",), ("a method that is not",),
         ("no reflection",), ("a bad message",)]
TRACE = base64.b64encode(bytes(range(1, 17))).decode()
SPAN = base64.b64encode(bytes(range(1, 9))).decode()


def prepare(tools):
    tools.go_program(PACKAGE)
    return tools.go_version("github.com/fullstorydev/grpcurl")


def call(tools, server, method, request, proto=HERE / "trace.proto"):
    """(exit status, output, complaint); the status is 64 more than gRPC's."""
    done = subprocess.run(
        [tools.go_program(PACKAGE), "-plaintext", "-max-time", "20",
         "-import-path", proto.parent, "-proto", proto.name, "-d",
         json.dumps(request), grpc_address(server), f"{SERVICE}/{method}"],
        env=tools.sending, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def request(*spans):
    return {"resourceSpans": [{
        "resource": {"attributes": [{
            "key": "openinference.project.name",
            "value": {"stringValue": known.PROJECT}}]},
        "scopeSpans": [{"spans": list(spans)}]}]}


def span(**more):
    return {"traceId": TRACE, "spanId": SPAN, "name": "by hand",
            "startTimeUnixNano": "1772359200000000000",
            "endTimeUnixNano": "1772359201000000000",
            "attributes": [{"key": "n", "value": {"intValue": "7"}}], **more}


def export(tools, server):
    status, said, complaint = call(tools, server, "Export", request(span()))
    equal((status, json.loads(said or "0")), (0, {}), complaint or "Export")
    row = known.wait_for(server, 1)[bytes(range(1, 9)).hex()]
    equal((row["name"], row["attributes"], row["start_time"]),
          ("by hand", {"n": 7}, "2026-03-01T10:00:00+00:00"), "the span")
    return "OK, and the span is there"


def export_partly(tools, server):
    status, said, complaint = call(tools, server, "Export",
                                   request(span(spanId=""), span()))
    equal(status, 0, f"the status ({complaint})")
    found = json.loads(said)["partialSuccess"]
    equal(found["rejectedSpans"], "1", "rejectedSpans")
    if not found["errorMessage"]:
        raise Wrong("no errorMessage")
    known.wait_for(server, 1)
    return f"partial success, \"{found['errorMessage']}\""


def call_nothing(tools, server):
    status, _, complaint = call(tools, server, "Import", request())
    if status != 64 + 12 or "Unimplemented" not in complaint:
        raise Wrong(f"status {status}: {complaint}")
    return "Unimplemented"


def ask_for_services(tools, server):
    done = subprocess.run(
        [tools.go_program(PACKAGE), "-plaintext", "-max-time", "20",
         grpc_address(server), "list"],
        env=tools.sending, capture_output=True, text=True, timeout=60)
    if not done.returncode or "does not support the reflection API" \
            not in done.stderr:
        raise Wrong(f"status {done.returncode}: {done.stderr}")
    return "told that there is none"


def export_rubbish(tools, server):
    """Bytes where the message has a span: field 1 of another shape."""
    proto = server.folder / "rubbish.proto"
    proto.write_text(
        'syntax = "proto3";\npackage opentelemetry.proto.collector.trace.v1;\n'
        "service TraceService { rpc Export(Rubbish) returns (Rubbish); }\n"
        "message Rubbish { bytes rubbish = 1; }\n")
    status, _, complaint = call(
        tools, server, "Export",
        {"rubbish": base64.b64encode(b"\xff" * 9).decode()}, proto)
    if status != 64 + 3 or "InvalidArgument" not in complaint:
        raise Wrong(f"status {status}: {complaint}")
    return "InvalidArgument"


DEEDS = dict(zip([case[0] for case in CASES],
                 [export, export_partly, call_nothing, ask_for_services,
                  export_rubbish]))


def send(tools, build, what):
    with Server(build) as server:
        return DEEDS[what](tools, server)
