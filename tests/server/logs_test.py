#!/usr/bin/env python3
"""OTLP logs and metrics over HTTP and gRPC: whichever of a span and its
records comes first, the span shows them."""
import gzip
import json
import struct
import sys
import zlib
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
import grpc_client as grpc
import otlp
from cases import equal, true
from running import Server

PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json"}
LOGS = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
METRICS = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
TRACE, SPAN = b"t" * 16, b"s" * 8


def content(text):
    """An AnyValue, {"content": text}."""
    pair = otlp.field(1, b"content") + otlp.field(2, otlp.text(text))
    return otlp.field(6, otlp.field(1, pair))


def record(event, body, time=1772359200 * 10 ** 9, trace=TRACE, span=SPAN):
    return otlp.field(2, otlp.fixed(1, time) + otlp.field(5, body)
                      + otlp.field(9, trace) + otlp.field(10, span)
                      + otlp.field(12, event.encode()))


def logs(*records):
    return otlp.field(1, otlp.field(2, b"".join(records)))


def span_request():
    return otlp.request([otlp.span(TRACE, SPAN)])


QUESTION = logs(record("gen_ai.user.message", content("why?")))
POINTS = otlp.field(1, otlp.field(2, otlp.field(2, otlp.field(
    5, otlp.field(1, b"") + otlp.field(1, b"")))))


def post(server, path, body, headers=PROTOBUF):
    return server.request("POST", path, body, headers)


def export(server, method, body):
    answer = grpc.call(server.grpc_port,
                       [(":method", "POST"), (":scheme", "http"),
                        (":path", method),
                        (":authority", f"127.0.0.1:{server.grpc_port}"),
                        ("content-type", "application/grpc"),
                        ("te", "trailers")],
                       struct.pack(">BI", 0, len(body)) + body)
    return answer["headers"].get("grpc-status"), answer["data"][5:]


def metric(server, name):
    text = server.request("GET", "/metrics")[2].decode()
    for line in text.splitlines():
        if line.startswith(name + " "):
            return int(line.split()[1])
    raise AssertionError(f"no metric {name}")


def check_span(server, events=1):
    rows = server.pages("/v1/projects/default/spans", 100)
    equal(len(rows), 1, "spans")
    equal(rows[0]["attributes"].get("llm.input_messages.0.message.content"),
          "why?", "message")
    equal(rows[0]["attributes"].get("llm.input_messages.0.message.role"),
          "user", "role")
    equal([event["name"] for event in rows[0]["events"]],
          ["gen_ai.user.message"] * events, "events")


def send_http(server, what):
    path = "/v1/traces" if what == "span" else "/v1/logs"
    body = span_request() if what == "span" else QUESTION
    status, headers, answer = post(server, path, body)
    equal((status, answer), (200, b""), what)
    equal(headers["content-type"], "application/x-protobuf", "type")


def send_grpc(server, what):
    method = grpc.EXPORT if what == "span" else LOGS
    body = span_request() if what == "span" else QUESTION
    equal(export(server, method, body), ("0", b""), what)


def test_either_order_over_both(build):
    for send in (send_http, send_grpc):
        for order in (("span", "log"), ("log", "span")):
            with Server(build) as server:
                for what in order:
                    send(server, what)
                    send(server, what)  # a retry
                check_span(server)
                equal(metric(server, "phoenix_log_records_accepted_total"), 1,
                      "accepted")
                equal(metric(server, "phoenix_log_records_duplicate_total"), 1,
                      "duplicate")


def test_a_record_waits_across_a_restart(build):
    for kill in (False, True):
        with Server(build) as server:
            send_http(server, "log")
            if kill:
                server.kill()
            else:
                server.stop()
            server.start()
            send_grpc(server, "span")
            check_span(server)
            server.stop()
            equal(server.run("verify").returncode, 0, "verify")
            server.start()
            check_span(server)


def test_logs_as_json_and_packed(build):
    text = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [{
        "traceId": TRACE.hex(), "spanId": SPAN.hex(),
        "eventName": "gen_ai.user.message",
        "timeUnixNano": str(1772359200 * 10 ** 9),
        "body": {"kvlistValue": {"values": [
            {"key": "content", "value": {"stringValue": "why?"}}]}},
    }]}]}]}).encode()
    with Server(build) as server:
        send_http(server, "span")
        for body, headers in (
                (text, JSON),
                (gzip.compress(text), {**JSON, "Content-Encoding": "gzip"}),
                (zlib.compress(text), {**JSON, "Content-Encoding": "deflate"}),
                (gzip.compress(QUESTION),
                 {**PROTOBUF, "Content-Encoding": "gzip"})):
            status, found, answer = post(server, "/v1/logs", body, headers)
            equal(status, 200, headers)
            equal(found["content-type"], headers["Content-Type"], headers)
            equal(answer, b"{}" if headers["Content-Type"] ==
                  JSON["Content-Type"] else b"", headers)
        check_span(server)


def test_records_without_a_span_are_kept(build):
    with Server(build) as server:
        for trace, span in ((b"", b""), (b"\0" * 16, b"\0" * 8)):
            body = logs(record("loose", content("x"), trace=trace, span=span))
            equal(post(server, "/v1/logs", body)[0], 200, "loose")
        equal(metric(server, "phoenix_log_records_accepted_total"), 2,
              "accepted")
        equal(server.pages("/v1/projects/default/spans", 100), [], "spans")


def test_bad_requests_are_refused(build):
    deep = logs(record("deep", otlp.nested(300)),
                record("gen_ai.user.message", content("why?")))
    bomb = gzip.compress(b"\0" * (80 << 20))
    with Server(build) as server:
        equal(post(server, "/v1/logs", b"\xff")[0], 422, "no protobuf")
        name = logs(otlp.field(2, otlp.field(12, b"\xff")))
        equal(post(server, "/v1/logs", name)[0], 422, "not UTF-8")
        equal(post(server, "/v1/logs", b"[", JSON)[0], 422, "no JSON")
        equal(post(server, "/v1/logs", b"x", {"Content-Type": "text/plain"})[0],
              415, "type")
        equal(post(server, "/v1/logs", bomb,
                   {**PROTOBUF, "Content-Encoding": "gzip"})[0], 413, "bomb")
        equal(server.request("GET", "/v1/logs")[0], 405, "GET")
        equal(export(server, LOGS, b"\xff")[0], "3", "gRPC")
        status, _, body = post(server, "/v1/logs", deep)
        equal(status, 200, "deep")
        rejected, why = otlp.partial_success(body)
        equal(rejected, 1, "rejected")
        true("nested" in why, why)
        equal(metric(server, "phoenix_log_records_rejected_total"), 1,
              "rejected")
        send_http(server, "span")
        check_span(server)


def test_metrics_are_left_out_with_a_sentence(build):
    text = json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [
        {"name": "m", "sum": {"dataPoints": [{"asInt": "1"}]}}]}]}]}).encode()
    with Server(build) as server:
        status, _, body = post(server, "/v1/metrics", POINTS)
        equal(status, 200, "status")
        rejected, why = otlp.partial_success(body)
        equal(rejected, 2, "rejected")
        true("metrics are not kept" in why, why)
        status, body = export(server, METRICS, POINTS)
        equal((status, otlp.partial_success(body)), ("0", (2, why)), "gRPC")
        status, _, body = post(server, "/v1/metrics", text, JSON)
        equal((status, json.loads(body)),
              (200, {"partialSuccess": {"rejectedDataPoints": "1",
                                        "errorMessage": why}}), "JSON")
        equal(post(server, "/v1/metrics", b"")[2], b"", "no points")
        equal(metric(server, "phoenix_metric_points_rejected_total"), 5,
              "counted")


if __name__ == "__main__":
    cases.main(globals())
