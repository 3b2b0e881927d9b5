#!/usr/bin/env python3
"""What exporters of the OpenTelemetry SDK take a span; prints one line of JSON.

    exporters.py PORT FOLDER    OTLP/HTTP goes to that port of this machine

Spans are made by the SDK beforehand, as an agent's calls of a model, and given
to each exporter in batches, as its batch processor does.
"""
import json
import sys
import tempfile
import time

from opentelemetry.exporter.otlp.proto.http.trace_exporter import \
    OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import \
    InMemorySpanExporter

import libphoenix
from libphoenix.otel import SpanExporter

SPANS, BATCH = 20_480, 512
TEXT = "What was said before, and what the model is to do with it now. " * 4


def attributes(number):
    messages = {
        f"llm.{way}_messages.{i}.message.{key}": value
        for way, count in (("input", 3), ("output", 1)) for i in range(count)
        for key, value in (("role", "user"), ("content", f"{number} {TEXT}"))}
    return {"openinference.span.kind": "LLM", "llm.model_name": "model-1",
            "input.value": TEXT, "output.value": f"{number} {TEXT}",
            "input.mime_type": "text/plain", "session.id": f"s{number // 99}",
            "llm.token_count.prompt": number % 999,
            "llm.token_count.completion": 20, "llm.token_count.total": 99,
            **messages}


def make_spans():
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracer = provider.get_tracer("bench")
    for number in range(SPANS):
        with tracer.start_as_current_span("call", attributes=attributes(number)):
            pass
    return kept.get_finished_spans()


def measure(exporter, spans):
    began, cpu = time.perf_counter(), time.process_time()
    for at in range(0, len(spans), BATCH):
        if exporter.export(spans[at:at + BATCH]) is not SpanExportResult.SUCCESS:
            sys.exit(f"{exporter}: spans were refused")
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    exporter.shutdown()
    return {"us": took * 1e6 / len(spans), "cpu_us": cpu * 1e6 / len(spans)}


def main():
    port, folder = sys.argv[1:]
    spans = make_spans()
    sent = OTLPSpanExporter(f"http://127.0.0.1:{port}/v1/traces")
    with tempfile.TemporaryDirectory(dir=folder) as place:
        with libphoenix.Store(f"{place}/phoenix.db") as store:
            direct = measure(SpanExporter(store), spans)
    print(json.dumps({"spans": len(spans), "attributes": len(attributes(0)),
                      "store": direct, "http": measure(sent, spans)}))


main()
