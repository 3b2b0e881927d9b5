#!/usr/bin/env python3
"""POST /v1/spans as clients see it: parts, refusals, long answers and clients
that are slow or go away. What is in the tables is for tests/clients."""
import http.client
import json
import socket
import struct
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
import otlp
from cases import equal, true
from running import Server

JSON = {"Content-Type": "application/json", "Accept": "application/json"}
NAMES = {"select": {"name": {"key": "name"}}}


def send(server, count, project="frames", text="short", trace=1):
    value = otlp.attribute("input.value", otlp.text(text))
    for first in range(0, count, 500):
        spans = [otlp.span(struct.pack(">QQ", trace, i + 1),
                           struct.pack(">II", trace, i + 1), f"n{i}", value,
                           start=10**18 + i * 1000, end=2 * 10**18)
                 for i in range(first, min(first + 500, count))]
        status = server.request("POST", "/v1/traces",
                                otlp.request(spans, project),
                                {"Content-Type": "application/x-protobuf"})[0]
        equal(status, 200)


def ask(server, body, headers=None, path="/v1/spans?project_name=frames"):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return server.request("POST", path, body, {**JSON, **(headers or {})})


def tables(headers, body):
    """The parts, cut up as the client does it."""
    equal(headers["content-type"][:26], "multipart/mixed; boundary=")
    token = headers["content-type"].split("boundary=")[1].split(";")[0]
    pieces = body.decode().split("--" + token)
    equal(pieces[0], "")
    equal(pieces[-1], "--\r\n")
    found = []
    for part in pieces[1:-1]:
        head, text = part.split("\r\n\r\n", 1)
        equal(head, "\r\nContent-Type: application/json")
        found.append(json.loads(text))
    return found


def names(table):
    return [row["1_name"] for row in table["data"]]


def test_each_query_has_a_part(build):
    with Server(build) as server:
        send(server, 3)
        status, headers, body = ask(server, {"queries": [
            NAMES, {**NAMES, "filter": {"condition": "name == 'n1'"}}, {}]})
        equal(status, 200)
        equal(headers.get("transfer-encoding"), "chunked")
        found = tables(headers, body)
        equal([names(table) for table in found],
              [["n0", "n1", "n2"], ["n1"], ["n2", "n1", "n0"]])


def messages(body):
    """Of Arrow IPC: (type, has a body) each, 0 for the end of a stream."""
    at = 0
    while at < len(body):
        mark, size = struct.unpack_from("<Ii", body, at)
        equal(mark, 0xFFFFFFFF)
        if size == 0:
            yield 0
            at += 8
            continue
        table = at + 8 + struct.unpack_from("<I", body, at + 8)[0]
        layout = table - struct.unpack_from("<i", body, table)[0]
        _, kind, _, length = struct.unpack_from("<4H", body, layout + 4)
        yield body[table + kind]
        at += 8 + size + struct.unpack_from("<q", body, table + length)[0]
    equal(at, len(body))


def test_each_query_has_a_stream_of_arrow(build):
    with Server(build) as server:
        send(server, 3)
        schema, batch, end = 1, 3, 0
        for accept in ("*/*", "application/json, text/plain",
                       "application/x-pandas-arrow"):
            status, headers, body = ask(server, {"queries": [
                NAMES, {**NAMES, "filter": {"condition": "name == 'no'"}},
                {}]}, {"Accept": accept})
            equal(status, 200)
            equal(headers["content-type"], "application/x-pandas-arrow")
            equal(list(messages(body)),
                  [schema, batch, end, schema, end, schema, batch, end])


def test_the_project_has_four_places(build):
    with Server(build) as server:
        send(server, 1, "default", trace=2)
        send(server, 2)
        for path, more, header, count in (
                ("", {}, {}, 1),
                ("?project_name=frames", {"project_name": "x"}, {}, 2),
                ("?project-name=frames", {}, {}, 2),
                ("?project_name=", {}, {"project-name": "frames"}, 2),
                ("", {"project_name": "frames"}, {}, 2),
                ("?project_name=no%20such", {}, {}, 0)):
            status, headers, body = ask(server, {"queries": [NAMES], **more},
                                        header, "/v1/spans" + path)
            equal(status, 200, path)
            equal(len(tables(headers, body)[0]["data"]), count, path)


def test_limits_and_bounds(build):
    with Server(build) as server:
        send(server, 4)
        for more, wanted in (
                ({"limit": 2}, 2), ({"limit": 0}, 0), ({"limit": -1}, 4),
                ({"limit": "3"}, 3), ({"limit": 2.0}, 2), ({"limit": True}, 1),
                ({"start_time": "2001-09-09T01:46:40.000001Z"}, 3),
                ({"end_time": "2001-09-09T01:46:40.000001Z"}, 1),
                ({"stop_time": "2001-09-09T01:46:40.000001Z"}, 1),
                ({"start_time": 10**9, "end_time": None}, 4),
                ({"start_time": "0001-01-01T00:00:00Z"}, 4),
                ({"end_time": "1969-01-01"}, 0),
                ({"root_spans_only": "yes"}, 4),
                ({"root_spans_only": 1, "orphan_span_as_root_span": False}, 4)):
            status, headers, body = ask(server, {"queries": [NAMES], **more})
            equal(status, 200, more)
            equal(len(tables(headers, body)[0]["data"]), wanted, more)


def test_refusals(build):
    with Server(build) as server:
        send(server, 1)
        one = {"queries": [{}]}
        for body in (
                {}, {"queries": None}, {"queries": [1]}, {"queries": {}}, [], 5,
                {"queries": [{"select": 1}]}, {"queries": [{"filter": "x"}]},
                {"queries": [{"rename": 5}]}, {**one, "limit": None},
                {**one, "limit": 2.5}, {**one, "limit": "x"},
                {**one, "limit": 10**30}, {**one, "start_time": "x"},
                {**one, "end_time": []}, {**one, "root_spans_only": "zz"},
                {**one, "orphan_span_as_root_span": None},
                {**one, "project_name": 5}, b"{", b""):
            status, headers, answer = ask(server, body)
            equal((status, headers["content-type"]),
                  (422, "application/json"), body)
            equal(list(json.loads(answer)), ["detail"], body)
        body = b'{"queries": [{"filter": {"condition": "\xff"}}]}'
        status, _, answer = ask(server, body)
        equal((status, json.loads(answer)["detail"][0]["loc"]),
              (422, ["body", body.index(b"\xff")]), "not UTF-8")
        for body in (
                {"queries": [{"select": {"a": {}}}]},
                {"queries": [{}, {"filter": {"condition": "x y"}}]},
                {"queries": [{"explode": {"key": "a b"}}]},
                {"queries": [{"index": {"key": "a("}}]},
                {"queries": [{}] * 33}):
            status, headers, answer = ask(server, body)
            equal((status, headers["content-type"]),
                  (422, "text/plain; charset=utf-8"), body)
        equal(ask(server, {"queries": [
            {"select": {"a": {"key": "len(x)"}}}]})[2],
            b"Invalid query: select.a: 'len(x)' is neither a field nor the "
            b"path of an attribute")
        equal(ask(server, {"queries": []})[::2], (404, b"Not Found"))


def test_packed_where_it_leaves_the_machine(build):
    with Server(build) as server:
        send(server, 2000, text="x" * 2000)
        query = {"queries": [{}], "limit": 2000}
        accepts = {"Accept-Encoding": "gzip"}
        found = []
        for more, packed in ((accepts, False),
                             ({**accepts, "X-Forwarded-For": "::1"}, True),
                             ({**accepts, "Forwarded": "for=_x"}, True),
                             ({"X-Forwarded-For": "::1"}, False)):
            _, headers, body = ask(server, query, more)
            equal(headers.get("content-encoding") == "gzip", packed, more)
            found.append(tables(headers, body))
        true(all(tables == found[0] for tables in found), "all are the same")
        equal(len(found[0][0]["data"]), 2000)


def reader_of(server):
    """A connection that has asked for a long answer, and reads slowly."""
    body = json.dumps({"queries": [{}], "limit": -1}).encode()
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(
        b"POST /v1/spans?project_name=frames HTTP/1.1\r\nHost: x\r\n"
        b"Accept: application/json\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body) + body)
    return connection


def test_slow_clients_hold_up_nobody(build):
    with Server(build) as server:
        send(server, 1500, text="y" * 10000)
        slow = [reader_of(server) for _ in range(16)]
        for connection in slow:
            equal(connection.recv(12), b"HTTP/1.1 200")
        equal(server.request("GET", "/healthz")[0], 200)
        status, headers, _ = ask(server, {"queries": [{}]})
        equal((status, headers.get("retry-after")), (503, "1"))
        for connection in slow[1:]:
            connection.close()
        end = time.monotonic() + 20
        while ask(server, {"queries": [NAMES]})[0] != 200:
            true(time.monotonic() < end, "closed connections are noticed")
            time.sleep(0.05)
        answer = b"HTTP/1.1 200"
        while not answer.endswith(b"\r\n0\r\n\r\n"):
            piece = slow[0].recv(1 << 20)
            true(piece, "the slow one gets all of it")
            answer += piece
        true(answer.count(b'"1_name":') == 1500, "each span once")
        slow[0].close()


def test_ends_while_answers_are_under_way(build):
    with Server(build) as server:
        send(server, 1500, text="z" * 10000)
        connection = reader_of(server)
        equal(connection.recv(12), b"HTTP/1.1 200")
        equal(server.stop(), 0)
        connection.close()


def test_spans_that_come_meanwhile_do_not_show(build):
    with Server(build) as server:
        send(server, 1500, text="w" * 10000)
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("POST", "/v1/spans?project_name=frames",
                           json.dumps({"queries": [NAMES, NAMES],
                                       "limit": -1}), JSON)
        answer = connection.getresponse()
        head = answer.read(100)
        send(server, 1510)
        found = tables({k.lower(): v for k, v in answer.getheaders()},
                       head + answer.read())
        equal(len(found[0]["data"]), 1500)
        connection.close()


cases.main(globals())
