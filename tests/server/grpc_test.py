#!/usr/bin/env python3
"""OTLP over gRPC: statuses, encodings, streams, and how a client is told to
wait, to calm down and to go."""
import base64
import gzip
import socket
import struct
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
import grpc_client as grpc
import otlp
from cases import equal, true
from running import Server

OK, INVALID, LATE, EXHAUSTED, UNIMPLEMENTED, INTERNAL = \
    "0", "3", "4", "8", "12", "13"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + grpc.frame(grpc.SETTINGS, 0, 0)
CANCEL, CALM = 8, 11


def request(*ids, name="s"):
    return otlp.request([otlp.span(number.to_bytes(16, "big"),
                                   number.to_bytes(8, "big"), name=name)
                         for number in ids])


def heads(port, path=grpc.EXPORT, more=()):
    return [(":method", "POST"), (":scheme", "http"), (":path", path),
            (":authority", f"127.0.0.1:{port}"),
            ("content-type", "application/grpc"), ("te", "trailers"), *more]


def message(body, packed=0):
    return struct.pack(">BI", packed, len(body)) + body


def status(answer):
    return answer["headers"].get("grpc-status")


class Connection:
    """Frames as they come, for what Call does not do."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.socket.sendall(PREFACE)

    def send(self, *frames):
        self.socket.sendall(b"".join(frames))

    def call(self, stream, port, body):
        self.send(grpc.frame(grpc.HEADERS, grpc.END_HEADERS, stream,
                             grpc.literal(heads(port))),
                  grpc.frame(grpc.DATA, grpc.END_STREAM, stream,
                             message(body)))

    def frames(self):
        """(kind, flags, stream, payload) until the server closes."""
        file = self.socket.makefile("rb")
        while head := file.read(9):
            size = int.from_bytes(head[:3], "big")
            yield (head[3], head[4], int.from_bytes(head[5:], "big"),
                   file.read(size))

    def ended_streams(self, wanted):
        ended = set()
        for kind, flags, stream, _ in self.frames():
            if kind == grpc.HEADERS and flags & grpc.END_STREAM:
                ended.add(stream)
                if ended == wanted:
                    break
        return ended

    def goaway(self):
        """The error code of the GOAWAY, or None."""
        try:
            for kind, _, _, payload in self.frames():
                if kind == grpc.GOAWAY:
                    return int.from_bytes(payload[4:8], "big")
        except OSError:
            pass
        return None


def test_spans_are_stored_and_answered(build):
    with Server(build) as server:
        answer = grpc.export(server.grpc_port, request(1, 2))
        equal(status(answer), OK, "grpc-status")
        equal(answer["data"], message(b""), "answer")
        equal(answer["headers"]["content-type"], "application/grpc", "type")
        rows = server.pages("/v1/projects/default/spans", 100)
        equal(len(rows), 2, "spans")


def test_an_empty_request_is_a_success(build):
    with Server(build) as server:
        answer = grpc.export(server.grpc_port, b"")
        equal(status(answer), OK, "grpc-status")
        equal(answer["data"], message(b""), "answer")


def test_rejected_spans_are_a_partial_success(build):
    with Server(build) as server:
        body = otlp.request([otlp.span(b"", b"12345678"),
                             otlp.span(b"1" * 16, b"12345678")])
        answer = grpc.export(server.grpc_port, body)
        equal(status(answer), OK, "grpc-status")
        true(b"trace id" in answer["data"], f"no reason: {answer['data']}")
        rows = server.pages("/v1/projects/default/spans", 100)
        equal(len(rows), 1, "spans")


def test_only_export_is_there(build):
    with Server(build) as server:
        port = server.grpc_port
        for path in ("/opentelemetry.proto.collector.profiles.v1development."
                     "ProfilesService/Export", "/", grpc.EXPORT + "/"):
            answer = grpc.call(port, heads(port, path), message(b""))
            equal(status(answer), UNIMPLEMENTED, f"grpc-status of {path}")
        for method, kind, wanted in (("POST", "application/json", "415"),
                                     ("POST", "application/grpc-web", "415"),
                                     ("GET", "application/grpc", "405")):
            pairs = dict(heads(port), **{":method": method,
                                         "content-type": kind})
            answer = grpc.call(port, list(pairs.items()), b"")
            equal(answer["headers"][":status"], wanted, f"{method} {kind}")


def test_an_unknown_method_is_not_waited_for(build):
    with Server(build) as server:
        port = server.grpc_port
        path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
        call = grpc.Call(port, heads(port, path), b"")
        while not call.done:  # the stream of requests stays open
            call.step()
        call.socket.close()
        call.inflater.close()
        equal(call.found.get("grpc-status"), UNIMPLEMENTED, "grpc-status")


def test_messages_may_be_packed(build):
    with Server(build) as server:
        packed = gzip.compress(request(3))
        equal(status(grpc.export(server.grpc_port, packed, "gzip")), OK,
              "grpc-status")
        equal(status(grpc.export(server.grpc_port, packed[:-9], "gzip")),
              INVALID, "grpc-status of a cut body")
        answer = grpc.export(server.grpc_port, packed, "snappy")
        equal(status(answer), UNIMPLEMENTED, "grpc-status of snappy")
        equal(answer["headers"].get("grpc-accept-encoding"),
              "identity,gzip,zstd", "encodings")
        port = server.grpc_port
        answer = grpc.call(port, heads(port), message(packed, packed=1))
        equal(status(answer), INTERNAL, "grpc-status without grpc-encoding")
        more = [("grpc-encoding", "snappy")]
        answer = grpc.call(port, heads(port, more=more), message(request(4)))
        equal(status(answer), OK, "grpc-status of an unpacked message")


def test_bad_messages_are_refused(build):
    with Server(build) as server:
        port = server.grpc_port
        for body, wanted in ((b"", UNIMPLEMENTED),
                             (message(b"") * 2 + b"x", UNIMPLEMENTED),
                             (message(b"abc")[:-1], INTERNAL),
                             (b"\2\0\0\0\0", INTERNAL),
                             (message(b"\xff" * 9), INVALID),
                             (struct.pack(">BI", 0, 64 << 20 | 1), EXHAUSTED)):
            answer = grpc.call(port, heads(port), body)
            equal(status(answer), wanted, f"grpc-status of {body!r}")
            true("grpc-status-details-bin" not in answer["headers"],
                 f"{body!r} is to be retried")


def test_a_large_message_is_taken(build):
    with Server(build) as server:
        body = request(*range(1, 31), name="n" * 1_000_000)
        began = time.monotonic()
        equal(status(grpc.export(server.grpc_port, body)), OK, "grpc-status")
        true(time.monotonic() - began < 20, "it took long")


def test_a_timeout_that_passes_is_told(build):
    with Server(build) as server:
        port = server.grpc_port
        connection = Connection(port)
        more = [("grpc-timeout", "200m")]
        connection.send(grpc.frame(
            grpc.HEADERS, grpc.END_HEADERS, 1,
            grpc.literal(heads(port, more=more))))
        inflater = grpc.Inflater()
        for kind, _, _, payload in connection.frames():
            if kind == grpc.HEADERS:
                found = inflater.read(payload)
                break
        equal(found.get("grpc-status"), LATE, "grpc-status")
        more = [("grpc-timeout", "soon")]
        answer = grpc.call(port, heads(port, more=more), message(b""))
        equal(status(answer), INTERNAL, "grpc-status of a bad timeout")


def test_streams_share_a_connection(build):
    with Server(build) as server:
        connection = Connection(server.grpc_port)
        streams = set(range(1, 201, 2))
        for stream in sorted(streams):
            connection.call(stream, server.grpc_port, request(stream))
        equal(connection.ended_streams(streams), streams, "streams")
        rows = server.pages("/v1/projects/default/spans", 1000)
        equal(len(rows), len(streams), "spans")


def test_pings_are_answered(build):
    with Server(build) as server:
        connection = Connection(server.grpc_port)
        connection.send(grpc.frame(grpc.PING, 0, 0, b"are you?"))
        for kind, flags, _, payload in connection.frames():
            if kind == grpc.PING:
                equal((flags, payload), (grpc.ACK, b"are you?"), "answer")
                return
        true(False, "no answer")


def test_a_full_queue_says_when_to_come_again(build):
    few = {"PHOENIX_MAX_SPANS_QUEUE_SIZE": "1"}
    with Server(build, few) as server:
        answers = []

        def send(first):
            for i in range(20):
                ids = range(first + i * 50, first + i * 50 + 50)
                answers.append(grpc.export(server.grpc_port, request(*ids)))

        threads = [threading.Thread(target=send, args=(1 + i * 1000,))
                   for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        full = [a for a in answers if status(a) == EXHAUSTED]
        good = [a for a in answers if status(a) == OK]
        equal(len(full) + len(good), len(answers), "answers")
        true(full, "the queue was never full")
        details = full[0]["headers"]["grpc-status-details-bin"]
        details = base64.b64decode(details + "=" * (-len(details) % 4))
        true(b"google.rpc.RetryInfo\x12\x04\x0a\x02\x08\x01" in details,
             f"no RetryInfo in {details}")
        rows = server.pages("/v1/projects/default/spans", 1000)
        equal(len(rows), 50 * len(good), "spans")


def test_rapid_reset_is_calmed_down(build):
    with Server(build) as server:
        head = grpc.literal(heads(server.grpc_port))
        reset = struct.pack(">I", CANCEL)
        connection = Connection(server.grpc_port)
        for stream in range(1, 1001, 2):
            connection.send(
                grpc.frame(grpc.HEADERS, grpc.END_HEADERS, stream, head),
                grpc.frame(grpc.RST_STREAM, 0, stream, reset))
        equal(connection.goaway(), CALM, "error code")


def test_a_flood_of_headers_is_refused(build):
    with Server(build) as server:
        port = server.grpc_port
        more = [(f"x-{i}", "y" * 100) for i in range(200)]
        pairs = grpc.literal(heads(port, more=more))
        connection = Connection(port)
        connection.send(
            grpc.frame(grpc.HEADERS, 0, 1, pairs[:16000]),
            grpc.frame(grpc.CONTINUATION, grpc.END_HEADERS, 1, pairs[16000:]),
            grpc.frame(grpc.DATA, grpc.END_STREAM, 1, message(b"")))
        inflater = grpc.Inflater()
        for kind, _, _, payload in connection.frames():
            if kind == grpc.HEADERS:
                equal(inflater.read(payload).get("grpc-status"), EXHAUSTED,
                      "grpc-status")
                break
        endless = Connection(port)
        try:
            endless.send(grpc.frame(grpc.HEADERS, 0, 1, pairs[:16000]))
            for _ in range(100):
                endless.send(grpc.frame(grpc.CONTINUATION, 0, 1,
                                        grpc.literal([("x", "y" * 16000)])))
        except OSError:
            pass
        true(endless.goaway() != 0, "it was let go on")


def test_the_end_is_announced(build):
    with Server(build) as server:
        connection = Connection(server.grpc_port)
        connection.call(1, server.grpc_port, request(1))
        connection.ended_streams({1})
        stopper = threading.Thread(target=server.stop)
        stopper.start()
        equal(connection.goaway(), 0, "error code")
        connection.socket.close()
        stopper.join()
        equal(server.process.returncode, 0, "exit status")


def test_half_a_hello_is_not_waited_for(build):
    with Server(build) as server:
        quiet = socket.create_connection(("127.0.0.1", server.grpc_port), 20)
        quiet.sendall(b"PRI * HT")
        other = socket.create_connection(("127.0.0.1", server.grpc_port), 20)
        other.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while other.recv(1000):
            pass
        while quiet.recv(1000):
            pass


if __name__ == "__main__":
    cases.main(globals())
