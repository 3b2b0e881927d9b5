#!/usr/bin/env python3
"""HTTP as clients see it: headers, encodings, methods, routes and errors."""
import base64
import gzip
import http.client
import json
import socket
import struct
import sys
import threading
import time
import zlib
from pathlib import Path
from urllib.parse import quote

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
import otlp
from cases import equal, true
from running import Server

PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json"}
TEXT = "text/plain; charset=utf-8"


def good(number=1, project="http"):
    return otlp.request([otlp.span(struct.pack(">QQ", 1, number),
                                   struct.pack(">Q", number))], project)


def zstd_of(data):
    """A zstd frame of raw blocks: what the standard library can make."""
    frame = b"\x28\xb5\x2f\xfd" + bytes([0xA0]) + struct.pack("<I", len(data))
    at = 0
    while at == 0 or at < len(data):
        block = data[at:at + 65536]
        at += max(len(block), 1)
        last = at >= len(data)
        frame += struct.pack("<I", len(block) << 3 | last)[:3] + block
    return frame


def raw(server, data, patience=10):
    """What comes back for raw bytes, up to the end or a pause."""
    with socket.create_connection(("127.0.0.1", server.port),
                                  patience) as connection:
        connection.sendall(data)
        connection.settimeout(0.5)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except TimeoutError:
            pass
        return answer


def span(number, **more):
    return {"name": f"s{number}", "span_kind": "LLM", "status_code": "OK",
            "context": {"trace_id": f"{number:032x}",
                        "span_id": f"{number:016x}"},
            "start_time": "2026-03-01T10:00:00Z",
            "end_time": "2026-03-01T10:00:01Z", **more}


def send(server, method, path, body):
    return server.request(method, path, json.dumps(body).encode(), JSON)


def test_every_answer_names_the_versions(build):
    with Server(build) as server:
        for method, path in (("GET", "/healthz"), ("GET", "/v1/projects"),
                             ("GET", "/nowhere"), ("POST", "/v1/nowhere"),
                             ("GET", "/v1/datasets"),
                             ("DELETE", "/v1/traces/ff"),
                             ("GET", "/v1/projects?limit=0")):
            _, headers, _ = server.request(method, path)
            equal(headers.get("x-phoenix-server-version"), "20.3.0", path)
            equal(headers.get("x-colab-notebook-cache-control"), "no-cache",
                  path)
            true("x-libphoenix-version" in headers, path)


def test_the_server_tells_of_itself(build):
    with Server(build) as server:
        for path, wanted in (("/healthz", b"OK"),
                             ("/arize_phoenix_version", b"20.3.0")):
            status, headers, body = server.request("GET", path)
            equal((status, headers["content-type"], body),
                  (200, TEXT, wanted), path)
        status, headers, body = server.request("GET", "/readyz")
        equal((status, headers["content-type"], body),
              (200, "application/json", b"{}"), "/readyz")


def test_unknown_paths_and_methods(build):
    with Server(build) as server:
        for method, path, wanted in (
                ("GET", "/v1/nowhere", 404), ("POST", "/v1/nowhere", 405),
                ("GET", "/v1/traces", 405), ("PUT", "/v1/traces", 405),
                ("PATCH", "/v1/projects", 405), ("POST", "/healthz", 405),
                ("GET", "/v1/projects//spans", 404),
                ("GET", "/v1/agent_sessions", 501), ("POST", "/graphql", 501),
                ("PUT", "/v1/secrets", 501),
                ("GET", "/v1/agent_sessions/x", 501),
                ("GET", "/v1/agent_sessions/x/messages", 501)):
            status, headers, _ = server.request(method, path)
            equal(status, wanted, f"{method} {path}")
            equal(headers["content-type"], TEXT, f"{method} {path}")


def test_head_is_get_without_a_body(build):
    with Server(build) as server:
        for path in ("/healthz", "/v1/projects"):
            length = len(server.request("GET", path)[2])
            status, headers, body = server.request("HEAD", path)
            equal((status, body), (200, b""), path)
            equal(int(headers["content-length"]), length, path)


def test_answers_are_packed_for_who_takes_it(build):
    with Server(build) as server:
        for accepts, packed in (("gzip", True), ("br, gzip;q=0.5", True),
                                ("deflate, GZIP", True), ("br", False),
                                ("gzip;q=0", False), ("", False)):
            _, headers, body = server.request(
                "GET", "/healthz", headers={"Accept-Encoding": accepts})
            equal(headers.get("content-encoding") == "gzip", packed, accepts)
            equal(body, b"OK", accepts)
            if packed:
                equal(headers.get("vary"), "Accept-Encoding", accepts)
        _, headers, _ = server.request(
            "GET", "/healthz", headers={"Accept-Encoding": "gzip",
                                        "Accept": "multipart/mixed"})
        true("content-encoding" not in headers, "multipart/mixed")


def test_otlp_in_every_form(build):
    with Server(build) as server:
        bodies = [(good(1), {}), (gzip.compress(good(2)), "gzip"),
                  (zlib.compress(good(3)), "deflate"),
                  (zstd_of(good(4)), "zstd"), (good(5), "identity"),
                  (gzip.compress(good(6)[:9]) + gzip.compress(good(6)[9:]),
                   "GZIP")]
        for body, encoding in bodies:
            more = {"Content-Encoding": encoding} if encoding else {}
            status, headers, answer = server.request(
                "POST", "/v1/traces", body, {**PROTOBUF, **more})
            equal((status, headers["content-type"], answer),
                  (200, "application/x-protobuf", b""), encoding)
        body = {"resourceSpans": [{"scopeSpans": [{"spans": [{
            "traceId": "07" * 16, "spanId": "07" * 8, "name": "json"}]}]}]}
        for name in ("application/json", "Application/JSON; charset=utf-8"):
            status, headers, answer = server.request(
                "POST", "/v1/traces", json.dumps(body).encode(),
                {"Content-Type": name, "x-project-name": "http"})
            equal((status, headers["content-type"]),
                  (200, "application/json"), name)
            true(isinstance(json.loads(answer), dict), answer)
        rows = server.pages("/v1/projects/http/spans", 3)
        equal(len(rows), 7, "spans")


def test_what_nests_deepest_is_given_back(build):
    """255 levels are taken; the lists that have them must still answer."""
    def listed(levels):
        return otlp.field(5, otlp.field(1, listed(levels - 1))) \
            if levels else otlp.text("x")

    def member(levels):
        return otlp.field(6, otlp.field(1, otlp.field(1, b"k") + otlp.field(
            2, member(levels - 1)))) if levels else otlp.text("x")

    with Server(build) as server:
        for number, value in enumerate((listed(254), listed(255), member(254),
                                        member(255)), 1):
            more = otlp.field(9, otlp.field(1, b"a") + otlp.field(2, value))
            span = otlp.span(struct.pack(">QQ", 1, number),
                             struct.pack(">Q", number), more=more)
            answer = server.request("POST", "/v1/traces",
                                    otlp.request([span], "deep"), PROTOBUF)
            equal((answer[0], answer[2]), (200, b""), f"request {number}")
        for path in ("spans", "spans/otlpv1"):
            status, _, body = server.request("GET",
                                             f"/v1/projects/deep/{path}")
            equal(status, 200, path)
            equal(body.count(b'"span_id"'), 4, path)


def test_bodies_that_are_refused(build):
    with Server(build) as server:
        for body, headers, wanted in (
                (b"\xff\xff", PROTOBUF, 422), (b"{", JSON, 422),
                (b"", {"Content-Type": "text/plain"}, 415), (b"", {}, 415),
                (b"x", {**PROTOBUF, "Content-Encoding": "br"}, 415),
                (b"x", {**PROTOBUF, "Content-Encoding": "gzip"}, 400),
                (b"xy", {**PROTOBUF, "Content-Encoding": "zstd"}, 400),
                (b"\x03\x00", {**PROTOBUF, "Content-Encoding": "deflate"},
                 400),
                (gzip.compress(good())[:-4],
                 {**PROTOBUF, "Content-Encoding": "gzip"}, 400)):
            status, found, text = server.request("POST", "/v1/traces", body,
                                                 headers)
            equal(status, wanted, f"{body!r} {headers}")
            equal(found["content-type"], TEXT, f"{body!r} {headers}")
            true(text, f"{body!r} {headers}: no reason")


def test_chunked_bodies_and_expectations(build):
    with Server(build) as server:
        body = good(1) + good(2)
        for sizes in ([len(body)], [1] * len(body), [10, 0, len(body) - 10]):
            sizes = [size for size in sizes if size]
            status = server.request("POST", "/v1/traces", body, PROTOBUF,
                                    sizes)[0]
            equal(status, 200, sizes)
        head = ("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n"
                "Content-Length: %d\r\nExpect: 100-continue\r\n\r\n")
        answer = raw(server, (head % ("application/x-protobuf", 1 << 30))
                     .encode())
        true(answer.startswith(b"HTTP/1.1 413"), answer[:100])
        answer = raw(server, (head % ("application/x-protobuf", len(body)))
                     .encode())
        true(answer.startswith(b"HTTP/1.1 100"), answer[:100])


def test_a_connection_serves_many_requests(build):
    with Server(build) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port,
                                                timeout=10)
        for number in range(50):
            connection.request("POST", "/v1/traces", good(number), PROTOBUF)
            answer = connection.getresponse()
            equal((answer.status, answer.read()), (200, b""), number)
            connection.request("GET", "/v1/projects/http/spans?limit=1")
            answer = connection.getresponse()
            equal(answer.status, 200, number)
            answer.read()
        connection.close()
        two = (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
               b"GET /v1/projects HTTP/1.1\r\nHost: x\r\n\r\n")
        equal(raw(server, two).count(b"HTTP/1.1 200"), 2, "pipelined")


def test_headers_without_end_are_431(build):
    with Server(build) as server:
        flood = b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"".join(
            b"X-%d: %s\r\n" % (i, b"y" * 500) for i in range(200))
        answer = raw(server, flood + b"\r\n")
        true(answer == b"" or b" 431 " in answer[:30] or
             b" 413 " in answer[:30], answer[:100])
        equal(server.request("GET", "/healthz")[0], 200, "health")


def test_a_root_path_may_be_there_or_not(build):
    with Server(build, {"PHOENIX_HOST_ROOT_PATH": "/sub"}) as server:
        for path, wanted in (("/sub/healthz", 200), ("/healthz", 200),
                             ("/subhealthz", 404), ("/sub/v1/projects", 200),
                             ("/sub/v1/traces", 405)):
            equal(server.request("GET", path)[0], wanted, path)


def test_project_names_come_from_the_header(build):
    with Server(build) as server:
        for number, name in enumerate(("", "plain", "a b/c", "größe")):
            body = otlp.request([otlp.span(
                struct.pack(">QQ", 9, number), struct.pack(">Q", 99 + number))])
            server.request("POST", "/v1/traces", body,
                           {**PROTOBUF, "x-project-name": name.encode()})
        names = {row["name"] for row in server.pages("/v1/projects", 2)}
        true({"", "plain", "a b/c", "größe"} <= names, names)
        rows = server.get_json("/v1/projects/" + quote("größe") + "/spans")
        equal(len(rows["data"]), 1, "spans")


def test_a_project_is_made_described_and_deleted(build):
    with Server(build) as server:
        status, _, body = send(server, "POST", "/v1/projects",
                               {"name": "p", "description": "d"})
        equal(status, 200, body)
        made = json.loads(body)["data"]
        equal((made["name"], made["description"]), ("p", "d"), "made")
        equal(send(server, "POST", "/v1/projects", {"name": "p"})[0], 409,
              "twice")
        for body, kind in (({}, "missing"), ({"name": ""}, "string_too_short"),
                           ({"name": 5}, "string_type"),
                           ({"name": "q", "description": 5}, "string_type")):
            status, _, answer = send(server, "POST", "/v1/projects", body)
            equal(status, 422, body)
            equal(json.loads(answer)["detail"][0]["type"], kind, body)
        path = "/v1/projects/" + quote(made["id"], safe="")
        for body, wanted in (({"description": "new"}, "new"), ({}, "new"),
                             ({"description": None}, "new")):
            status, _, answer = send(server, "PUT", path, body)
            equal((status, json.loads(answer)["data"]["description"]),
                  (200, wanted), body)
        equal(server.request("DELETE", path)[0], 204, "delete")
        equal(server.request("GET", path)[0], 404, "get")
        equal(server.request("DELETE", "/v1/projects/default")[0], 403,
              "delete default")
        for path in ("/v1/projects/UHJvamVjdDow", "/v1/projects/UHJvamVjdDotNQ=="):
            equal(server.request("GET", path)[0], 404, path)


def test_project_lists_page_and_filter(build):
    with Server(build) as server:
        for number in range(5):
            send(server, "POST", "/v1/projects", {"name": f"Page{number}_%"})
        rows = server.pages("/v1/projects?name_contains=pAGE", 2)
        equal([row["name"] for row in rows],
              [f"Page{n}_%" for n in (4, 3, 2, 1, 0)], "names")
        equal(server.get_json("/v1/projects?name_contains=0_%25")["data"][0]
              ["name"], "Page0_%", "literal wildcards")


def test_lists_take_a_filter(build):
    with Server(build) as server:
        data = [span(number, span_kind="LLM" if number % 2 else "TOOL",
                     attributes={"session.id": f"s{number % 3}"})
                for number in range(1, 10)]
        path = "/v1/projects/filtered/"
        equal(send(server, "POST", path + "spans", {"data": data})[0], 202,
              "sent")
        for listed, text, wanted in (
                ("spans", "span_kind == 'llm'", 5), ("spans", " ", 9),
                ("spans/otlpv1", "span_kind == 'llm'", 5),
                ("traces", "num_spans > 1", 0), ("traces", "llm_span_count > 0",
                                                 5),
                ("sessions", "num_traces == 3", 3),
                ("sessions", "session_id == 's1'", 1)):
            query = f"{path}{listed}?filter={quote(text)}"
            equal(len(server.get_json(query)["data"]), wanted, query)
            equal(len(server.pages(query, 2)), wanted, query)
        for listed, text, at in (
                ("spans", "name = 'x'", 5), ("traces", "num_spam > 1", 0),
                ("sessions", "num_traces == 3 and any_input == 'x'", 30),
                ("spans", "name == '\0'", 9), ("spans", b"name == '\xff'", 9),
                ("traces", b"\xc3\xa9 > '\xc3\xa9\xc3'", 8),
                ("sessions", b"'\xed\xa0\x80' in any_input", 1),
                ("spans", "x" * 9000 + "(", 9001)):
            status, _, answer = server.request(
                "GET", f"{path}{listed}?filter={quote(text)}&limit=x")
            problems = json.loads(answer)["detail"]
            equal((status, len(problems)), (422, 2), text[:40])
            for problem in problems:
                if problem["loc"] == ["query", "filter"]:
                    equal((problem["type"], problem["ctx"]),
                          ("value_error", {"offset": at}), text[:40])


def test_spans_are_made_from_json(build):
    with Server(build) as server:
        path = "/v1/projects/made/spans"
        status, headers, body = send(server, "POST", path,
                                     {"data": [span(1), span(2)]})
        equal((status, json.loads(body)),
              (202, {"total_received": 2, "total_queued": 2}), "made")
        status, headers, body = send(server, "POST", path,
                                     {"data": [span(2), span(3)]})
        equal((status, headers["content-type"]), (400, TEXT), "duplicate")
        equal(json.loads(body)["duplicate_spans"],
              [{"span_id": f"{2:016x}", "trace_id": f"{2:032x}"}], "which")
        true(b'", "' in body or b'": ' in body, "it is spaced")
        equal(len(server.get_json(path)["data"]), 2, "none of them stored")
        bad = [({"data": [5]}, "model_attributes_type", ["body", "data", 0]),
               ({"data": [span(4, context=5)]}, "model_attributes_type",
                ["body", "data", 0, "context"]),
               ({"data": [span(4), span(5, attributes=[])]}, "dict_type",
                ["body", "data", 1, "attributes"]),
               ({"data": [span(4, events=[{"name": "e"}])]}, "missing",
                ["body", "data", 0, "events", 0, "timestamp"]),
               ({"data": [span(4, start_time=None)]}, "datetime_type",
                ["body", "data", 0, "start_time"]),
               ({"data": [span(4, end_time="x")]},
                "datetime_from_date_parsing", ["body", "data", 0, "end_time"])]
        for body, kind, place in bad:
            status, _, answer = send(server, "POST", path, body)
            equal(status, 422, body)
            found = json.loads(answer)["detail"][0]
            equal((found["type"], found["loc"]), (kind, place), body)
        equal(server.request("POST", path, b"", JSON)[0], 422, "no body")
        missing = "/v1/projects/" + quote("UHJvamVjdDo5OTk=", safe="")
        equal(send(server, "POST", missing + "/spans", {"data": []})[0], 404,
              "id of no project")


def test_sessions_are_deleted_together(build):
    with Server(build) as server:
        rows = [span(n, attributes={"session.id": f"s{n}"})
                for n in range(1, 5)]
        send(server, "POST", "/v1/projects/p/spans", {"data": rows})
        ids = {row["session_id"]: row["id"] for row in
               server.get_json("/v1/projects/p/sessions")["data"]}
        equal(len(ids), 4, "sessions")
        path = "/v1/sessions/delete"
        for given, wanted in (([], 422), ([ids["s1"], "s2"], 422),
                              ([5], 422), (["s1", "none"], 204),
                              ([ids["s2"]], 204)):
            equal(send(server, "POST", path,
                       {"session_identifiers": given})[0], wanted, given)
        equal(server.request("DELETE", "/v1/sessions/s3")[0], 204, "by name")
        equal(server.request("DELETE", "/v1/sessions/s3")[0], 404, "again")
        left = server.get_json("/v1/projects/p/sessions")["data"]
        equal([row["session_id"] for row in left], ["s4"], "left")
        equal(len(server.get_json("/v1/projects/p/spans")["data"]), 1, "spans")


def test_trace_pages_hold_each_trace_once(build):
    with Server(build) as server:
        rows = []
        for number in range(60):  # starts jump about, many are equal;
            second = number * 37 % 20  # some end before they start
            rows.append(span(number + 1,
                             start_time=f"2026-03-01T10:00:{second:02}Z",
                             end_time=f"2026-03-01T10:00:{number % 7:02}Z"))
        for at in range(0, 60, 20):
            send(server, "POST", "/v1/projects/p/spans",
                 {"data": rows[at:at + 20]})
        for query in ("", "order=asc", "sort=latency_ms",
                      "sort=latency_ms&order=asc"):
            whole = server.get_json(f"/v1/projects/p/traces?{query}")["data"]
            equal(len(whole), 60, query)
            for limit in (1, 2, 3, 4, 5, 7, 59):
                paged = []
                cursor = ""
                while cursor is not None:
                    page = server.get_json(
                        f"/v1/projects/p/traces?{query}&limit={limit}"
                        f"&cursor={quote(cursor)}")
                    paged += page["data"]
                    cursor = page["next_cursor"]
                    true(len(paged) <= 60, f"{query} {limit}: goes on")
                equal([row["id"] for row in paged],
                      [row["id"] for row in whole], f"{query} by {limit}")
        for cursor in ("TracePlace:", "TracePlace:1:2",
                       "TracePlace:" + "x" * 48):
            cursor = quote(base64.b64encode(cursor.encode()).decode())
            equal(server.request("GET", "/v1/projects/p/traces?cursor="
                                 + cursor)[0], 422, cursor)


def test_hostile_token_counts_stop_at_the_largest(build):
    most = 2 ** 63 - 1
    with Server(build) as server:
        rows = [span(n, attributes={"session.id": "s",
                                    "llm.token_count.prompt": most,
                                    "llm.token_count.completion": most - n})
                for n in (1, 2)]
        equal(send(server, "POST", "/v1/projects/p/spans",
                   {"data": rows})[0], 202, "sent")
        path = "/v1/projects/p/traces?include_spans=true"
        for trace in server.get_json(path)["data"]:
            equal(trace["token_count_total"], most, "of a trace")
            equal(len(trace["spans"]), 1, "spans")
        (session,) = server.get_json("/v1/projects/p/sessions")["data"]
        equal([session[f"token_count_{name}"]
               for name in ("prompt", "completion", "total")], [most] * 3,
              "of a session")


def test_odd_queries(build):
    with Server(build) as server:
        server.request("POST", "/v1/traces", good(1), PROTOBUF)
        path = "/v1/projects/http/spans"
        for query, wanted in (
                ("limit=+5", 200), ("limit=1_0", 200), ("limit=5.0", 200),
                ("limit=5.1", 422), ("limit=", 422), ("limit=1&limit=2", 200),
                ("end_time=-1", 200), ("start_time=9999-01-01", 200),
                ("attribute=a:NaN", 200), ("attribute=a:%00", 200),
                ("attribute=%00:1", 422), ("name=%ff", 200), ("&&=&x", 200),
                ("cursor=%00", 422), ("parent_id=zz", 200),
                ("trace_id=", 200), ("span_kind=", 422)):
            equal(server.request("GET", f"{path}?{query}")[0], wanted, query)
        for path in ("/v1/projects/%00/spans", "/v1/projects/%ff",
                     "/v1/projects/" + "x" * 5000, "/%", "/%2", "/%zz"):
            equal(server.request("GET", path)[0], 404, path[:40])


def test_a_full_queue_is_503_and_worth_another_try(build):
    with Server(build, {"PHOENIX_MAX_SPANS_QUEUE_SIZE": "1"}) as server:
        found = []

        def sender(first):
            for number in range(first, first + 30):
                status, headers, _ = server.request(
                    "POST", "/v1/traces", good(number), PROTOBUF)
                if status == 503:
                    found.append(headers.get("retry-after"))
                    time.sleep(0.001)
                elif status != 200:
                    found.append(str(status))

        threads = [threading.Thread(target=sender, args=(1000 * n,))
                   for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        true(all(value == "1" for value in found), found[:5])


def test_what_was_taken_is_answered_before_the_end(build):
    with Server(build) as server:
        answers = []

        def sender(first):
            for number in range(first, first + 1000):
                try:
                    status = server.request("POST", "/v1/traces",
                                            good(number), PROTOBUF)[0]
                except OSError:
                    return
                if status == 200:
                    answers.append(number)

        threads = [threading.Thread(target=sender, args=(10000 * n,))
                   for n in range(1, 5)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        equal(server.stop(), 0, "exit status")
        for thread in threads:
            thread.join()
        server.start()
        rows = server.pages("/v1/projects/http/spans", 1000)
        stored = {int(row["context"]["span_id"], 16) for row in rows}
        true(answers and set(answers) <= stored,
             f"{len(set(answers) - stored)} acknowledged spans are gone")


def test_metrics_count_and_have_a_port_of_their_own(build):
    with Server(build, {"PHOENIX_ENABLE_PROMETHEUS": "true"}) as server:
        server.request("POST", "/v1/traces", good(1), PROTOBUF)
        status, headers, body = server.request("GET", "/metrics")
        equal(status, 200, "status")
        true(headers["content-type"].startswith("text/plain; version=0.0.4"),
             headers)
        for name in (b"phoenix_spans_accepted_total 1\n",
                     b"phoenix_commit_seconds_count 1\n",
                     b"phoenix_span_queue_size 0\n",
                     b"database_disk_usage_bytes "):
            true(name in body, f"{name} is not in {body!r:.2000}")
        own = http.client.HTTPConnection("127.0.0.1", 9090, timeout=5)
        own.request("GET", "/metrics")
        true(b"phoenix_spans_accepted_total 1" in own.getresponse().read(),
             "port 9090")
        own.close()


if __name__ == "__main__":
    cases.main(globals())
