#!/usr/bin/env python3
"""search= of the lists of spans and traces: what docs/search.md says, pages,
filters besides, refusals, bounds, and clients that go away."""
import json
import re
import socket
import struct
import sys
import threading
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


def filter_of(text):
    return "&filter=" + urllib.parse.quote(text, safe="")


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
        for limit in (7, 1000):
            for kind, text, count in (("spans", "'5' in name", 700),
                                      ("traces", "'5' in input", 350)):
                rows = server.pages(path_of("pages", "even", kind)
                                    + filter_of(text), limit)
                wanted = [i for i in range(0, count, 2) if "5" in str(i)]
                equal(len({row["id"] for row in rows}), len(wanted), kind)
                equal(len(rows), len(wanted), kind)
        equal(found(server, "pages", "even 35"),
              {text for text in found(server, "pages", "35")
               if "even" in text}, "both words")


def test_bad_searches_are_422(build):
    with Server(build) as server:
        send(server, ["a"], "bad")
        for search, offset, part in (
                ("", 0, "no word"), ("  ", 0, "no word"), ('""', 0, "no word"),
                ("ab\0", 2, "NUL"), (b"ab \xe9", 3, "not UTF-8"),
                ("x" * 1025, -1, "limit is 1024"),
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


def ask_and_close(server, path):
    """The status for a client whose end of the connection was closed together
    with its request."""
    with socket.create_connection(("127.0.0.1", server.port), 20) as client:
        client.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
                    socket.MSG_MORE)
        client.shutdown(socket.SHUT_WR)
        return int(client.makefile("rb").readline().split()[1])


def test_lists_that_may_read_much_see_that_a_client_has_gone(build):
    with Server(build) as server:
        send(server, ["a", "b"], "gone")
        for rows, search, text, status in (
                ("spans", "", "", 200), ("traces", "", "", 200),
                ("sessions", "", "", 200), ("spans", "a", "", 503),
                ("traces", "a", "", 503), ("spans/otlpv1", "a", "", 503),
                ("spans", "", "name == 'n1'", 503),
                ("traces", "", "'a' in input", 503),
                ("spans", "a", "name == 'n1'", 503)):
            path = f"/v1/projects/gone/{rows}?limit=9" + (
                "&search=" + search if search else "") + (
                filter_of(text) if text else "")
            equal(ask_and_close(server, path), status, path)


def test_a_fourth_search_is_told_to_come_again(build):
    """Four workers take searches that are under way for long, over and over
    until one of them was the fourth."""
    texts = [f"{i} " * 4000 for i in range(1000)]
    with Server(build) as server:
        send(server, texts, "many")
        later = []

        def ask():
            for _ in range(200):
                status, headers, body = server.request(
                    "GET", path_of("many", "nowhere"))
                if later:
                    return
                if status == 503:
                    later.append((headers["retry-after"], body))
        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(set(later), {("1", b"too many searches are under way")})
        equal(len(found(server, "many", "999 ")), 1, "a search after them")


if __name__ == "__main__":
    cases.main(globals())
