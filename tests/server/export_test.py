#!/usr/bin/env python3
"""GET .../spans/export as clients see it: formats, filters, columns, refusals
and clients that go away. What is in the files is for tests/columns."""
import csv
import http.client
import io
import json
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

PATH = "/v1/projects/exports/spans/export"


def send(server, count, text="short"):
    value = otlp.attribute("input.value", otlp.text(text))
    spans = [otlp.span(struct.pack(">QQ", 1, 1), struct.pack(">II", 1, i + 1),
                       f"n{i}", value, start=10**18 + i, end=2 * 10**18)
             for i in range(count)]
    status = server.request("POST", "/v1/traces", otlp.request(spans, "exports"),
                            {"Content-Type": "application/x-protobuf"})[0]
    equal(status, 200)


def lines(server, query=""):
    status, headers, body = server.request(
        "GET", f"{PATH}?format=jsonl{query}")
    equal(status, 200, body)
    equal(headers["content-type"], "application/jsonl")
    return [json.loads(line) for line in body.splitlines()]


def test_each_format_is_a_file(build):
    with Server(build) as server:
        send(server, 3)
        for name, kind, begin in (
                ("arrow", "application/vnd.apache.arrow.stream", b"\xff" * 4),
                ("parquet", "application/vnd.apache.parquet", b"PAR1"),
                ("jsonl", "application/jsonl", b'{"span_id":"00'),
                ("csv", "text/csv; charset=utf-8", b"span_id,trace_id,")):
            status, headers, body = server.request(
                "GET", f"{PATH}?format={name}")
            equal((status, headers["content-type"]), (200, kind), name)
            true(body.startswith(begin), f"{name}: {body[:20]!r}")


def test_filters_are_those_of_the_list(build):
    with Server(build) as server:
        send(server, 5)
        names = [row["name"] for row in lines(server)]
        equal(names, [f"n{i}" for i in range(5)])
        equal([row["name"] for row in lines(server, "&name=n1&name=n3")],
              ["n1", "n3"])
        equal(len(lines(server, "&limit=2")), 2)
        equal(len(lines(server, "&limit=5000")), 5)
        equal(len(lines(server, "&search=SHORT")), 5)
        equal([row["name"] for row in lines(
            server, "&search=short&filter=name%20in%20('n2','n4')")],
              ["n2", "n4"])
        equal(lines(server, "&search=long"), [])
        equal(lines(server, "&span_id=xyz"), [])
        equal(lines(server, "&span_kind=LLM"), [])


def test_attributes_have_columns_of_their_own(build):
    with Server(build) as server:
        send(server, 1)
        row, = lines(server, "&column=input.value:text&column=input:text"
                             "&column=output:int")
        equal(row["attributes.input.value"], "short")
        equal(row["attributes.output"], None)
        equal(row["attributes.input"], '{"value":"short"}')
        _, _, body = server.request(
            "GET", f"{PATH}?format=csv&column=input.value:text")
        table = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
        equal(table[0]["attributes.input.value"], "short")


def test_refusals(build):
    with Server(build) as server:
        send(server, 1)
        for query, status in (("", 422), ("?format=xml", 422),
                              ("?format=csv&limit=0", 422),
                              ("?format=csv&column=a", 422),
                              ("?format=csv&column=:int", 422),
                              ("?format=csv&column=a:date", 422),
                              ("?format=csv&attribute=x", 422)):
            found, _, body = server.request("GET", PATH + query)
            equal(found, status, (query, body))
        found, _, _ = server.request(
            "GET", "/v1/projects/none/spans/export?format=csv")
        equal(found, 404)


def test_clients_that_go_away_make_room_for_others(build):
    with Server(build) as server:
        send(server, 400, "long " * 4000)
        for _ in range(4):
            client = http.client.HTTPConnection("127.0.0.1", server.port)
            client.request("GET", f"{PATH}?format=jsonl")
            equal(client.getresponse().status, 200)
            client.close()
        deadline = time.monotonic() + 20
        while server.request("GET", f"{PATH}?format=csv")[0] == 503:
            true(time.monotonic() < deadline, "no room")
            time.sleep(0.05)
        equal(len(lines(server)), 400)


cases.main(globals())
