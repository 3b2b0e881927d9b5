"""What Phoenix's client is asked, in a program of its own: runs with the
client installed, prints {form: answer} as JSON.

    forms.py URL
"""
import json
import sys
import time
from datetime import datetime, timedelta, timezone

import httpx
import pandas as pd
from phoenix.client import Client
from phoenix.client.exceptions import SpanCreationError
from phoenix.client.helpers.spans import (get_input_output_context,
                                          get_retrieved_documents)
from phoenix.client.types.spans import SpanQuery

import world

PROJECT = world.PROJECT
BEGIN = datetime.fromtimestamp(world.BEGIN / 1e9, timezone.utc)
DOCUMENTS = "retrieval.documents"


def after(ms):
    return BEGIN + timedelta(milliseconds=ms)


def query():
    return SpanQuery()


def custom():
    return query().where("name == 'custom'")


def ask(built=None, **more):
    """A form of SpanQuery."""
    return lambda spans: spans.get_spans_dataframe(
        query=built, project_identifier=PROJECT, **more)


FORMS = {
    # everything
    "whole": ask(),
    "whole, of one kind": ask(query().where("span_kind == 'LLM'")),
    "whole, custom attributes": ask(custom()),
    "whole, events": ask(query().where("status_code == 'ERROR'")),
    "whole, in a range": ask(start_time=after(400), end_time=after(2500)),
    "whole, newest": ask(limit=3),
    "whole, roots": ask(root_spans_only=True),
    "whole, nothing": ask(query().where("name == 'no such'")),
    "whole, no such project": lambda spans: spans.get_spans_dataframe(
        project_identifier="no such"),
    # select
    "fields": ask(query().select(
        "name", "span_kind", "parent_id", "start_time", "end_time",
        "status_code", "status_message", "latency_ms", "trace_id")),
    "attributes": ask(query().select(
        "llm.model_name", "llm.token_count.prompt", "metadata", "mixed",
        "app.region", "retrieval.documents", "no.such")),
    "attributes by subscript": ask(query().select(
        "metadata['turn']", "attributes['metadata']['tier']",
        "attributes['numbers'][2]", "attributes['retrieval']['documents'][1]"
        "['document']['id']")),
    "attributes without nulls": ask(custom().select(
        "flag", "count", "exact", "whole", "mixed", "app.region.zone")),
    "attributes of every type": ask(custom().select(
        "app.beta", "big", "tiny", "weights", "numbers", "tag.tags", "quote",
        "empty", "deep.list", "user.id")),
    "tokens": ask(query().select(
        "cumulative_token_count.total", "cumulative_token_count.prompt",
        "cumulative_llm_token_count_completion", "llm.token_count.total")),
    "index by name": ask(query().select("span_kind").with_index("name")),
    "index by trace": ask(query().select("name").with_index("trace_id")),
    "index by attribute": ask(
        query().select("name").with_index("llm.model_name")),
    "rename": ask(query().select("name", "input.value").rename(
        **{"input.value": "input", "name": "what", "no.such": "x"})),
    "select nothing that is there": ask(
        query().select("name", "input.value").where("name == 'no such'")),
    # where
    "where and": ask(query().select("name").where(
        "span_kind == 'LLM' and llm.token_count.prompt > 50 and not "
        "(status_code == 'ERROR')")),
    "where in": ask(query().select("name").where(
        "span_kind in ['TOOL', 'Reranker'] and 'CUST' in name")),
    "where subscript": ask(query().select("name").where(
        "metadata['tier'] == 'gold' or attributes['app']['beta'] == True")),
    "where no parent is stored": ask(
        query().select("name").where("parent_span is None")),
    "where no parent": ask(query().select("name").where("parent_id is None")),
    "where tokens add up": ask(query().select("name").where(
        "cumulative_token_count.total > 200")),
    "where latency": ask(query().select("name", "latency_ms").where(
        "100 <= latency_ms < 1500")),
    "where time": ask(query().select("name").where(
        "start_time >= '2026-03-01T10:00:10+00:00'")),
    # explode
    "explode": ask(query().explode(DOCUMENTS)),
    "explode parts": ask(query().explode(
        DOCUMENTS, text="document.content", score="document.score",
        page="document.metadata.page", metadata="document.metadata",
        none="document.none")),
    "explode and select": ask(
        query().where("span_kind == 'RETRIEVER'").select(
            "trace_id", "input.value").rename(**{"input.value": "input"})
        .explode(DOCUMENTS, text="document.content")),
    "explode, index by trace": ask(query().explode(
        DOCUMENTS, text="document.content").with_index("trace_id")),
    "explode vectors": ask(query().explode("embedding.embeddings")),
    "explode messages": ask(query().explode(
        "llm.input_messages", role="message.role", text="message.content")),
    "explode calls": ask(query().explode("llm.output_messages")),
    "explode what is no list": ask(query().explode("metadata", x="tier")),
    # concat
    "concat": ask(query().concat(DOCUMENTS, context="document.content")),
    "concat parts": ask(query().concat(
        DOCUMENTS, text="document.content", score="document.score",
        none="document.none").with_index("trace_id")),
    "concat numbers": ask(query().concat("numbers")),
    "concat reals": ask(query().concat("weights")),
    "concat texts, select": ask(
        query().select("name").concat("tag.tags")),
    "concat and explode": ask(
        query().concat(DOCUMENTS, all="document.content").explode(
            DOCUMENTS, one="document.content")),
    # what the client builds of them
    "retrieved documents": lambda spans: get_retrieved_documents(
        client, project_identifier=PROJECT),
    "input, output, context": lambda spans: get_input_output_context(
        client, project_identifier=PROJECT),
}


# --- spans as they are, and spans that the client makes ------------------------

MADE = "made"
PATIENCE = 30


def made_span(number, parent=None, **attributes):
    return {"name": f"made {number}", "span_kind": "CHAIN",
            "parent_id": f"{parent:016x}" if parent else None,
            "context": {"trace_id": "ab" * 16, "span_id": f"{number:016x}"},
            "start_time": after(number).isoformat(),
            "end_time": after(number + 5).isoformat(),
            "status_code": "OK", "status_message": "",
            "attributes": {"input.value": f"in {number}", **attributes},
            "events": [{"name": "half", "timestamp": after(2).isoformat(),
                        "attributes": {"done": 0.5}}]}


def fetched(spans, project, **more):
    try:
        return spans.get_spans(project_identifier=project, limit=100, **more)
    except httpx.HTTPStatusError as error:
        if error.response.status_code != 404:  # the project may be to come
            raise
        return []


def listed(spans, count=1, project=PROJECT, **more):
    """Spans without what a store numbers them by; all of `count` of them,
    which may take the server a while."""
    end = time.monotonic() + PATIENCE
    rows = fetched(spans, project, **more)
    while len(rows) < count and time.monotonic() < end:
        time.sleep(0.1)
        rows = fetched(spans, project, **more)
    return sorted(({key: value for key, value in row.items() if key != "id"}
                   for row in rows), key=lambda row: row["context"]["span_id"])


def log_twice(spans):
    """The refusal of what is there already."""
    try:
        spans.log_spans(project_identifier=MADE, spans=[made_span(1)])
    except SpanCreationError as error:
        return {name: getattr(error, name) for name in (
            "total_received", "total_queued", "total_invalid",
            "total_duplicates")}


def log_dataframe(spans):
    """Whole spans of one project, written to another by new ids."""
    frame = spans.get_spans_dataframe(
        query=query().where("span_kind == 'TOOL'"),
        project_identifier=PROJECT)
    for name in ("context.span_id", "parent_id"):
        frame[name] = ["ee" + text[2:] if text == text and text else None
                       for text in frame[name]]
    frame["context.trace_id"] = "cd" * 16
    return spans.log_spans_dataframe(project_identifier="from a frame",
                                     spans_dataframe=frame.reset_index(drop=True))


CALLS = {
    "get_spans": listed,
    "get_spans, one kind": lambda spans: listed(spans, span_kind="LLM"),
    "get_spans, one trace": lambda spans: listed(
        spans, trace_ids=["f1" * 16]),
    "get_spans, by name": lambda spans: listed(spans, name="answer"),
    "get_spans, in a range": lambda spans: listed(
        spans, start_time=after(400), end_time=after(2500)),
    "log_spans": lambda spans: spans.log_spans(
        project_identifier=MADE,
        spans=[made_span(1), made_span(2, 1, **{"llm.tags": ["a", "b"]})]),
    "get_spans, logged": lambda spans: listed(spans, 2, MADE),
    "log_spans, again": log_twice,
    "log_spans_dataframe": log_dataframe,
    "get_spans, from a frame": lambda spans: listed(
        spans, 3, "from a frame"),
}


def plain(value):
    """A cell as JSON has it; NaN in a column of objects is not None."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    return {"nan": True} if value != value else value


def shown(frame):
    """A dataframe: all that equality of two of them looks at."""
    if frame is None:
        return None
    index = [frame.index.get_level_values(i)
             for i in range(frame.index.nlevels)]
    columns = index + [frame.iloc[:, i] for i in range(frame.shape[1])]
    return {"index": list(frame.index.names),
            "columns": list(frame.columns),
            "dtypes": [str(column.dtype) for column in columns],
            "rows": [[plain(cell) for cell in row] for row in zip(*columns)]}


if __name__ == "__main__":
    client = Client(base_url=sys.argv[1])
    answers = {name: shown(form(client.spans))
               for name, form in FORMS.items()}
    answers.update((name, call(client.spans)) for name, call in CALLS.items())
    json.dump(answers, sys.stdout)
