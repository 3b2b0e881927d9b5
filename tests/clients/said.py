"""What Phoenix's client says of spans, traces, sessions and documents, in a
program of its own: runs with the client installed, prints {method: what is
wrong, or null} as JSON.

    said.py URL
"""
import json
import sys
import time

import httpx
import pandas as pd
from phoenix.client import Client

import world

PROJECT = world.PROJECT
SPAN, SEARCH, LATER = (world.span_id(n).hex() for n in (0, 1, 0xFF))
TRACE, SESSION = world.trace_id(0).hex(), "visitor-7"
PATIENCE = 30


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r:.200} instead of {wanted!r:.200}")


def told(client, *, span=SPAN, **more):
    """{name: (label, score, explanation)} of a span."""
    rows = client.spans.get_span_annotations(
        span_ids=[span], project_identifier=PROJECT, **more)
    return {row["name"]: tuple(row["result"][key] for key in (
        "label", "score", "explanation")) for row in rows}


def listed(client, kind, **query):
    """The same of a trace or session, for which the client has no method."""
    rows = client._client.get(f"v1/projects/{PROJECT}/{kind}_annotations",
                              params=query).raise_for_status().json()["data"]
    return {row["name"]: row["result"]["label"] for row in rows}


def when_there(ask, wanted):
    """What is not sync may take a while."""
    end = time.monotonic() + PATIENCE
    while ask() != wanted and time.monotonic() < end:
        time.sleep(0.1)
    equal(ask(), wanted)


def data(key, id_, name, label, **more):
    return {key: id_, "name": name, "annotator_kind": "CODE",
            "result": {"label": label}, **more}


def add_span_annotation(client):
    first = client.spans.add_span_annotation(
        span_id=SPAN, annotation_name="tone", label="good", score=0.0,
        explanation="kind", metadata={"by": "me"}, sync=True)
    again = client.spans.add_span_annotation(
        span_id=SPAN, annotation_name="tone", annotator_kind="LLM",
        label="bad", sync=True)
    equal(again["id"], first["id"])
    equal(told(client)["tone"], ("bad", None, None))
    equal(client.spans.add_span_annotation(
        span_id=SPAN, annotation_name="queued", score=0.0), None)
    when_there(lambda: told(client).get("queued"), (None, 0.0, None))


def add_span_note(client):
    ids = {client.spans.add_span_note(span_id=SPAN, note="see")["id"]
           for _ in range(2)}
    equal(len(ids), 2)
    equal("note" in told(client), False)
    equal(told(client, exclude_annotation_names=["tone"])["note"],
          (None, None, "see"))


def log_span_annotations(client):
    found = client.spans.log_span_annotations(
        span_annotations=[data("span_id", SPAN, "a", "x"),
                          data("span_id", SEARCH, "b", "y")], sync=True)
    equal(len(found), 2)
    equal(told(client, span=SEARCH), {"b": ("y", None, None)})
    equal(told(client, include_annotation_names=["a"]),
          {"a": ("x", None, None)})


def log_span_annotations_dataframe(client):
    frame = pd.DataFrame({"span_id": [SPAN, SEARCH], "label": ["l", "m"],
                          "score": [1, 0.25]})
    client.spans.log_span_annotations_dataframe(
        dataframe=frame, annotation_name="framed", annotator_kind="LLM",
        sync=True)
    equal(told(client)["framed"], ("l", 1.0, None))
    found = client.spans.get_span_annotations_dataframe(
        span_ids=[SEARCH], project_identifier=PROJECT)
    row = found[found["annotation_name"] == "framed"].iloc[0]
    equal((row["result.label"], row["result.score"]), ("m", 0.25))


def missing_spans(client):
    try:
        client.spans.add_span_annotation(
            span_id=LATER, annotation_name="x", label="y", sync=True)
    except httpx.HTTPStatusError as error:
        equal(error.response.status_code, 404)
    else:
        raise AssertionError("nothing was refused")


def spans_to_come(client):
    client.spans.add_span_annotation(span_id=LATER, annotation_name="early",
                                     label="yes")
    client.spans.log_spans(project_identifier=PROJECT, spans=[{
        "name": "late", "span_kind": "CHAIN", "parent_id": None,
        "context": {"trace_id": "ef" * 16, "span_id": LATER},
        "start_time": "2026-03-01T10:00:00+00:00",
        "end_time": "2026-03-01T10:00:01+00:00", "status_code": "OK",
        "status_message": "", "attributes": {}, "events": []}])
    when_there(lambda: fetched(client), {"early": ("yes", None, None)})


def fetched(client):
    try:
        return told(client, span=LATER)
    except httpx.HTTPStatusError as error:
        if error.response.status_code != 404:  # the span may be to come
            raise
        return {}


def add_document_annotation(client):
    found = client.spans.add_document_annotation(
        span_id=SEARCH, document_position=1, annotation_name="relevance",
        score=0.5, sync=True)
    equal(set(found), {"id"})


def log_document_annotations(client):
    found = client.spans.log_document_annotations(
        document_annotations=[
            data("span_id", SEARCH, "rank", "x", document_position=position)
            for position in range(2)], sync=True)
    equal(len(found), 2)


def log_document_annotations_dataframe(client):
    frame = pd.DataFrame({"span_id": [SEARCH] * 2,
                          "document_position": [0, 1], "score": [1.0, 0.5]})
    found = client.spans.log_document_annotations_dataframe(
        dataframe=frame, annotation_name="framed", annotator_kind="CODE",
        sync=True)
    equal(len(found), 2)


def add_trace_annotation(client):
    client.traces.add_trace_annotation(
        trace_id=TRACE, annotation_name="helpful", label="yes", sync=True)
    equal(listed(client, "trace", trace_ids=TRACE)["helpful"], "yes")


def log_trace_annotations(client):
    client.traces.log_trace_annotations(
        trace_annotations=[data("trace_id", TRACE, "a", "x")], sync=True)
    equal(listed(client, "trace", trace_ids=TRACE)["a"], "x")


def log_trace_annotations_dataframe(client):
    client.traces.log_trace_annotations_dataframe(
        dataframe=pd.DataFrame({"trace_id": [TRACE], "label": ["l"]}),
        annotation_name="framed", annotator_kind="LLM", sync=True)
    equal(listed(client, "trace", trace_ids=TRACE)["framed"], "l")


def add_session_annotation(client):
    client.sessions.add_session_annotation(
        session_id=SESSION, annotation_name="csat", label="4", sync=True)
    equal(listed(client, "session", session_ids=SESSION)["csat"], "4")


def log_session_annotations(client):
    client.sessions.log_session_annotations(
        session_annotations=[data("session_id", SESSION, "a", "x")],
        sync=True)
    equal(listed(client, "session", session_ids=SESSION)["a"], "x")


def log_session_annotations_dataframe(client):
    client.sessions.log_session_annotations_dataframe(
        dataframe=pd.DataFrame({"session_id": [SESSION], "label": ["l"]}),
        annotation_name="framed", annotator_kind="LLM", sync=True)
    equal(listed(client, "session", session_ids=SESSION)["framed"], "l")


METHODS = [
    add_span_annotation, add_span_note, log_span_annotations,
    log_span_annotations_dataframe, missing_spans, spans_to_come,
    add_document_annotation, log_document_annotations,
    log_document_annotations_dataframe, add_trace_annotation,
    log_trace_annotations, log_trace_annotations_dataframe,
    add_session_annotation, log_session_annotations,
    log_session_annotations_dataframe]


def wrong(method, client):
    try:
        return method(client)
    except Exception as error:  # one must not hide the others
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    asked = Client(base_url=sys.argv[1])
    json.dump({method.__name__: wrong(method, asked) for method in METHODS},
              sys.stdout)
