"""Store: what goes in, comes out, is annotated and deleted."""
import json
import pickle
from datetime import datetime, timedelta, timezone

from libphoenix import (Busy, Conflict, Error, Invalid, Misuse, NotFound, Note,
                        Session, Span, Store, TooBig, check_filter, decode,
                        flatten, unflatten)
from sent import BASE, GOLDEN, StoreTest, request, span


class IngestTest(StoreTest):
    def test_rows_of_another_store_are_refused(self):
        self.send(span(1, attributes={"session.id": "s"}))
        with Store(":memory:") as other:
            self.send(span(1), store=other)
            row = self.store.spans().first()
            project = self.store.project("town")
            for wrong in (lambda: other.delete(row),
                          lambda: other.annotate(row, "good"),
                          lambda: other.annotations(row),
                          lambda: other.describe(project, "x"),
                          lambda: other.spans(project=project),
                          lambda: other.traces(
                              session=self.store.session("s")),
                          lambda: other.roll_up(trace=row.trace()),
                          lambda: other.prices.of(row)):
                with self.assertRaisesRegex(Misuse, "is not of this store"):
                    wrong()
            self.assertEqual(other.stats()["spans"], 1)

    def test_what_is_no_text_is_refused(self):
        self.send(span(1))
        for error, wrong in (
                (TypeError, lambda: self.store.ingest(5)),
                (TypeError, lambda: self.store.lint(5)),
                (TypeError, lambda: decode(5)),
                (TypeError, lambda: self.store.spans(project=5)),
                (TypeError, lambda: pickle.dumps(self.store.spans().first())),
                (ValueError, lambda: self.store.projects("def\0zzz")),
                (ValueError, lambda: self.store.save("q\0")),
                (ValueError, lambda: self.store.ingest(b"", project="a\0b")),
                (ValueError, lambda: Store("a\0b")),
                (Invalid, lambda: self.store.spans("name == '\ud800'")),
                (Invalid, lambda: self.store.spans(search="\ud800")),
                (NotFound, lambda: self.store.span("\ud800"))):
            with self.assertRaises(error) as raised:
                wrong()
            str(raised.exception)

    def test_formats(self):
        recorded = sorted((GOLDEN / "openai-agents").glob("*.pb"))
        first = self.store.ingest(recorded[0].read_bytes())
        self.assertEqual(first.accepted, 9)
        again = self.store.ingest(memoryview(recorded[0].read_bytes()))
        self.assertEqual((again.accepted, again.duplicate), (0, 9))
        self.assertEqual(self.send(span(1)).accepted, 1)
        no_id = self.send({**span(2), "spanId": ""})
        self.assertEqual((no_id.accepted, no_id.rejected), (0, 1))
        rest = json.dumps({"data": [{
            "name": "a", "span_kind": "LLM", "status_code": "OK",
            "context": {"trace_id": "02", "span_id": "02"},
            "start_time": "2026-01-01T00:00:00Z",
            "end_time": "2026-01-01T00:00:01Z"}]}).encode()
        self.assertEqual(self.store.ingest(rest, "spans-json").accepted, 1)
        log = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [
            {"traceId": "03", "spanId": "03", "body": {
                "stringValue": "x"}}]}]}]}).encode()
        self.assertEqual(self.store.ingest(log, "logs-json").accepted, 1)

    def test_what_is_wrong_has_a_place(self):
        with self.assertRaises(Invalid) as raised:
            self.store.ingest(b'{"resourceSpans" 7}', "otlp-json")
        self.assertEqual(raised.exception.offset, 17)
        with self.assertRaisesRegex(ValueError, "format is one of 'otlp'"):
            self.store.ingest(b"", "xml")

    def test_json_may_be_a_text(self):
        sent = request(span(1, name="caf\u00e9")).decode()
        self.assertEqual(self.store.ingest(sent, "otlp-json").accepted, 1)
        self.assertEqual([row.name for row in decode(sent, "otlp-json")],
                         ["caf\u00e9"])
        self.assertEqual(self.store.lint(sent, "otlp-json"), [])
        for call in (self.store.ingest, self.store.lint, decode):
            with self.assertRaisesRegex(TypeError, "'otlp' is bytes, not a"):
                call(sent)

    def test_what_is_not_there_is_named(self):
        with self.assertRaisesRegex(NotFound, "^no project 'twon'$"):
            self.store.spans(project="twon")
        with self.assertRaisesRegex(NotFound, "^no trace '00ff'$"):
            self.store.trace("00FF")

    def test_a_store_is_a_file(self):
        with Store(self.path) as store:
            self.send(span(1), store=store)
            with self.assertRaises(Busy):
                Store(self.path)
            with Store(self.path, read_only=True) as reader:
                self.assertEqual(len(list(reader.spans())), 1)
        with Store(f"sqlite:{self.path}") as store:
            self.assertEqual(store.span(f"{1:016x}").name, "step")
            store.backup(self.path.with_name("copy.db"))
            with self.assertRaises(Conflict):
                store.backup(self.path.with_name("copy.db"))
            store.verify()
            self.assertFalse(store.compact())
            self.assertEqual(store.stats()["spans"], 1)
        with Store(self.path.with_name("copy.db")) as store:
            self.assertEqual(len(list(store.traces())), 1)
        with self.assertRaises(Invalid):
            Store("ftp://somewhere")
        with self.assertRaises(NotFound):
            Store(self.path.with_name("none.db"), read_only=True)

    def test_what_is_closed_says_so(self):
        rows = self.store.spans()
        self.store.close()
        self.store.close()
        for call in (self.store.stats, rows.first,
                     lambda: self.send(span(1))):
            with self.assertRaisesRegex(Misuse, "it is closed"):
                call()


class NotationTest(StoreTest):
    def test_an_attribute_has_three_notations(self):
        role = "llm.input_messages.0.message.role"
        given = {"llm.model_name": "m1", role: "user", "my-app.tier": "gold"}
        self.send(span(1, attributes=given))
        for shape in ("nested", "flat"):
            row = self.store.spans(attributes=shape).first()
            self.assertLessEqual(given.items(), row.flat_attributes.items())
        nested = self.store.spans().first().attributes
        self.assertEqual(
            (nested["llm"]["model_name"], nested["my-app"]["tier"],
             nested["llm"]["input_messages"][0]["message"]["role"]),
            ("m1", "gold", "user"))
        for condition in (
                "llm.model_name == 'm1'", "attributes['my-app']['tier'] == "
                "'gold'", "attributes['llm']['input_messages'][0]['message']"
                "['role'] == 'user'"):
            self.assertIsNotNone(self.store.spans(condition).first())
        self.assertIsNone(
            self.store.spans("attributes['my-app.tier'] == 'gold'").first())
        for condition in ("attributes['llm.model_name'] == 'm1'",
                          "attributes['my-app.tier'] == 'gold'"):
            self.assertIsNotNone(self.store.traces(condition).first())


class PlaceTest(StoreTest):
    def place(self, pattern, call, *arguments):
        with self.assertRaisesRegex(Invalid, pattern) as raised:
            call(*arguments)
        return raised.exception

    def test_an_error_says_where_in_a_text_it_is(self):
        error = self.place(
            r'found .* \(line 2, column 17: "  and latency > \)"\)$',
            self.store.spans, "(name == '\u00e9'\n  and latency > )")
        self.assertEqual((error.offset, len(error.text)), (30, 30))
        self.assertEqual(str(pickle.loads(pickle.dumps(error))), str(error))
        self.place(r'column 9: "name == ', check_filter, "name == ?")
        self.place(r'\(line 1, column 1: "\?"\)$', self.store.sql, "?")
        long = f"name == '{'x' * 500}' and"
        error = self.place(r"column 515: ", self.store.spans, long)
        self.assertLess(len(str(error)), 200)

    def test_without_a_text_there_is_none(self):
        error = self.place("[^)]$", self.store.ingest, b"{", "otlp-json")
        self.assertIsNone(error.text)


class PlainTest(StoreTest):
    def test_requests_are_read_without_a_store(self):
        one, two = decode(request(span(1), span(2, parent=1, kind="LLM")),
                          "otlp-json", project="town")
        self.assertEqual((one.number, two.kind, two.parent_id, two.project),
                         (0, "LLM", f"{1:016x}", "town"))
        self.assertEqual(two.attributes["openinference"]["span"]["kind"],
                         "LLM")
        with self.assertRaises(Invalid):
            decode(b"\xff")

    def test_only_what_is_stored_is_equal_by_its_number(self):
        one, two = decode(request(span(1), span(2)), "otlp-json")
        self.assertNotEqual(one, two)
        self.assertEqual(one, one)
        self.assertEqual(len({one, two}), 2)
        self.send(span(1), span(2))
        self.assertEqual(*(self.store.span(f"{1:016x}") for _ in range(2)))
        self.assertNotEqual(*self.store.spans())
        self.assertNotEqual(self.store.spans().first(), two)
        rows = [*self.store.words(), *self.store.lint(request({
            **span(3), "attributes": []}), "otlp-json")]
        self.assertEqual(len(set(rows)), len(rows))
        self.assertFalse(any(hasattr(row, "number") for row in rows))

    def test_attributes_are_nested_and_flattened(self):
        flat = {"a.b": 1, "m.0.t": "x", "m.1.t": True}
        nested = unflatten(flat)
        self.assertEqual(nested, {"a": {"b": 1},
                                  "m": [{"t": "x"}, {"t": True}]})
        self.assertEqual(flatten({**nested, "gone": None}), flat)

    def test_filters_have_one_form(self):
        self.assertEqual(check_filter('name=="a"'), "name == 'a'")
        check_filter("num_spans > 1", "traces")
        with self.assertRaises(Invalid):
            check_filter("num_spans > 1 +", "traces")


class SpanTest(StoreTest):
    def setUp(self):
        super().setUp()
        self.send(
            span(1, name="agent \x1b", kind="AGENT", attributes={
                "session.id": "s1", "input.value": "weather in Paris"}),
            span(2, parent=1, name="call", kind="LLM", attributes={
                "llm.model_name": "m1", "llm.token_count.prompt": 3,
                "llm.token_count.completion": 4, "n": 2 ** 53 + 1},
                status={"code": 2, "message": "late"}, traceState="a=b",
                events=[{"name": "tick", "timeUnixNano": str(BASE),
                         "attributes": []}],
                links=[{"traceId": "0a", "spanId": "0b"}]),
            span(3, trace=2, name="other \u6771"))

    def test_a_span_has_its_fields(self):
        call = self.store.span(f"{2:016x}")
        self.assertEqual(
            (call.name, call.kind, call.status, call.status_message,
             call.span_id, call.trace_id, call.parent_id, call.project,
             call.session_id, call.trace_state, call.prompt_tokens,
             call.completion_tokens, call.latency_ms),
            ("call", "LLM", "ERROR", "late", f"{2:016x}", f"{1:032x}",
             f"{1:016x}", "town", None, "a=b", 3, 4, 250.0))
        self.assertEqual(call.attributes["llm"]["model_name"], "m1")
        self.assertEqual(call.attributes["n"], 2 ** 53 + 1)
        self.assertIs(call.attributes, call.attributes)
        self.assertEqual(call.events, [{
            "name": "tick", "attributes": {},
            "timestamp": "2025-10-09T08:53:20+00:00"}])
        self.assertEqual(call.links, [{
            "trace_id": "0a", "span_id": "0b", "trace_state": "",
            "attributes": {}}])
        self.assertEqual(call.start_ns, BASE + 2_000_002)
        self.assertEqual(call.start_time, datetime(
            2025, 10, 9, 8, 53, 20, 2000, timezone.utc))
        self.assertEqual(call.end_ns - call.start_ns, 250_000_000)
        self.assertEqual(call.trace().spans("name == 'call'").first(), call)
        root = self.store.span(f"{1:016x}")
        self.assertEqual((root.parent_id, root.session_id, root.prompt_tokens),
                         (None, "s1", None))
        flat, none = (self.store.spans(span_ids=[root.span_id],
                                       attributes=how).first().session_id
                      for how in ("flat", "none"))
        self.assertEqual((flat, none), ("s1", None))
        self.assertNotEqual(call, root)
        self.assertEqual(len({call, root, call.trace(), root.trace()}), 3)

    def numbers(self, *given, **query):
        return [row.number for row in self.store.spans(*given, **query)]

    def test_queries(self):
        self.assertEqual(self.numbers(), [3, 2, 1])
        self.assertEqual(self.numbers(order="oldest", limit=2), [1, 2])
        self.assertEqual(self.numbers("span_kind == 'LLM'"), [2])
        self.assertEqual(self.numbers(kinds=["LLM", "AGENT"]), [2, 1])
        self.assertEqual(self.numbers(statuses="ERROR"), [2])
        self.assertEqual(self.numbers(roots_only=True), [3, 1])
        self.assertEqual(self.numbers(names=["call", "no"]), [2])
        self.assertEqual(self.numbers(trace_ids=[f"{2:032x}"]), [3])
        self.assertEqual(self.numbers(parent_ids=[f"{1:016x}"]), [2])
        self.assertEqual(self.numbers(project="town"), [3, 2, 1])
        self.assertEqual(self.numbers(project=self.store.project("default")),
                         [])
        second = self.store.span(f"{2:016x}")
        self.assertEqual(self.numbers(start=second.start_ns), [3, 2])
        self.assertEqual(self.numbers(end=second.start_time +
                                      timedelta(microseconds=1)), [2, 1])
        flat = self.store.spans(attributes="flat", names=["call"]).first()
        self.assertEqual(flat.attributes["llm.model_name"], "m1")
        bare = self.store.spans(attributes="none", names=["call"]).first()
        self.assertEqual((bare.attributes, bare.events, bare.links),
                         ({}, [], []))
        self.assertIsNone(self.store.spans("name == 'no'").first())
        rows = self.store.spans()
        self.assertEqual(list(rows), list(rows))

    def test_searches_tell_where(self):
        found = self.store.spans(search="paris").first()
        self.assertEqual(found.match.path, "input.value")
        self.assertEqual(found.match.snippet[found.match.mark:], "Paris")
        self.assertIsNone(self.store.spans().first().match)
        self.assertEqual([trace.trace_id for trace in
                          self.store.traces(search="paris")], [f"{1:032x}"])

    def test_wrong_queries_say_so_at_once(self):
        with self.assertRaises(Invalid) as raised:
            self.store.spans("span_kind == ")
        self.assertEqual(raised.exception.offset, 12)
        with self.assertRaises(Invalid):
            self.store.spans(search=" ")
        with self.assertRaises(TooBig):
            self.store.spans(search="x" * 2000)
        with self.assertRaisesRegex(ValueError, "kind is one of 'UNKNOWN'"):
            self.store.spans(kinds=["llm"])
        with self.assertRaisesRegex(ValueError, "limit is 0"):
            self.store.spans(limit=0)
        with self.assertRaisesRegex(ValueError, "order is one of"):
            self.store.spans(order=1)
        with self.assertRaises(TypeError):
            self.store.spans(names="call")
        with self.assertRaises(NotFound):
            self.store.spans(project="nowhere")

    def test_traces_sessions_projects(self):
        traces = list(self.store.traces(order="oldest", sort="start"))
        self.assertEqual([(trace.span_count, trace.error_count,
                           trace.prompt_tokens, trace.completion_tokens)
                          for trace in traces], [(2, 1, 3, 4), (1, 0, 0, 0)])
        self.assertEqual([row.name for row in traces[0].spans()],
                         ["agent \x1b", "call"])
        session = self.store.session("s1")
        self.assertEqual(session.trace_count, 1)
        self.assertEqual([trace.trace_id for trace in session.traces()],
                         [f"{1:032x}"])
        self.assertEqual(list(self.store.sessions()), [session])
        self.assertEqual([project.name for project in
                          self.store.projects("TOW")], ["town"])
        for missing in (self.store.span, self.store.trace, self.store.session,
                        self.store.project):
            with self.assertRaises(NotFound):
                missing("0c")

    def test_annotations(self):
        call = self.store.span(f"{2:016x}")
        number = self.store.annotate(call, "correct", label="yes", score=0.5,
                                     explanation="it is", annotator="CODE",
                                     metadata={"by": ["me"]})
        note, = self.store.annotations(call)
        self.assertEqual(
            (note.number, note.name, note.label, note.score, note.explanation,
             note.metadata, note.annotator, note.source, note.target_id,
             note.identifier, note.document),
            (number, "correct", "yes", 0.5, "it is", {"by": ["me"]}, "CODE",
             "API", call.span_id, "", None))
        self.store.annotate_all([
            Note(call, "correct", label="no"), Note(call.trace(), "good"),
            Note(self.store.session("s1"), "long")])
        self.assertEqual([(row.label, row.score) for row in
                          self.store.annotations(Span, names=["correct"])],
                         [("no", None)])
        self.assertEqual([row.name for row in
                          self.store.annotations(Session)], ["long"])
        self.assertEqual([row.name for row in
                          self.store.annotations(call.trace())], ["good"])
        with self.assertRaises(Invalid) as raised:
            self.store.annotate_all([Note(call, "fine"), Note(call, "")])
        self.assertEqual(raised.exception.offset, 1)
        with self.assertRaises(Invalid):
            self.store.annotate(call, "fine", document=0)
        for wrong in (lambda: self.store.annotate(self.store, "x"),
                      lambda: self.store.annotate(call.trace(), "x",
                                                  document=1),
                      lambda: self.store.annotations("x")):
            with self.assertRaises(TypeError):
                wrong()

    def test_annotations_go_by_query(self):
        call = self.store.span(f"{2:016x}")
        self.store.annotate_all([Note(call, "good"), Note(call, "long"),
                                 Note(call.trace(), "good")])
        self.assertEqual(self.store.annotation_names("town"),
                         ["good", "long"])
        self.assertEqual(self.store.annotation_names("town", Session), [])
        self.assertEqual(self.store.delete_annotations(
            self.store.annotations(call, names=["good", "no"])), 1)
        self.assertEqual([row.name for row in self.store.annotations(call)],
                         ["long"])

    def test_projects_are_made_and_described(self):
        made = self.store.add_project("city", "large")
        self.assertEqual((made.name, made.description), ("city", "large"))
        self.assertEqual(self.store.describe("city", "old").description, "old")
        with self.assertRaises(Conflict):
            self.store.add_project("city")
        with self.assertRaisesRegex(ValueError, "has a NUL"):
            self.store.add_project("a\0b")

    def test_totals_are_added_up(self):
        root = self.store.spans(names=["agent \x1b"], totals=True).first()
        self.assertEqual((root.cumulative_prompt_tokens,
                          root.cumulative_completion_tokens,
                          root.cumulative_cost), (3, 4, None))

    def test_words_of_conditions(self):
        words = {word.text: word for word in self.store.words(project="town")}
        self.assertEqual((words["span_kind"].kind, words["span_kind"].type),
                         ("field", "text"))
        self.assertEqual(words["llm.model_name"].kind, "attribute")
        traces = {word.text for word in self.store.words("traces")}
        self.assertIn("num_spans", traces)

    def test_logs_wait_for_their_spans(self):
        record = {"traceId": "0a", "spanId": "0b",
                  "body": {"stringValue": "hello"}}
        self.store.ingest(json.dumps({"resourceLogs": [{"scopeLogs": [
            {"logRecords": [record]}]}]}).encode(), "logs-json")
        log, = self.store.logs()
        self.assertEqual((log.trace_id, log.span_id, log.is_held),
                         ("0a", "0b", False))
        self.assertIsInstance(log.event, dict)

    def test_deletes(self):
        self.store.delete(self.store.span(f"{3:016x}"))
        self.assertEqual(len(list(self.store.traces())), 1)
        self.store.delete(self.store.trace(f"{1:032x}"))
        self.store.delete(self.store.project("town"))
        self.assertEqual(self.numbers(), [])
        with self.assertRaises(Conflict):
            self.store.delete(self.store.project("default"))
        with self.assertRaises(TypeError):
            self.store.delete("town")

    def test_archives(self):
        whole, part = (self.path.with_name(name) for name in ("a", "b"))
        self.store.save(whole)
        self.store.save(part, self.store.spans("name == 'call'"))
        with self.assertRaises(Conflict):
            self.store.save(part)
        with Store(part, read_only=True) as store:
            self.assertEqual([trace.trace_id for trace in store.traces()],
                             [f"{1:032x}"])
        with Store(self.path) as store:
            self.assertEqual(store.merge(part)[:2], (2, 0))
            self.assertEqual(store.merge(whole)[:2], (1, 2))
            with self.assertRaises(NotFound):
                store.merge(self.path.with_name("none"))

    def test_sql(self):
        for store in (self.store, Store(self.path)):
            with store:
                self.send(span(7, name="x"), store=store)
                rows = store.sql("SELECT ?1, ?2, ?3, ?4, ?5, name FROM spans "
                                 "WHERE name = 'x'",
                                 [None, 7, 0.5, "a\0b", b"\0\xff"])
                self.assertEqual(rows.columns[-1], "name")
                self.assertEqual(list(rows), [
                    (None, 7, 0.5, "a\0b", b"\0\xff", "x")])
                named, = store.sql("SELECT 1 AS one").dicts()
                self.assertEqual(named, {"one": 1})
                with store.sql("SELECT id FROM spans") as rows:
                    next(rows)
                    store.stats()
                for wrong in ("DELETE FROM span", "SELECT", "SELECT ?1"):
                    with self.assertRaises(Invalid):
                        store.sql(wrong)
                with self.assertRaises(OverflowError):
                    store.sql("SELECT ?1", [2 ** 63])
                with self.assertRaises(TypeError):
                    store.sql("SELECT ?1", [[]])
                with self.assertRaises(TooBig):
                    list(store.sql(
                        "SELECT zeroblob(1 << 26)", memory=1 << 20))
                with self.assertRaises(Error):
                    list(store.sql(
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT "
                        "i + 1 FROM n) SELECT count(*) FROM n", timeout=.05))
