"""Tracer: a program that traces itself."""
import asyncio
import contextvars
import os
import unittest
from functools import partial

from libphoenix import Invalid, Misuse, Tracer
from sent import BASE, StoreTest, together

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class TracerTest(StoreTest):
    def test_spans_in_a_with_are_below_it(self):
        with Tracer(self.store, project="town", service="mill") as tracer:
            with tracer.span("agent", "AGENT") as agent:
                with tracer.span("answer", "llm", {"llm.model_name": "m1"}):
                    tracer.span("look up", "TOOL").end()
                tracer.span("apart", parent=agent).end()
            tracer.span("other").end()
        self.assertEqual(
            [(row.name, row.kind, row.parent_id and self.store.span(
                row.parent_id).name) for row in self.store.spans(
                project="town", order="oldest")],
            [("look up", "TOOL", "answer"), ("answer", "LLM", "agent"),
             ("apart", "UNKNOWN", "agent"), ("agent", "AGENT", None),
             ("other", "UNKNOWN", None)])
        self.assertEqual(self.store.stats()["traces"], 2)

    def test_a_span_has_what_it_is_given(self):
        tracer = Tracer(self.store)
        span = tracer.span("call", "LLM", start=BASE)
        span.set_attributes({
            "t": "a\0b", "i": -7, "r": 0.5, "b": True, "gone": 1,
            "l": ["x", {"y": None}], "big": 2 ** 70})
        span.set_attribute("gone", None)
        span.add_message("input", "user", "hello")
        span.add_message("output", "assistant", "good day")
        span.add_event("tick", {"n": 1})
        span.add_link(PARENT, {"why": "it is like it"})
        span.set_status("ERROR", "late")
        span.end(BASE + 10 ** 18)
        with self.assertRaisesRegex(Misuse, "it is closed"):
            span.set_kind("TOOL")
        tracer.close()
        row, = self.store.spans()
        self.assertEqual(row.attributes, {
            "t": "a\0b", "i": -7, "r": 0.5, "b": True,
            "l": ["x", {"y": None}], "big": 2 ** 70,
            "openinference": {"span": {"kind": "LLM"}},
            "llm": {"input_messages": [{"message": {
                "role": "user", "content": "hello"}}],
                "output_messages": [{"message": {
                    "role": "assistant", "content": "good day"}}]}})
        self.assertEqual([(event["name"], event["attributes"])
                          for event in row.events], [("tick", {"n": 1})])
        self.assertEqual([(link["span_id"], link["attributes"])
                          for link in row.links],
                         [("b7ad6b7169203331", {"why": "it is like it"})])
        self.assertEqual(
            (row.status, row.status_message, row.start_ns, row.end_ns),
            ("ERROR", "late", BASE, BASE + 10 ** 18))

    def test_what_is_raised_is_recorded(self):
        with Tracer(self.store) as tracer:
            with self.assertRaises(Invalid):
                with tracer.span("call"):
                    raise Invalid("no\0")
        row, = self.store.spans()
        self.assertEqual((row.status, row.status_message), ("ERROR", "no "))
        told = row.events[0]["attributes"]
        self.assertEqual((told["exception.type"], told["exception.message"]),
                         ("libphoenix.errors.Invalid", "no "))
        self.assertIn("tracer_test.py", told["exception.stacktrace"])

    def parents(self):
        """The names of all spans, by the names of their parents."""
        names = {row.span_id: row.name for row in self.store.spans()}
        return {row.name: names.get(row.parent_id)
                for row in self.store.spans()}

    def test_a_task_may_outlive_the_span_around_it(self):
        with Tracer(self.store) as tracer:
            async def work():
                await asyncio.sleep(0)
                with tracer.span("late"):
                    tracer.span("inside").end()

            async def serve():
                with tracer.span("request"):
                    task = asyncio.ensure_future(work())
                await task
            asyncio.run(serve())
            with tracer.span("copied"):
                copied = contextvars.copy_context()
            together(lambda: copied.run(
                lambda: tracer.span("thread").end()))
            ended = tracer.span("ended")
            ended.end()
            tracer.span("below", parent=ended).end()
        self.assertEqual(self.parents(), {
            "request": None, "late": "request", "inside": "late",
            "copied": None, "thread": "copied", "ended": None,
            "below": "ended"})

    def test_withs_may_end_out_of_order(self):
        with Tracer(self.store) as tracer:
            first, second = (tracer.span(name).__enter__()
                             for name in ("first", "second"))
            first.__exit__(None, None, None)
            tracer.span("inside").end()
            second.__exit__(None, None, None)
            with tracer.span("after") as span, span:
                pass
            tracer.span("last").end()
        self.assertEqual(self.parents(), {
            "first": None, "second": "first", "inside": "second",
            "after": None, "last": None})

    def test_what_the_program_raises_is_never_replaced(self):
        class Mute(Exception):
            def __str__(self):
                raise RuntimeError("no words")
        with Tracer(self.store) as tracer:
            for error in (ValueError("lone \ud800"), Mute()):
                with self.assertRaises(type(error)):
                    with tracer.span("call"):
                        raise error
            with self.assertRaises(KeyError):
                with tracer.span("call") as span:
                    span.end()
                    raise KeyError("k")
            with tracer.span("call") as span:
                span.end()
            span.end()
        self.assertEqual(
            [row.status_message for row in self.store.spans(order="oldest")],
            ["lone ?", "Mute that cannot say what it is", "", ""])

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_what_a_child_raises_is_not_replaced(self):
        with Tracer(self.store) as tracer:
            try:
                with tracer.span("call"):
                    child = os.fork()
                    if child == 0:
                        os.close(2)
                        raise KeyError("child")
            except BaseException as error:
                os._exit(7 if isinstance(error, KeyError) else 1)
            self.assertEqual(os.waitpid(child, 0)[1] >> 8, 7)

    def test_a_generator_closed_elsewhere_ends_its_span(self):
        with Tracer(self.store) as tracer:
            async def numbers():
                with tracer.span("numbers"):
                    yield 1

            async def first(generator):
                async for _ in generator:
                    break

            async def main():
                generator = numbers()
                await asyncio.ensure_future(first(generator))
                await asyncio.ensure_future(generator.aclose())
                tracer.span("after").end()
            asyncio.run(main())
        row = self.store.spans("name == 'numbers'").first()
        self.assertEqual((row.status, row.events), ("UNSET", []))
        self.assertEqual(self.parents(), {"numbers": None, "after": None})

    def test_trace_context_comes_and_goes(self):
        with Tracer(self.store) as tracer:
            with tracer.span("served", parent=PARENT,
                             tracestate="a=b") as span:
                version, trace, own, flags = span.traceparent.split("-")
                self.assertEqual((version, trace, flags, span.tracestate),
                                 ("00", PARENT.split("-")[1], "01", "a=b"))
            with self.assertRaises(Invalid) as raised:
                tracer.span("served", parent=PARENT[:-1] + "?")
            self.assertEqual(raised.exception.offset, 54)
        row, = self.store.spans()
        self.assertEqual((row.span_id, row.parent_id, row.trace_state),
                         (own, PARENT.split("-")[2], "a=b"))

    def test_spans_of_another_tracer_are_no_parents(self):
        with Tracer(self.store) as one, Tracer(self.store) as other:
            with one.span("a"), other.span("b"):
                pass
        self.assertEqual(self.store.stats()["traces"], 2)

    def test_spans_wait_for_their_root_or_a_flush(self):
        tracer = Tracer(self.store)
        root = tracer.span("root")
        tracer.span("child", parent=root).end()
        self.assertEqual(self.store.stats()["spans"], 0)
        tracer.flush()
        self.assertEqual(self.store.stats()["spans"], 1)
        root.end()
        self.assertEqual(self.store.stats()["spans"], 2)
        tracer.close()

    def test_what_is_dropped_ends(self):
        tracer = Tracer(self.store)
        tracer.span("dropped")
        tracer.close()
        self.assertEqual([row.name for row in self.store.spans()],
                         ["dropped"])

    def test_threads_share_a_span(self):
        tracer = Tracer(self.store)
        root = tracer.span("root")

        def work(thread):
            for i in range(50):
                root.set_attribute(f"t{thread}.i{i}", i)
                tracer.span("child", parent=root).end()
        together(*(partial(work, i) for i in range(4)))
        root.end()
        tracer.close()
        self.assertEqual(self.store.stats()["spans"], 201)
        self.assertEqual(len(self.store.spans(
            "name == 'root'", attributes="flat").first().attributes), 200)

    def test_what_is_wrong_says_so(self):
        with Tracer(self.store) as tracer, tracer.span("s") as span:
            for wrong in (lambda: tracer.span("a\0b"),
                          lambda: span.set_status("BAD"),
                          lambda: span.add_message("in", "user", "x"),
                          lambda: span.set_attribute("l", [float("nan")]),
                          lambda: span.set_attribute("l", [b"x"]),
                          lambda: span.end(-1),
                          lambda: tracer.span("s", start=0),
                          lambda: span.set_attribute("f", float("nan")) or
                          span.set_attribute("l", object())):
                with self.assertRaises((ValueError, TypeError)):
                    wrong()
            for wrong in (lambda: span.set_kind("no kind"),
                          lambda: span.set_attribute("t", "\ud800"),
                          lambda: tracer.span("half", "NOPE"),
                          lambda: tracer.span("half", None, {"t": "\ud800"}),
                          ):
                with self.assertRaises(Invalid):
                    wrong()
            with self.assertRaisesRegex(OverflowError, "^end is "):
                span.end(2 ** 64)
        self.assertEqual([row.name for row in self.store.spans()], ["s"])
