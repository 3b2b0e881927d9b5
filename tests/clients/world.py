"""The spans that the forms ask about, as one OTLP request: the same for the
reference when its answers are recorded and for phoenix-server."""
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "server"))

import otlp

PROJECT = "frames"
COUNT = 15
BEGIN = 1772359200 * 10**9  # 2026-03-01T10:00:00Z
MS = 10**6
STATUSES = {"UNSET": 0, "OK": 1, "ERROR": 2}


def any_value(value):
    if isinstance(value, bool):
        return otlp.varint(2 << 3) + otlp.varint(int(value))
    if isinstance(value, int):
        return otlp.varint(3 << 3) + otlp.varint(value & (1 << 64) - 1)
    if isinstance(value, float):
        return otlp.varint(4 << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, list):
        return otlp.field(5, b"".join(otlp.field(1, any_value(item))
                                      for item in value))
    return otlp.text(value)


def pair(key, value):
    return otlp.field(1, key.encode()) + otlp.field(2, any_value(value))


def attributes(number, values):
    return b"".join(otlp.field(number, pair(*item)) for item in values.items())


def event(name, at, values):
    return otlp.field(11, otlp.fixed(1, at) + otlp.field(2, name.encode())
                      + attributes(3, values))


def span(trace, number, name, start, end, kind=None, parent=None, /,
         status="UNSET", message="", events=(), **values):
    """Times in ms after BEGIN; the values are attributes, "__" for a dot."""
    start, end = (BEGIN + round(ms * MS) for ms in (start, end))
    flat = {key.replace("__", "."): value for key, value in values.items()}
    if kind:
        flat = {"openinference.span.kind": kind, **flat}
    more = attributes(9, flat) + b"".join(
        event(name, start + round(ms * MS), given)
        for name, ms, given in events)
    if parent is not None:
        more += otlp.field(4, span_id(parent))
    if status != "UNSET":
        more += otlp.field(15, (otlp.field(2, message.encode())
                                if message else b"")
                           + otlp.varint(3 << 3)
                           + otlp.varint(STATUSES[status]))
    return otlp.span(trace_id(trace), span_id(number), name, more, start, end)


def trace_id(number):
    return bytes([0xF0 + number]) * 16


def span_id(number):
    return (0xF4A3E000 + number).to_bytes(8, "big")


def rag():
    yield span(
        0, 0, "query", 0, 4000, "CHAIN", status="OK",
        input__value="When does the ferry leave?", output__value="At nine.",
        session__id="visitor-7", user__id="u1",
        metadata='{"tier": "gold", "turn": 1, "flags": {"beta": true}}')
    yield span(
        0, 1, "search", 100, 450.25, "RETRIEVER", 0,
        input__value="ferry times",
        **{"retrieval.documents.0.document.id": "d1",
           "retrieval.documents.0.document.content": "The ferry leaves at nine.",
           "retrieval.documents.0.document.score": 0.875,
           "retrieval.documents.0.document.metadata": '{"page": 3}',
           "retrieval.documents.1.document.id": "d2",
           "retrieval.documents.1.document.content": "No ferry in May.",
           "retrieval.documents.1.document.score": 0.5,
           "retrieval.documents.1.note": "kept"})
    yield span(
        0, 2, "search again", 500, 700, "RETRIEVER", 0,
        input__value="ferry winter",
        **{"retrieval.documents.0.document.content": "Tides décide 東京 🚲.",
           "retrieval.documents.1.document.id": 17,
           "retrieval.documents.1.document.score": 1,
           "retrieval.documents.2.document.content": "",
           "retrieval.documents.2.document.score": 0.1234567890123456})
    yield span(
        0, 3, "embed", 710, 720, "EMBEDDING", 1,
        embedding__model_name="small",
        **{"embedding.embeddings.0.embedding.text": "ferry",
           "embedding.embeddings.0.embedding.vector": [0.25, -1.0, 3.0],
           "embedding.embeddings.1.embedding.text": "times",
           "embedding.embeddings.1.embedding.vector": [1.5, 2.0]})
    yield span(
        0, 4, "answer", 800, 2300.000625, "LLM", 0, status="ERROR",
        message="too slow",
        events=[("exception", 1500, {"exception.type": "Timeout",
                                     "exception.message": "too slow"})],
        llm__model_name="gauge-1", llm__token_count__prompt=120,
        llm__token_count__completion=7, llm__token_count__total=127,
        llm__invocation_parameters='{"temperature": 0.25, "top_k": 3}',
        **{"llm.input_messages.0.message.role": "system",
           "llm.input_messages.0.message.content": "Be brief.",
           "llm.input_messages.1.message.role": "user",
           "llm.input_messages.1.message.content": "When?",
           "llm.output_messages.0.message.role": "assistant",
           "llm.output_messages.0.message.tool_calls.0.tool_call.function.name":
               "get_tide",
           "llm.output_messages.0.message.tool_calls.0.tool_call.function"
           ".arguments": '{"port": "north"}',
           "llm.tools.0.tool.json_schema": '{"name": "get_tide"}'})
    yield span(
        0, 5, "get_tide", 2400, 2401, "TOOL", 0, tool__name="get_tide",
        tool__parameters='{"port": "north"}', output__value="14:05")
    yield span(
        0, 6, "rerank", 2500, 2600, "RERANKER", 0, reranker__top_k=2,
        **{"reranker.input_documents.0.document.content": "b",
           "reranker.input_documents.1.document.content": "a",
           "reranker.output_documents.0.document.content": "a",
           "reranker.output_documents.0.document.score": 2.0})
    yield span(
        0, 7, "answer", 2700, 3900, "LLM", 0, status="OK",
        llm__model_name="gauge-2", llm__token_count__prompt=90,
        llm__token_count__completion=11, output__value="At nine.",
        **{"llm.input_messages.0.message.role": "user",
           "llm.input_messages.0.message.content": "When does it leave?"})


def odd():
    yield span(1, 20, "orphan", 10000, 10100, "CHAIN", 99,
               input__value="who?", output__value="",
               metadata='{"tier": "silver", "turn": 2.5}')
    yield span(1, 21, "bare", 10010, 10010)
    yield span(1, 22, "custom", 10020, 10090, "TOOL", 20,
               **{"app.region.zone": "eu-1", "app.region.rank": 3,
                  "app.beta": True, "tag.tags": ["a", "b"],
                  "weights": [1.0, 0.5], "numbers": [1, 2, 3],
                  "deep.list.0.item.key": "x", "deep.list.1.item.key": "y",
                  "big": 9007199254740993, "most": 2**63 - 1,
                  "least": -2**63, "exact": 0.1 + 0.2, "tiny": 1e-300,
                  "whole": 4.0, "mixed": 1, "flag": True, "count": 1,
                  "quote": 'a"b\\c/d\n\u0001', "llm.custom.depth": 5,
                  "metadata": "{oops", "empty": "",
                  "dotted key.with space": 1})
    yield span(1, 23, "custom", 10020, 10080, "TOOL", 20,
               **{"app.region.zone": "eu-2", "mixed": "one", "flag": False,
                  "count": 2, "exact": 2.5, "whole": 3.0,
                  "numbers": [], "user.id": "42"})
    yield span(1, 24, "stray", 10030, 10031, "evaluator", 20,
               score=3, label="good", name="an attribute",
               retrieval__documents="none", span_id="an attribute, too")
    yield span(2, 40, "turn", 60000, 61000, "AGENT", status="OK",
               session__id="visitor-7", input__value="Thanks.",
               metadata='{"tier": "gold", "turn": 3}')
    yield span(2, 41, "answer", 60100, 60900, "LLM", 40,
               llm__model_name="gauge-1", llm__token_count__prompt=5,
               llm__token_count__completion=1,
               **{"llm.prompt_template.variables": '{"name": "Ada"}',
                  "llm.token_count.prompt_details.cache_read": 4})


def request():
    return otlp.request([*rag(), *odd()], PROJECT)


if __name__ == "__main__":
    sys.stdout.buffer.write(request())
