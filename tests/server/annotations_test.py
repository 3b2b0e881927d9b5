#!/usr/bin/env python3
"""Annotations and notes over REST: written at once or when their targets come,
listed, deleted; every refusal with its status and form."""
import base64
import json
import sys
import threading
import time
import urllib.parse
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
import otlp
from asking import refused, send, wrong_form
from cases import equal, true
from running import Server

SPANS = "/v1/projects/said/span_annotations"
TRACES = "/v1/projects/said/trace_annotations"
SESSIONS = "/v1/projects/said/session_annotations"
PLACES = {"span": (SPANS, "span_id"), "trace": (TRACES, "trace_id"),
          "session": (SESSIONS, "session_id")}
TYPES = {"span": "SpanAnnotation", "trace": "TraceAnnotation",
         "session": "ProjectSessionAnnotation"}


def span_id(number):
    return f"{number:016x}"


def trace_id(number):
    return f"{number:032x}"


def attribute(key, value):
    return otlp.field(9, otlp.field(1, key.encode())
                      + otlp.field(2, otlp.text(value)))


def send_span(server, number, project="said", trace=1, more=b""):
    body = otlp.request(
        [otlp.span(bytes.fromhex(trace_id(trace)),
                   bytes.fromhex(span_id(number)), "step",
                   attribute("session.id", f"s{trace}") + more)], project)
    status = server.request("POST", "/v1/traces", body, {
        "Content-Type": "application/x-protobuf"})[0]
    equal(status, 200, "status of spans")


def post(server, path, *items):
    return send(server, "POST", path, {"data": list(items)})


def item(span=1, name="tone", kind="LLM", **more):
    return {"span_id": span_id(span), "name": name, "annotator_kind": kind,
            **more}


def ids_of(answer):
    equal(answer[:2], (200, "application/json"), f"answer {answer[2]!r:.200}")
    return [row["id"] for row in answer[2]["data"]]


def rows(server, path):
    return server.pages(path, 10)


def test_an_upsert_keeps_its_id_and_replaces_the_rest(build):
    with Server(build) as server:
        send_span(server, 1)
        first = ids_of(post(
            server, "/v1/span_annotations?sync=true",
            item(result={"label": "good", "score": 0.5, "explanation": "e"},
                 metadata={"big": 9007199254740993}),
            item(kind="HUMAN", result={"score": 0}),
            item(identifier="mine", result={"label": "other"})))
        equal(first[0], first[1], "the id of one key")
        listed = rows(server, f"{SPANS}?span_ids={span_id(1)}")
        equal([row["identifier"] for row in listed], ["mine", ""], "rows")
        equal(listed[1]["result"],
              {"label": None, "score": 0.0, "explanation": None}, "result")
        equal((listed[1]["annotator_kind"], listed[1]["metadata"],
               listed[1]["source"], listed[1]["user_id"]),
              ("HUMAN", {}, "API", None), "row")
        ids_of(post(server, "/v1/span_annotations?sync=true",
                    item(metadata={"big": 9007199254740993})))
        again = rows(server, f"{SPANS}?span_ids={span_id(1)}")[1]
        equal(again["created_at"], listed[1]["created_at"], "creation")
        true(again["updated_at"] >= listed[1]["updated_at"], "change")
        equal(again["metadata"], {"big": 9007199254740993}, "metadata")


def test_every_kind_has_ids_of_its_own(build):
    with Server(build) as server:
        send_span(server, 1)
        for kind, (path, key) in PLACES.items():
            target = {"span": span_id(1), "trace": trace_id(1),
                      "session": "s1"}[kind]
            said = {key: target, "name": "q", "annotator_kind": "CODE",
                    "result": {"label": kind}}
            found = ids_of(post(server, f"/v1/{kind}_annotations?sync=1",
                                said))
            row = rows(server, f"{path}?{key}s={target}")[0]
            equal(base64.b64decode(row["id"]).decode(), f"{TYPES[kind]}:1",
                  "id")
            equal((row["id"], row[key], row["result"]["label"]),
                  (found[0], target, kind), f"annotation of a {kind}")
            note = send(server, "POST", f"/v1/{kind}_notes",
                        {"data": {key: f" {target} ", "note": " why? "}})
            equal(note[0], 200, "status of a note")
            listed = rows(server, f"{path}?{key}s={target}")
            equal((listed[0]["id"], listed[0]["name"],
                   listed[0]["result"]["explanation"],
                   listed[0]["annotator_kind"]),
                  (note[2]["data"]["id"], "note", "why?", "HUMAN"), "note")
            true(listed[0]["identifier"].startswith(f"px-{kind}-note:"),
                 "a stamp")
            equal(len(rows(server, f"{path}?{key}s={target}"
                           "&exclude_annotation_names=note")), 1, "others")
            equal(len(rows(server, f"{path}?{key}s={target}"
                           "&include_annotation_names=note")), 1, "notes")


def test_a_note_is_added_or_replaced(build):
    with Server(build) as server:
        send_span(server, 1)

        def note(text, **more):
            return send(server, "POST", "/v1/span_notes", {"data": {
                "span_id": span_id(1), "note": text, **more}})
        plain = {note("one")[2]["data"]["id"], note("one")[2]["data"]["id"]}
        mine = {note("two", identifier="a")[2]["data"]["id"],
                note("three", identifier="a")[2]["data"]["id"]}
        equal((len(plain), len(mine)), (2, 1), "ids")
        refused(send(server, "POST", "/v1/span_notes", {"data": {
            "span_id": "00ff", "note": "x"}}), 404, "00ff")
        data = ("body", "data")
        wrong_form(note("  "), ("string_too_short", (*data, "note")))
        wrong_form(send(server, "POST", "/v1/trace_notes",
                        {"data": {"trace_id": "", "identifier": None}}),
                   ("string_too_short", (*data, "trace_id")),
                   ("missing", (*data, "note")),
                   ("string_type", (*data, "identifier")))
        wrong_form(send(server, "POST", "/v1/session_notes", {}),
                   ("missing", data))
        wrong_form(send(server, "POST", "/v1/session_notes", {"data": []}),
                   ("model_attributes_type", data))


def test_documents_are_annotated_by_position(build):
    documents = attribute("openinference.span.kind", "RETRIEVER") + b"".join(
        attribute(f"retrieval.documents.{i}.document.content", "x")
        for i in range(2))
    path = "/v1/document_annotations?sync=true"
    with Server(build) as server:
        send_span(server, 1, more=documents)
        found = ids_of(post(server, path, item(document_position=0),
                            item(document_position="1"),
                            item(name="note", document_position=1)))
        equal(len(set(found)), 3, "ids")
        refused(post(server, path, item(document_position=2)), 422, "2")
        refused(post(server, path, item(document_position=-1)), 422, "-1")
        refused(post(server, path, item(document_position=2 ** 40)), 422)
        refused(post(server, path, item(document_position=0,
                                        identifier=" x ")), 422, " x ")
        ids_of(post(server, path, item(document_position=0, identifier=" ")))
        refused(post(server, path, item(9, document_position=0)), 404,
                span_id(9))
        wrong_form(post(server, path, item(), item(document_position=0.5)),
                   ("missing", ("body", "data", 0, "document_position")),
                   ("int_from_float",
                    ("body", "data", 1, "document_position")))
        # Left out of what is queued, and counted.
        equal(ids_of(post(server, "/v1/document_annotations",
                          item(document_position=7))), [], "ids")
        true('phoenix_waiting_annotations_total{end="dropped"} 1\n'
             in server.request("GET", "/metrics")[2].decode(), "a count")


def test_writes_that_are_refused(build):
    path = "/v1/span_annotations?sync=true"
    first = ("body", "data", 0)
    with Server(build) as server:
        send_span(server, 1)
        equal(ids_of(post(server, path)), [], "ids of nothing")
        refused(post(server, path, item(), item(2), item(3)), 404,
                span_id(2), span_id(3))
        refused(post(server, path, item(), item(name="note")), 400, "note")
        refused(post(server, "/v1/span_annotations", item(name="note")), 400)
        refused(post(server, path, item(name="")), 422, "name")
        refused(post(server, path, item(name="n" * 5000)), 413, "name")
        equal(rows(server, f"{SPANS}?span_ids={span_id(1)}"), [], "rows")
        wrong_form(post(server, path, {}),
                   ("missing", (*first, "name")),
                   ("missing", (*first, "annotator_kind")),
                   ("missing", (*first, "span_id")))
        wrong_form(post(server, path, "x"),
                   ("model_attributes_type", first))
        wrong_form(post(server, path, item(
            name=1, kind="ROBOT", result=[], metadata=[], identifier=None)),
                   ("string_type", (*first, "name")),
                   ("literal_error", (*first, "annotator_kind")),
                   ("model_attributes_type", (*first, "result")),
                   ("dict_type", (*first, "metadata")),
                   ("string_type", (*first, "identifier")))
        wrong_form(post(server, path, item(
            result={"label": 1, "score": "high", "explanation": {}})),
                   ("string_type", (*first, "result", "label")),
                   ("float_parsing", (*first, "result", "score")),
                   ("string_type", (*first, "result", "explanation")))
        wrong_form(post(server, path, item(result={"score": []})),
                   ("float_type", (*first, "result", "score")))
        wrong_form(send(server, "POST", path, {}), ("missing",
                                                    ("body", "data")))
        wrong_form(send(server, "POST", path, {"data": {}}),
                   ("list_type", ("body", "data")))
        wrong_form(send(server, "POST", "/v1/span_annotations?sync=x",
                        {"data": []}), ("bool_parsing", ("query", "sync")))
        status, _, body = server.request("POST", path, b"{", {
            "Content-Type": "application/json"})
        equal((status, json.loads(body)["detail"][0]["type"]),
              (422, "json_invalid"), "what is not JSON")
        wrong_form((422, "application/json", json.loads(
            server.request("POST", path)[2])), ("missing", ("body",)))


def test_lists_page_and_are_refused(build):
    with Server(build) as server:
        send_span(server, 1)
        send_span(server, 2, trace=2)
        send_span(server, 3, "elsewhere", 3)
        ids_of(post(server, "/v1/span_annotations?sync=true", *(
            item(1 + i % 2, f"n{i}", identifier=f"i{i % 3}")
            for i in range(30))))
        both = f"{SPANS}?span_ids={span_id(1)}&span_ids={span_id(2)}"
        found = server.pages(both, 7)
        equal([row["name"] for row in found],
              [f"n{i}" for i in range(29, -1, -1)], "names")
        equal(len(server.get_json(both)["data"]), 10, "rows of a page")
        equal(len(rows(server, f"{SPANS}?identifier=i0&identifier=i2")), 20,
              "rows by identifier")
        equal(len(rows(server, f"{both}&identifier=i1")), 10, "rows of both")
        equal([row["name"] for row in rows(
            server, f"{both}&include_annotation_names=n1"
            "&include_annotation_names=n2&exclude_annotation_names=n2")],
              ["n1"], "names")
        for path in (SPANS, TRACES, SESSIONS):
            refused(send(server, "GET", path), 422, "identifier")
        wrong_form(send(server, "GET", f"{SPANS}?identifier=&identifier=a"),
                   ("string_too_short", ("query", "identifier", 0)))
        wrong_form(send(server, "GET", f"{both}&limit=10001"),
                   ("less_than_equal", ("query", "limit")))
        wrong_form(send(server, "GET", f"{both}&limit=0"),
                   ("greater_than", ("query", "limit")))
        refused(send(server, "GET", f"{both}&cursor=no"), 422, "no")
        many = "&".join(f"identifier={i}" for i in range(1001))
        refused(send(server, "GET", f"{SPANS}?{many}"), 422, "1001")
        refused(send(server, "GET", f"/v1/projects/none/span_annotations"
                     f"?span_ids={span_id(1)}"), 404, "none")
        # Of another project, or unknown: 404, but for an identifier.
        for path, key, id_ in ((SPANS, "span", span_id(3)),
                               (TRACES, "trace", trace_id(3)),
                               (SESSIONS, "session", "s3")):
            refused(send(server, "GET", f"{path}?{key}_ids={id_}"), 404)
            refused(send(server, "GET", f"{path}?{key}_ids=no"), 404)
            equal(rows(server, f"{path}?{key}_ids=no&identifier=x"), [],
                  "rows of an identifier")
        for path, key, id_ in ((TRACES, "trace", trace_id(1)),
                               (SESSIONS, "session", "s1")):
            equal(rows(server, f"{path}?{key}_ids=no&{key}_ids={id_}"), [],
                  "rows of what is not annotated")


def test_deletes_need_a_window_or_all(build):
    with Server(build) as server:
        send_span(server, 1)
        send_span(server, 2, "elsewhere", 2)

        def write():
            ids_of(post(server, "/v1/span_annotations?sync=true",
                        *(item(1, f"n{i}", ("LLM", "CODE", "HUMAN")[i % 3],
                               identifier=f"i{i % 2}") for i in range(6)),
                        item(2)))

        def left(**given):
            query = urllib.parse.urlencode(given)
            equal(send(server, "DELETE", f"{SPANS}?{query}"),
                  (204, None, ""), "a delete")
            return [row["name"] for row in
                    rows(server, f"{SPANS}?span_ids={span_id(1)}")][::-1]
        write()
        wide = {"start_time": "2020-01-01T00:00:00Z",
                "end_time": "2200-01-01T00:00:00Z"}
        equal(left(start_time="2020-01-01", end_time="2020-01-02"),
              [f"n{i}" for i in range(6)], "what an early window leaves")
        equal(left(**wide, name="n0"), [f"n{i}" for i in range(1, 6)], "name")
        equal(left(delete_all="true", annotator_kind="CODE"),
              ["n2", "n3", "n5"], "kind")
        equal(left(delete_all="true", identifier="i1", name="n3"),
              ["n2", "n5"], "identifier")
        equal(left(delete_all="true"), [], "all")
        equal(len(rows(server, "/v1/projects/elsewhere/span_annotations"
                       f"?span_ids={span_id(2)}")), 1, "another project")
        for path in (SPANS, TRACES, SESSIONS):
            refused(send(server, "DELETE", path), 422, "delete_all")
            refused(send(server, "DELETE", f"{path}?start_time=2020-01-01"),
                    422, "delete_all")
            refused(send(server, "DELETE", f"{path}?start_time=2020-01-01"
                         "&end_time=2020-01-01"), 422, "before")
            wrong_form(send(server, "DELETE", f"{path}?name=&identifier="
                            "&annotator_kind=X&start_time=x&delete_all=2"),
                       ("string_too_short", ("query", "name")),
                       ("string_too_short", ("query", "identifier")),
                       ("literal_error", ("query", "annotator_kind")),
                       ("datetime_from_date_parsing",
                        ("query", "start_time")),
                       ("bool_parsing", ("query", "delete_all")))
        refused(send(server, "DELETE", "/v1/projects/none/span_annotations"
                     "?delete_all=true"), 404, "none")


def wait_for(server, path, count):
    """Rows of a list once there are so many."""
    end = time.monotonic() + 20
    while True:
        status, _, body = server.request("GET", path)
        data = json.loads(body)["data"] if status == 200 else []
        if len(data) >= count or time.monotonic() > end:
            return data
        time.sleep(0.05)


def test_annotations_wait_for_their_targets(build):
    with Server(build) as server:
        send_span(server, 1)
        equal(ids_of(post(server, "/v1/span_annotations", item(1),
                          item(2, result={"label": "first"}),
                          item(2, result={"label": "last"}))), [], "ids")
        equal(len(rows(server, f"{SPANS}?span_ids={span_id(1)}")), 1,
              "what had its target")
        ids_of(post(server, "/v1/trace_annotations",
                    {"trace_id": trace_id(2), "name": "q",
                     "annotator_kind": "CODE"}))
        ids_of(post(server, "/v1/session_annotations",
                    {"session_id": "s2", "name": "q",
                     "annotator_kind": "CODE"}))
        server.kill()
        server.start()
        send_span(server, 2, trace=2)
        for path in (f"{SPANS}?span_ids={span_id(2)}",
                     f"{TRACES}?trace_ids={trace_id(2)}",
                     f"{SESSIONS}?session_ids=s2"):
            found = wait_for(server, path, 1)
            equal(len(found), 1, "rows of what came later")
            if "span_ids" in path:
                equal(found[0]["result"]["label"], "last", "label")
        metrics = server.request("GET", "/metrics")[2].decode()
        true('phoenix_waiting_annotations_total{end="joined"} 4\n' in metrics,
             "a count")
        true(server.stop() == 0 and server.run("verify").returncode == 0,
             "the store verifies")


def test_writers_of_the_same_key_make_one_row(build):
    with Server(build) as server:
        send_span(server, 1)
        failed = []

        def write(number):
            for i in range(4):
                sync = "true" if (number + i) % 2 else "false"
                answer = post(server, f"/v1/span_annotations?sync={sync}",
                              item(name="same", result={"score": number}),
                              item(name=f"own {number} {i}"))
                if answer[0] != 200:
                    failed.append(answer)
        writers = [threading.Thread(target=write, args=(n,))
                   for n in range(32)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        equal(failed, [], "refusals")
        found = server.pages(f"{SPANS}?span_ids={span_id(1)}", 1000)
        equal(sum(row["name"] == "same" for row in found), 1, "rows of a key")
        equal(len(found), 129, "rows")


def test_what_is_deleted_takes_its_annotations_along(build):
    with Server(build) as server:
        send_span(server, 1)
        send_span(server, 2)
        ids_of(post(server, "/v1/span_annotations?sync=true", item(1, "a"),
                    item(2, "b")))
        ids_of(post(server, "/v1/trace_annotations?sync=true",
                    {"trace_id": trace_id(1), "name": "q",
                     "annotator_kind": "CODE", "identifier": "x"}))
        equal(server.request("DELETE", f"/v1/spans/{span_id(1)}")[0], 204,
              "a delete")
        equal([row["name"] for row in rows(
            server, f"{SPANS}?span_ids={span_id(1)}&span_ids={span_id(2)}")],
              ["b"], "names")
        equal(server.request("DELETE", f"/v1/traces/{trace_id(1)}")[0], 204,
              "a delete")
        equal(rows(server, f"{TRACES}?identifier=x"), [], "rows")


if __name__ == "__main__":
    cases.main(globals())
