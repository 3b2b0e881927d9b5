#!/usr/bin/env python3
"""search= of the lists of spans and traces: what docs/search.md says, pages,
refusals, and clients that go away."""
import json
import re
import socket
import struct
import sys
import time
import urllib.parse
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
import otlp
from cases import equal, true
from running import Server

DOCS = Path(__file__).resolve().parents[2] / "docs" / "search.md"


def send(server, texts, project, traces=1):
    """Spans with these inputs, dealt to so many traces."""
    for first in range(0, len(texts), 500):
        spans = [otlp.span(struct.pack(">QQ", 1, i % traces),
                           struct.pack(">Q", i + 1), f"n{i}",
                           otlp.attribute("input.value", otlp.text(texts[i])),
                           start=10**18 + i * 1000, end=10**18 + i * 2000)
                 for i in range(first, min(first + 500, len(texts)))]
        equal(server.request("POST", "/v1/traces",
                             otlp.request(spans, project),
                             {"Content-Type": "application/x-protobuf"})[0],
              200)


def path_of(project, search, rows="spans"):
    return (f"/v1/projects/{project}/{rows}?search="
            + urllib.parse.quote(search, safe=""))


def found(server, project, search):
    return {row["attributes"]["input.value"]
            for row in server.pages(path_of(project, search), 100)}


def examples():
    """Rows of the table of searches: three cells of code each."""
    for line in DOCS.read_text().splitlines():
        cells = re.findall(r"\| `(.*?)` (?=\|)", line)
        if len(cells) == 3:
            yield cells


def test_the_examples_of_the_page_hold(build):
    rows = list(examples())
    true(len(rows) > 8, "the table has rows")
    with Server(build) as server:
        texts = sorted({text for row in rows for text in row[1:]})
        send(server, texts, "docs")
        for search, finds, finds_not in rows:
            texts = found(server, "docs", search)
            true(finds in texts and finds_not not in texts,
                 f"{search} finds {texts}")


def test_a_match_says_where(build):
    with Server(build) as server:
        text = "x" * 100 + "é the Word \0 " + "東" * 50
        send(server, ["other", text], "match")
        row, = server.get_json(path_of("match", "word"))["data"]
        equal(row["match"], {"path": "input.value", "offset": 107,
                             "before": "x" * 57 + "é the ",
                             "word": "Word", "after": " \0 " + "東" * 20})
        trace, = server.get_json(path_of("match", "word", "traces"))["data"]
        equal(trace["match"], {"span_id": "0" * 15 + "2", **row["match"]})
        row, = server.get_json(
            path_of("match", "word", "spans/otlpv1"))["data"]
        equal(row["name"], "n1")
        row, *_ = server.get_json("/v1/projects/match/spans")["data"]
        true("match" not in row, "only a search has matches")


def test_pages_have_each_row_once(build):
    texts = [f"{'even' if i % 2 == 0 else 'odd'} {i}" for i in range(700)]
    with Server(build) as server:
        send(server, texts, "pages", traces=350)
        for limit in (7, 100, 1000):
            rows = server.pages(path_of("pages", "even"), limit)
            equal([row["name"] for row in rows],
                  [f"n{i}" for i in range(698, -1, -2)], "spans")
            for more in ("", "&order=asc", "&sort=latency_ms"):
                rows = server.pages(path_of("pages", "EVEN", "traces") + more,
                                    limit)
                equal(len({row["trace_id"] for row in rows}), 175, "traces")
                equal(len(rows), 175, "rows")
        equal(found(server, "pages", "even 35"),
              {text for text in found(server, "pages", "35")
               if "even" in text}, "both words")


def test_bad_searches_are_422(build):
    with Server(build) as server:
        send(server, ["a"], "bad")
        for search, offset, part in (
                ("", 0, "no word"), ("  ", 0, "no word"), ('""', 0, "no word"),
                ("ab\0", 2, "NUL"), ("x" * 1025, -1, "limit is 1024"),
                (" ".join("a" * 500), -1, "over 16 words"),
                ("a " * 5000, -1, "limit is 1024")):
            for rows in ("spans", "spans/otlpv1", "traces"):
                status, _, body = server.request(
                    "GET", path_of("bad", search, rows))
                equal(status, 422, "status")
                problem, = json.loads(body)["detail"]
                equal(problem["loc"], ["query", "search"], "place")
                equal(problem["ctx"], {"offset": offset}, "offset")
                true(part in problem["msg"], problem["msg"])


def ask_and_leave(server, path):
    with socket.create_connection(("127.0.0.1", server.port), 20) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())


def test_clients_that_go_away_end_their_searches(build):
    texts = [f"{i} " * 40 for i in range(6000)]
    with Server(build) as server:
        send(server, texts, "gone")
        for _ in range(12):
            ask_and_leave(server, path_of("gone", "nowhere"))
            ask_and_leave(server, path_of("gone", "nowhere", "traces"))
        for _ in range(200):
            status, _, body = server.request("GET", path_of("gone", "5999 "))
            if status != 503:
                break
            time.sleep(0.05)
        equal(status, 200, "a search after them")
        equal(len(json.loads(body)["data"]), 1, "spans")


if __name__ == "__main__":
    cases.main(globals())
