"""Spans of OpenTelemetry's SDK: exported, registered, captured."""
import importlib.util
import logging
import os
import subprocess
import sys
import unittest
from functools import partial
from unittest import mock

from libphoenix import Store, TooBig
from libphoenix.testing import capture
from sent import BASE, StoreTest, together

HAS_SDK = importlib.util.find_spec("opentelemetry") is not None
if HAS_SDK:
    from opentelemetry import context, trace
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanLimits, TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.trace import (Link, SpanContext, SpanKind, Status,
                                     StatusCode, TraceFlags, TraceState)

    from libphoenix.otel import SpanExporter, instrument
    from libphoenix.otlp import request_of
    from libphoenix.capture_router import router_of

try:
    from opentelemetry.exporter.otlp.proto.common.trace_encoder import \
        encode_spans
    HAS_ENCODER = True
except ImportError:
    HAS_ENCODER = False
NO_ENCODER = "no opentelemetry-exporter-otlp-proto-common here"
KIND = "openinference.span.kind"


def remote(state=None):
    return SpanContext(0xABC << 100, 0xDEF << 40, is_remote=True,
                       trace_flags=TraceFlags(1),
                       trace_state=TraceState(state or []))


def ended_spans():
    """Spans with all that the SDK lets a span have."""
    kept = []
    exporter = type("Exporter", (), {
        "export": lambda self, spans: kept.extend(spans),
        "shutdown": lambda self: None})()
    provider = TracerProvider(
        resource=Resource({"service.name": "mill", "n": 1}, "http://r/1"),
        shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    one, two = (provider.get_tracer(name, version, schema_url=url)
                for name, version, url in
                (("one", "1.0", "http://s/1"), ("two", None, None)))
    above = trace.set_span_in_context(trace.NonRecordingSpan(
        remote([("a", "b"), ("c", "d")])))
    root = one.start_span("root \u6771", above, SpanKind.SERVER, {
        KIND: "LLM", "text": "caf\xe9 \0 \U0001f6b2", "empty": "", "yes": True,
        "no": False, "zero": 0, "less": -1, "least": -2 ** 63,
        "most": 2 ** 63 - 1, "real": -0.5, "endless": float("inf"),
        "texts": ["x", "y"], "numbers": (1, 2), "none": [], "long": "x" * 300,
        "bytes": b"\0\xff"}, [Link(remote([("k", "v")]), {"l": 1}),
                              Link(remote())], BASE)
    root.add_event("tick", {"n": 1, "t": "x"}, BASE + 5)
    root.add_event("bare", timestamp=BASE + 6)
    inner = two.start_span("inner", trace.set_span_in_context(root),
                           start_time=BASE + 7)
    inner.set_status(Status(StatusCode.ERROR, "late"))
    inner.end(BASE + 8)
    one.start_span("other", start_time=BASE + 8).end(BASE + 9)
    root.set_status(Status(StatusCode.OK))
    root.end(BASE + 10)
    return kept


@unittest.skipUnless(HAS_SDK, "no opentelemetry-sdk here")
class ExporterTest(StoreTest):
    @unittest.skipUnless(HAS_ENCODER, NO_ENCODER)
    def test_requests_are_those_of_the_official_encoder(self):
        spans = ended_spans()
        wanted = encode_spans(spans)
        # Trace states of links are not in it: they are in ours.
        found = type(wanted).FromString(request_of(spans))
        states = [link.trace_state for of in found.resource_spans
                  for scope in of.scope_spans for span in scope.spans
                  for link in span.links]
        self.assertEqual(states, ["k=v", ""])
        for of in found.resource_spans:
            for scope in of.scope_spans:
                for span in scope.spans:
                    for link in span.links:
                        link.ClearField("trace_state")
        self.assertEqual(found, wanted)

    def test_spans_arrive_whole(self):
        result = SpanExporter(self.store, project="town").export(ended_spans())
        self.assertEqual(result.name, "SUCCESS")
        root = self.store.spans("parent_span is None and status_code == 'OK'",
                                attributes="flat").first()
        self.assertEqual(
            (root.name, root.kind, root.project, root.start_ns, root.end_ns,
             root.parent_id, root.trace_state),
            ("root \u6771", "LLM", "town", BASE, BASE + 10,
             f"{0xDEF << 40:016x}", "a=b,c=d"))
        self.assertEqual(root.attributes["text"], "caf\xe9 \0 \U0001f6b2")
        self.assertEqual(root.attributes["least"], -2 ** 63)
        self.assertEqual(root.attributes["texts"], ["x", "y"])
        self.assertEqual([event["name"] for event in root.events],
                         ["tick", "bare"])
        self.assertEqual([link["trace_state"] for link in root.links],
                         ["k=v", ""])
        inner = self.store.spans("name == 'inner'").first()
        self.assertEqual((inner.parent_id, inner.status, inner.status_message),
                         (root.span_id, "ERROR", "late"))

    def test_values_that_otlp_lacks_are_told(self):
        odd = ended_spans()[:1]
        odd[0]._attributes = {
            "big": 2 ** 70, "map": {"a": {1: None}}, "lone": "\ud800",
            "set": {1}, "kind": type("Text", (str,), {})("t")}
        self.store.ingest(request_of(odd))
        row = self.store.spans(attributes="flat").first()
        self.assertEqual(
            {key: row.attributes.get(key) for key in odd[0]._attributes},
            {"big": str(2 ** 70), "map": None, "lone": "?", "set": "{1}",
             "kind": "t"})

    @unittest.skipUnless(HAS_ENCODER, NO_ENCODER)
    def test_what_the_sdk_dropped_is_counted(self):
        logger = logging.getLogger("opentelemetry.attributes")
        self.addCleanup(logger.setLevel, logger.level)
        logger.setLevel("ERROR")
        kept = []
        provider = TracerProvider(
            shutdown_on_exit=False, span_limits=SpanLimits(
                max_attributes=1, max_events=1, max_links=1,
                max_event_attributes=1))
        provider.add_span_processor(SimpleSpanProcessor(mock.Mock(
            export=lambda spans: kept.extend(spans))))
        pairs = {"a": 1, "b": 2, "c": 3}
        span = provider.get_tracer("t").start_span(
            "s", attributes=pairs, links=[Link(remote(), pairs)] * 3)
        for _ in range(4):
            span.add_event("e", pairs)
        span.end()
        kept[0].links[0].attributes.dropped = 2
        official = encode_spans(kept)
        self.assertEqual(
            type(official).FromString(request_of(kept)), official)
        found = official.resource_spans[0].scope_spans[0].spans[0]
        self.assertEqual(
            (found.dropped_attributes_count, found.dropped_events_count,
             found.dropped_links_count,
             found.events[0].dropped_attributes_count,
             found.links[0].dropped_attributes_count), (2, 3, 2, 2, 2))

    def test_one_bad_span_is_the_loss_of_that_one(self):
        class Sullen:
            def __str__(self):
                raise RuntimeError("no words")
        spans = ended_spans()
        spans[0]._attributes = {"a": Sullen()}
        exporter = SpanExporter(self.store)
        with self.assertLogs("libphoenix.otel", "ERROR") as said:
            self.assertEqual(exporter.export(spans).name, "FAILURE")
        self.assertIn("1 spans were not stored: no words", said.output[0])
        self.assertEqual(self.store.stats()["spans"], 2)
        odd = ended_spans()
        odd[0]._start_time, odd[0]._end_time = 1.5, 2 ** 70
        odd[1]._start_time, odd[1]._name = -5, None
        with Store(":memory:") as store:
            self.assertEqual(SpanExporter(store).export(odd).name, "SUCCESS")
            self.assertIn("None", [row.name for row in store.spans()])

    def test_what_is_too_big_goes_in_halves(self):
        sizes = []

        class Narrow(Store):
            def ingest(self, data, **more):
                sizes.append(len(data))
                if len(data) > 1000:
                    raise TooBig("too big")
                return super().ingest(data, **more)
        spans = [span for span in ended_spans() if span.name == "inner"] * 64
        with Narrow(":memory:") as store:
            self.assertEqual(SpanExporter(store).export(spans).name, "SUCCESS")
            self.assertGreater(len(sizes), 2)
            self.assertLess(sizes[-1], 1000)

    def test_a_store_that_fails_is_told(self):
        exporter = SpanExporter(self.path)
        exporter.shutdown()
        with self.assertLogs("libphoenix.otel", "ERROR") as said:
            result = exporter.export(ended_spans())
        self.assertEqual(result.name, "FAILURE")
        self.assertIn("3 spans were not stored: it is closed", said.output[0])
        SpanExporter(self.store).shutdown()
        self.store.stats()


REGISTERED = """
import libphoenix, os, sys
from opentelemetry import trace
provider = libphoenix.register(sys.argv[1], project="town",
                               batch=sys.argv[2] == "batch",
                               instrumented=False)
tracer = trace.get_tracer("t")
with tracer.start_as_current_span("parent"):
    tracer.start_span("child").end()
if sys.argv[2] == "fork":
    child = os.fork()
    if child == 0:
        tracer.start_span("of the child").end()
        os._exit(0)
    os.waitpid(child, 0)
    tracer.start_span("after").end()
"""


@unittest.skipUnless(HAS_SDK, "no opentelemetry-sdk here")
class RegisterTest(StoreTest):
    def run_registered(self, how):
        done = subprocess.run(
            [sys.executable, "-c", REGISTERED, self.path, how],
            capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        with Store(self.path) as store:
            self.assertEqual({row.project for row in store.spans()}, {"town"})
            return {row.name for row in store.spans()}, done.stderr

    def test_one_line_traces_a_program(self):
        for how in ("batch", "each"):
            self.assertEqual(self.run_registered(how),
                             ({"parent", "child"}, ""))

    def test_a_program_has_stored_its_spans_whichever_way_it_ends(self):
        ends = {3: "sys.exit(3)", 1: "1 / 0", 143: """
import signal
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
os.kill(os.getpid(), signal.SIGTERM)
"""}
        for code, end in ends.items():
            path = self.path.with_name(str(code))
            done = subprocess.run(
                [sys.executable, "-c", REGISTERED + end, path, "batch"],
                capture_output=True)
            self.assertEqual(done.returncode, code)
            with Store(path) as store:
                self.assertEqual(store.stats()["spans"], 2)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_a_fork_does_not_store_and_says_so(self):
        names, said = self.run_registered("fork")
        self.assertEqual(names, {"parent", "child", "after"})
        self.assertIn("1 spans were not stored: it was opened before a fork",
                      said)

    def test_instrumentors_that_fail_are_told(self):
        calls = []

        class Instrumentor:
            is_instrumented_by_opentelemetry = False

            def instrument(self, tracer_provider):
                calls.append(tracer_provider)
                self.is_instrumented_by_opentelemetry = True

        def point(name, loaded):
            return name, mock.Mock(load=lambda: loaded)
        provider = TracerProvider(shutdown_on_exit=False)
        with mock.patch("libphoenix.otel.instrumentors", lambda: [
                point("good", Instrumentor), point("bad", lambda: 1 / 0)]), \
                self.assertLogs("libphoenix.otel", "ERROR") as said:
            self.assertEqual(instrument(provider), ["good"])
        self.assertEqual(calls, [provider])
        self.assertIn("the instrumentor bad fails", said.output[0])


@unittest.skipUnless(HAS_SDK, "no opentelemetry-sdk here")
class CaptureTest(StoreTest):
    def test_the_provider_of_the_process_is_captured(self):
        with capture() as spans:
            tracer = trace.get_tracer("t")
            with tracer.start_as_current_span("parent", attributes={
                    KIND: "CHAIN"}):
                tracer.start_span("child", attributes={
                    KIND: "LLM", "llm.model_name": "m1",
                    "llm.token_count.prompt": 3}).end()
            spans.tree("parent\n  llm")
            spans.attributes("name == 'child'", {"llm.model_name": "m1"})
            spans.tracer.span("by hand").end()
            spans.count("", 3)
        tracer.start_span("after").end()
        with capture() as spans:
            spans.none()

    def test_lint_sees_what_came(self):
        with capture() as spans:
            trace.get_tracer("t").start_span("call", attributes={
                KIND: "LLM", "llm.model_name": "m1",
                "llm.input_messages.1.message.role": "user"}).end()
            spans.tracer.span("by hand").end()
            self.assertEqual({(finding.rule, finding.name)
                              for finding in spans.findings()},
                             {("index-gap", "call"),
                              ("kind-missing", "by hand")})

    def test_threads_capture_beside_each_other(self):
        done = []

        def work(many):
            tracer = trace.get_tracer("t")
            with capture() as spans:
                with tracer.start_as_current_span("root") as root:
                    around = context.get_current()

                    def inside():
                        token = context.attach(around)
                        for _ in range(many):
                            tracer.start_span("child").end()
                        context.detach(token)
                        # Its parent alone tells where it belongs.
                        tracer.start_span("bare", trace.set_span_in_context(
                            root, context.Context())).end()
                    together(inside)
                spans.tree(f"root\n  child*{many}\n  bare")
                done.append(len(spans))
        together(*(partial(work, i) for i in range(1, 9)))
        self.assertEqual(sorted(done), [i + 2 for i in range(1, 9)])

    def test_a_thread_without_a_context_is_of_the_only_capture(self):
        with capture() as spans:
            together(lambda: trace.get_tracer("t").start_span("s").end())
            spans.one("name == 's'")

    def test_a_span_that_no_capture_claims_is_told_of(self):
        with capture() as one, capture() as other, self.assertLogs(
                "libphoenix.capture_router", "WARNING") as said:
            together(lambda: trace.get_tracer("t").start_span("s").end())
            for spans in (one, other):
                with self.assertRaisesRegex(AssertionError,
                                            "\nno span was captured$"):
                    spans.one()
        self.assertIn("the span 's' is of none of the 2 captures that are "
                      "open", said.output[0])

    def test_a_provider_can_be_given(self):
        own = TracerProvider(shutdown_on_exit=False)
        with capture(own) as spans:
            trace.get_tracer("t").start_span("of the process").end()
            own.get_tracer("t").start_span("own").end()
            spans.tree("own")
        self.assertEqual(router_of(own)._live, {})

    def test_what_ends_late_is_left_out(self):
        with capture() as spans:
            late = trace.get_tracer("t").start_span("late")
            spans.none()
            self.assertIn("0 spans in 0 traces", repr(spans))
            for _ in range(2):
                with self.assertRaisesRegex(
                        AssertionError, "\nno span was captured; 1 has "
                        "started and has not ended: late$"):
                    spans.one()
        with self.assertRaisesRegex(AssertionError, "not ended: late$"):
            spans.one()
        late.end()
        self.assertEqual(router_of(None)._live, {})
