"""Sends the spans of spans.json with the OpenTelemetry SDK of Python, or with
arize-phoenix-otel, and prints what it made of each, one JSON object a line.

    spans.py FILE sdk http|grpc COMPRESSION ENDPOINT
    spans.py FILE phoenix http|grpc|infer batch|simple

arize-phoenix-otel finds the server by itself.
"""
import json
import sys

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (Link, SpanKind, Status, StatusCode,
                                 set_span_in_context)


def sdk_provider(known, protocol, compression, endpoint):
    if protocol == "http":
        from opentelemetry.exporter.otlp.proto.http import Compression
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import \
            OTLPSpanExporter
        exporter = OTLPSpanExporter(
            endpoint, compression=Compression(compression))
    else:
        from grpc import Compression
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import \
            OTLPSpanExporter
        exporter = OTLPSpanExporter(
            endpoint, insecure=True,
            compression=Compression.Gzip if compression == "gzip"
            else Compression.NoCompression)
    provider = TracerProvider(resource=Resource.create(
        {**known["resource"], "openinference.project.name": known["project"]}))
    provider.add_span_processor(
        BatchSpanProcessor(exporter, max_export_batch_size=16))
    return provider


def phoenix_provider(known, protocol, processor):
    from phoenix.otel import register
    name = {"http": "http/protobuf", "grpc": "grpc", "infer": None}[protocol]
    return register(project_name=known["project"], protocol=name,
                    batch=processor == "batch", verbose=False,
                    resource=Resource.create(known["resource"]))


def start(tracer, wanted, made):
    parent = None
    if wanted["parent"] is not None:
        parent = set_span_in_context(made[wanted["parent"]])
    span = tracer.start_span(
        wanted["name"], context=parent, kind=SpanKind[wanted["kind"]],
        attributes=wanted["attributes"],
        links=[Link(made[link["span"]].get_span_context(), link["attributes"])
               for link in wanted.get("links", [])])
    for event in wanted.get("events", []):
        span.add_event(event["name"], event["attributes"])
    if "status" in wanted:
        span.set_status(Status(StatusCode[wanted["status"]],
                               wanted.get("message")))
    return span


def send_round(tracer, known):
    made = []
    for wanted in known["spans"]:
        made.append(start(tracer, wanted, made))
    for span in reversed(made):
        span.end()
    for index, span in enumerate(made):
        context = span.get_span_context()
        print(json.dumps({"index": index,
                          "trace_id": f"{context.trace_id:032x}",
                          "span_id": f"{context.span_id:016x}",
                          "start": str(span.start_time),
                          "end": str(span.end_time)}))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        known = json.load(file)
    make = {"sdk": sdk_provider, "phoenix": phoenix_provider}[sys.argv[2]]
    provider = make(known, *sys.argv[3:])
    tracer = provider.get_tracer(known["scope"]["name"],
                                 known["scope"]["version"])
    for _ in range(known["rounds"]):
        send_round(tracer, known)
    if not provider.force_flush():
        sys.exit("force_flush says that it failed")
    provider.shutdown()


main()
