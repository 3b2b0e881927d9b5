#!/usr/bin/env python3
"""Bad input and bad manners: the server answers, keeps its memory, and
/healthz stays quick throughout."""
import gzip
import json
import os
import resource
import socket
import struct
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
import grpc_client
import otlp
from cases import equal, true
from running import Server

MIB = 1 << 20
LIMIT = 64 * MIB
SLOW = "SLOW" in os.environ  # under a sanitizer
PEAK_MOST = (4096 if SLOW else 512) * MIB  # a few requests of LIMIT at a time
HEALTH_WITHIN = 3 if SLOW else 0.1  # seconds, for 99 of 100 requests
PROTOBUF = {"Content-Type": "application/x-protobuf"}


class Health(threading.Thread):
    """Asks /healthz every 20 ms while a test misbehaves."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.times, self.failures = server, [], []
        self.done = threading.Event()

    def run(self):
        while not (self.done.wait(0.02) and self.times):
            began = time.monotonic()
            try:
                status = self.server.request("GET", "/healthz")[0]
                if status != 200:
                    self.failures.append(str(status))
            except OSError as error:
                self.failures.append(str(error))
            self.times.append(time.monotonic() - began)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.done.set()
        self.join()
        if kind is None:
            true(not self.failures, f"/healthz failed: {self.failures[:3]}")
            self.times.sort()
            slow = self.times[len(self.times) * 99 // 100 - 1]
            true(slow < HEALTH_WITHIN, f"/healthz took {slow * 1000:.0f} ms")


def peak_memory(server):
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def post(server, body, more=None):
    return server.request("POST", "/v1/traces", body,
                          {**PROTOBUF, **(more or {})})


def refused_for_size(server, body, headers, chunks=None):
    """413, or the connection closed before all of the body was read."""
    try:
        status = server.request("POST", "/v1/traces", body, headers,
                                chunks)[0]
    except (BrokenPipeError, ConnectionResetError):
        return
    equal(status, 413, "status")


def good_request(number=1):
    return otlp.request([otlp.span(struct.pack(">QQ", 1, number),
                                   struct.pack(">Q", number))])


def still_serves(server):
    equal(post(server, good_request(999))[0], 200, "a good request")
    true(peak_memory(server) < PEAK_MOST,
         f"peak memory is {peak_memory(server) >> 20} MiB")


def test_a_compression_bomb_is_413(build):
    with Server(build) as server, Health(server):
        bomb = gzip.compress(bytes(300 * MIB), 9)
        for _ in range(4):
            refused_for_size(server, bomb,
                             {**PROTOBUF, "Content-Encoding": "gzip"})
        answer = grpc_client.export(server.grpc_port, bomb, "gzip")
        equal(answer["headers"].get("grpc-status"), "8", "grpc-status")
        still_serves(server)


def many_nulls(count):
    """A span whose attribute is an array of so many."""
    nulls = otlp.field(5, otlp.field(1, b"") * count)
    return otlp.request([otlp.span(b"1" * 16, b"12345678", "",
                                   otlp.attribute("a", nulls))])


def small_things():
    """Requests under the limit, packed, that are over it once decoded."""
    one = otlp.field(2, otlp.field(1, b"1") + otlp.field(2, b"2"))
    spans = otlp.field(1, otlp.field(2, one * (60 * MIB // len(one))))
    scopes = otlp.field(1, otlp.field(2, b"") * (30 * MIB))
    return [gzip.compress(body, 1)
            for body in (spans, scopes, many_nulls(30 * MIB))]


def test_small_things_in_great_number_are_413(build):
    bodies = small_things()  # made before: it would hold up the asking thread
    with Server(build) as server, Health(server):
        for body in bodies:
            refused_for_size(server, body,
                             {**PROTOBUF, "Content-Encoding": "gzip"})
        true(peak_memory(server) < (4096 if SLOW else 1024) * MIB,
             f"peak memory is {peak_memory(server) >> 20} MiB")


def send_packed(server, body, by_grpc, statuses):
    """In a thread of its own; adds the answer's status, as text."""
    if by_grpc:
        answer = grpc_client.export(server.grpc_port, body, "gzip")
        statuses.append(answer["headers"].get("grpc-status"))
    else:
        statuses.append(str(server.request(
            "POST", "/v1/traces", body,
            {**PROTOBUF, "Content-Encoding": "gzip"})[0]))


def test_many_large_requests_at_once_cost_the_memory_of_a_few(build):
    bodies = small_things() + [gzip.compress(many_nulls(8 * MIB), 1)]
    numbers = range(4 if SLOW else 15)
    statuses = []

    with Server(build) as server, Health(server):
        threads = [threading.Thread(target=send_packed, args=(
            server, bodies[number % len(bodies)], number % 3 == 2, statuses))
            for number in numbers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wanted = [(("8", "0") if number % 3 == 2 else ("413", "200"))
                  [number % len(bodies) == 3] for number in numbers]
        equal(sorted(statuses), sorted(wanted), "statuses")
        # One being decoded and one with the writer, 512 MiB each at most.
        true(peak_memory(server) < (4096 if SLOW else 1152) * MIB,
             f"peak memory is {peak_memory(server) >> 20} MiB")


def test_large_requests_hold_up_nobody_else(build):
    body = small_things()[0]
    statuses, waits = [], []

    with Server(build) as server, Health(server):
        threads = [threading.Thread(target=send_packed, args=(
            server, body, number % 2 == 0, statuses))
            for number in range(4 if SLOW else 40)]
        for thread in threads:
            thread.start()
        for path in ("/v1/projects", "/readyz") * 3:
            began = time.monotonic()
            equal(server.request("GET", path)[0], 200, path)
            waits.append(time.monotonic() - began)
        for thread in threads:
            thread.join()
        equal(len(statuses), len(threads), "answers")
        true(set(statuses) <= {"413", "503", "8"}, set(statuses))
        true(max(waits) < (20 if SLOW else 2),
             f"a reader waited {max(waits):.1f} s")


def test_a_body_over_the_limit_is_413(build):
    with Server(build) as server, Health(server):
        body = bytes(LIMIT + MIB)
        refused_for_size(server, body, PROTOBUF)
        refused_for_size(server, body, PROTOBUF, [MIB] * 65)
        still_serves(server)


def test_deep_nesting_costs_one_span_and_no_memory(build):
    with Server(build) as server, Health(server):
        deep = otlp.attribute("deep", otlp.nested(100000))
        status, _, body = post(server, otlp.request([
            otlp.span(b"1" * 16, b"deepspan", "deep", deep),
            otlp.span(b"1" * 16, b"goodspan", "good")], "nesting"))
        equal(status, 200, "status")
        equal(otlp.partial_success(body)[0], 1, "rejected spans")
        rows = server.pages("/v1/projects/nesting/spans", 100)
        equal([row["name"] for row in rows], ["good"], "stored")
        still_serves(server)


def test_deep_json_costs_one_span(build):
    with Server(build) as server, Health(server):
        deep = '{"arrayValue":{"values":[' * 100000 + "]}}" * 100000
        body = ('{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"'
                + "01" * 16 + '","spanId":"' + "02" * 8
                + '","attributes":[{"key":"k","value":' + deep
                + '}]},{"traceId":"' + "01" * 16 + '","spanId":"' + "03" * 8
                + '"}]}]}]}')
        status, _, answer = server.request(
            "POST", "/v1/traces", body.encode(),
            {"Content-Type": "application/json"})
        equal(status, 200, "status")
        equal(json.loads(answer)["partialSuccess"]["rejectedSpans"], "1",
              "rejected spans")
        _, _, answer = server.request("GET", "/v1/projects/default/spans")
        equal(len(json.loads(answer)["data"]), 1, "spans kept")
        still_serves(server)


def test_a_million_attributes_cost_one_span(build):
    with Server(build) as server, Health(server):
        many = b"".join(otlp.attribute(f"k{i}", otlp.text("v"))
                        for i in range(1000000))
        status, _, body = post(server, otlp.request([
            otlp.span(b"1" * 16, b"manyspan", "many", many),
            otlp.span(b"1" * 16, b"goodspan", "good")], "attributes"))
        equal(status, 200, "status")
        equal(otlp.partial_success(body)[0], 1, "rejected spans")
        rows = server.pages("/v1/projects/attributes/spans", 100)
        equal([row["name"] for row in rows], ["good"], "stored")
        still_serves(server)


def test_an_empty_id_is_counted_and_odd_ones_are_kept(build):
    with Server(build) as server:
        most = (1 << 64) - 1
        status, _, body = post(server, otlp.request([
            otlp.span(b"", b"12345678", "no trace id"),
            otlp.span(b"1" * 16, b"", "no span id"),
            otlp.span(b"1", b"2", "short ids"),
            otlp.span(b"1" * 40, b"2" * 40, "long ids"),
            otlp.span(bytes(16), bytes(8), "zero ids"),
            otlp.span(b"1" * 16, b"times---", "times", b"", most, 0),
            otlp.span(b"1" * 16, b"nul-----", "a\0b")], "odd"))
        equal(status, 200, "status")
        equal(otlp.partial_success(body)[0], 2, "rejected spans")
        rows = server.pages("/v1/projects/odd/spans", 100)
        equal(sorted(row["name"] for row in rows),
              ["a\0b", "long ids", "short ids", "times", "zero ids"], "stored")


def test_corrupt_bytes_are_4xx(build):
    with Server(build) as server:
        body = good_request()
        for end in range(1, len(body), 7):
            status = post(server, body[:end])[0]
            true(400 <= status < 500 or status == 200 and end < 3,
                 f"status of {end} bytes is {status}")
        equal(post(server, otlp.request([otlp.span(
            b"1" * 16, b"12345678", "x").replace(b"x", b"\xff")]))[0], 422,
            "text that is not UTF-8")
        answer = grpc_client.export(server.grpc_port, body[:-3])
        true(answer["headers"].get("grpc-status") in ("3", "13"),
             f"gRPC answers {answer['headers']}")
        still_serves(server)


def test_slow_senders_and_half_open_connections_harm_nobody(build):
    with Server(build) as server, Health(server):
        slow = [socket.create_connection(("127.0.0.1", port))
                for port in (server.port, server.grpc_port)
                for _ in range(100)]
        head = (b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: "
                b"application/x-protobuf\r\nContent-Length: 1000\r\n\r\n")
        for step in range(60):
            for connection in slow:
                try:
                    connection.send(head[step:step + 1])
                except OSError:
                    pass  # the server may have had enough of it
            time.sleep(0.02)
        still_serves(server)
        for connection in slow:
            connection.close()


def test_two_thousand_idle_connections_harm_nobody(build):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    with Server(build) as server:
        idle = [socket.create_connection(("127.0.0.1", port))
                for port in (server.port, server.grpc_port)
                for _ in range(1000)]
        with Health(server):
            time.sleep(1)
            still_serves(server)
        for connection in idle:
            connection.close()


def test_a_flood_of_headers_is_cut_off(build):
    with Server(build) as server, Health(server):
        for _ in range(4):
            connection = socket.create_connection(
                ("127.0.0.1", server.port), 20)
            try:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
                for i in range(200):
                    connection.sendall(b"".join(
                        b"X-%d-%d: %s\r\n" % (i, j, b"y" * 100)
                        for j in range(100)))
                true(b" 200 " not in connection.recv(100), "it was answered")
            except OSError:
                pass  # closed, as it should
            connection.close()
        still_serves(server)


def exchange(server, request):
    """What comes back within five seconds for bytes as they are."""
    with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = connection.recv(65536)
            if not part:
                break
            answer += part
        return answer


def test_a_flood_of_parameters_is_answered(build):
    with Server(build) as server:
        for count in (100, 1000, 10000):
            answer = exchange(server, b"GET /v1/projects?" + b"a&" * count
                              + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            true(b" 200 " in answer[:20], f"{count} parameters: {answer[:60]}")
        began = time.monotonic()
        server.stop()
        true(SLOW or time.monotonic() - began < 3, "a request was never ended")


def test_a_body_of_two_lengths_is_400(build):
    heads = ["Content-Length: 5\r\nTransfer-Encoding: chunked",
             "Transfer-Encoding: chunked\r\nContent-Length: 5",
             "Content-Length: 0\r\nContent-Length: 5",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
             "Transfer-Encoding: xchunked"]
    with Server(build) as server:
        for head in heads:
            answer = exchange(server, (
                "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: "
                f"application/x-protobuf\r\n{head}\r\n\r\n0\r\n\r\n"
                "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").encode())
            true(answer.startswith(b"HTTP/1.1 400 "),
                 f"{head!r} is answered {answer[:60]}")
            equal(answer.count(b"HTTP/1.1 "), 1, "answers")


def test_rapid_reset_harms_nobody(build):
    frame, literal = grpc_client.frame, grpc_client.literal
    with Server(build) as server, Health(server):
        head = literal([(":method", "POST"), (":scheme", "http"),
                        (":path", grpc_client.EXPORT), (":authority", "x"),
                        ("content-type", "application/grpc")])
        connection = socket.create_connection(
            ("127.0.0.1", server.grpc_port), 20)
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                           + frame(grpc_client.SETTINGS, 0, 0))
        try:
            for stream in range(1, 100001, 2):
                connection.sendall(
                    frame(grpc_client.HEADERS, 4, stream, head)
                    + frame(grpc_client.RST_STREAM, 0, stream,
                            struct.pack(">I", 8)))
        except OSError:
            pass  # cut off, as it may be
        connection.close()
        answer = grpc_client.export(server.grpc_port, good_request(5))
        equal(answer["headers"].get("grpc-status"), "0", "grpc-status")
        still_serves(server)


if __name__ == "__main__":
    cases.main(globals())
