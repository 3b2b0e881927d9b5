"""Configs, what waits, retention, prices, roll-ups, files and frames."""
import importlib.util
import json
import unittest
from datetime import datetime, timedelta, timezone

from libphoenix import (Conflict, Invalid, NotFound, Note, Project, Session,
                        Span, Store, Tracer)
from sent import BASE, StoreTest, request, span

HAS_PANDAS = all(map(importlib.util.find_spec, ("pyarrow", "pandas")))
DAY = 86_400 * 10 ** 9


class UpkeepTest(StoreTest):
    def setUp(self):
        super().setUp()
        self.send(
            span(1, name="agent", kind="AGENT", attributes={
                "input.value": "tides?", "session.id": "s1"}),
            span(2, parent=1, name="call", kind="LLM", attributes={
                "llm.model_name": "mine-1", "llm.token_count.prompt": 10,
                "llm.token_count.completion": 4}),
            span(3, parent=1, name="call", kind="LLM",
                 status={"code": 2}, events=[{
                     "name": "exception", "timeUnixNano": str(BASE),
                     "attributes": [{"key": "exception.type", "value": {
                         "stringValue": "Timeout"}}]}]),
            span(4, trace=2, name="other"))


class ConfigTest(UpkeepTest):
    def test_configs_are_kept(self):
        configs = self.store.configs
        made = configs.add("quality", "categorical", direction="maximize",
                           description="of answers",
                           choices={"good": 1.0, "bad": None})
        self.assertEqual(
            (made.name, made.type, made.direction, made.description,
             made.choices, made.lower_bound),
            ("quality", "categorical", "maximize", "of answers",
             {"good": 1.0, "bad": None}, None))
        self.assertEqual(configs.get("quality"), made)
        score = configs.add("score", "continuous", direction="minimize",
                            lower_bound=0, upper_bound=9.5)
        self.assertEqual((score.lower_bound, score.upper_bound,
                          score.threshold, score.choices),
                         (0.0, 9.5, None, {}))
        self.assertEqual([one.name for one in configs], ["score", "quality"])
        self.assertIn("'score': continuous", repr(score))
        made = configs.replace(made, "quality", "freeform", threshold=0.5)
        self.assertEqual((made.type, made.threshold, made.direction),
                         ("freeform", 0.5, None))
        configs.delete(made)
        with self.assertRaises(NotFound):
            configs.get("quality")

    def test_projects_have_them(self):
        configs = self.store.configs
        one = configs.add("one", "categorical", choices=["a", "b"],
                          direction="neither")
        other = configs.add("other", "freeform")
        configs.assign("town", [one])
        configs.give("town", other)
        self.assertEqual([had.name for had in configs.of("town")],
                         ["other", "one"])
        configs.take("town", one)
        self.assertEqual(list(configs.of("town")), [other])
        configs.assign("town", [])
        self.assertEqual(list(configs.of("town")), [])

    def test_what_is_wrong_is_told(self):
        add = self.store.configs.add
        add("taken", "freeform")
        for kind, call in (
                (Conflict, lambda: add("taken", "freeform")),
                (Invalid, lambda: add("twice", "categorical",
                                      direction="neither",
                                      choices=["a", "a"])),
                (ValueError, lambda: add("odd", "numeric")),
                (ValueError, lambda: add("odd", "continuous", direction="up")),
                (ValueError, lambda: add("odd", "continuous", upper=1))):
            with self.subTest(kind), self.assertRaises(kind):
                call()


class WaitingTest(UpkeepTest):
    def test_a_note_waits_for_its_span(self):
        late = Note((Span, f"{9:016x}"), "good", label="yes")
        here = Note(self.store.spans().first(), "good")
        self.assertEqual(self.store.annotate_later([late, here]), (1, 1, 0))
        self.assertEqual(self.store.annotate_waiting(), (0, 1, 0))
        self.store.ingest(request(span(9, trace=9)), "otlp-json")
        self.assertEqual(self.store.annotate_waiting(), (1, 0, 0))
        self.assertEqual([note.label for note in self.store.annotations()],
                         ["yes", None])

    def test_what_waits_too_long_goes(self):
        self.store.annotate_later([Note((Session, "none"), "good")])
        later = datetime.now(timezone.utc) + timedelta(days=1)
        self.assertEqual(self.store.annotate_waiting(later), (0, 0, 1))
        with self.assertRaises(TypeError):
            self.store.annotate_later([Note((Project, "town"), "good")])


class RetentionTest(UpkeepTest):
    def test_policies_are_kept(self):
        retention = self.store.retention
        default, = retention.policies()
        self.assertEqual((default.number, default.max_days), (0, None))
        made = retention.add("short", "0 3 * * *", max_days=7.5)
        self.assertEqual(
            (made.name, made.cron, made.max_days, made.max_count,
             made.project_count), ("short", "0 3 * * *", 7.5, None, 0))
        retention.assign("town", made)
        made = retention.update(made, cron="0 * * * 1-5", max_count=3)
        self.assertEqual((made.name, made.cron, made.max_days, made.max_count,
                          made.project_count),
                         ("short", "0 * * * 1-5", None, 3, 1))
        self.assertIn("max_count=3", repr(made))
        retention.assign("town", None)
        retention.delete(made)
        self.assertEqual(len(list(retention.policies())), 1)
        with self.assertRaises(NotFound):
            retention.delete(made)
        with self.assertRaises(Conflict):
            retention.delete(default)
        with self.assertRaises(Invalid) as raised:
            retention.add("bad", "0 25 * * *", max_days=1)
        self.assertEqual(raised.exception.offset, 2)

    def test_bounds_that_no_number_holds_are_refused(self):
        retention = self.store.retention
        before = self.store.stats()["spans"]
        old = datetime(1960, 1, 1, tzinfo=timezone.utc)
        for error, wrong in (
                (ValueError, lambda: retention.run(max_days=1, now=-1)),
                (ValueError, lambda: retention.run(max_days=1, now=old)),
                (OverflowError, lambda: retention.run(
                    max_count=2 ** 64 + 1)),
                (OverflowError, lambda: retention.shrink(2 ** 64)),
                (OverflowError, lambda: self.store.prices.delete(2 ** 64)),
                (OverflowError, lambda: self.store.spans(limit=2 ** 64 + 2)),
                (TypeError, lambda: self.store.spans(limit=1.5)),
                (ValueError, lambda: self.store.spans(end=old)),
                (OverflowError, lambda: self.store.roll_up(
                    utc_offset=2 ** 32)),
                (OverflowError, lambda: self.store.sql(
                    "SELECT 1", timeout=2 ** 70)),
                (OverflowError, lambda: Store(":memory:",
                                              retention_days=2 ** 64))):
            with self.assertRaises(error):
                wrong()
        self.assertEqual(self.store.stats()["spans"], before)
        self.assertEqual(len(list(self.store.spans(start=old))), before)

    def test_what_is_not_kept_goes(self):
        retention = self.store.retention
        self.assertEqual(retention.run(max_days=1, now=BASE), 0)
        self.assertEqual(retention.run("town", max_count=1), 1)
        self.assertEqual([row.name for row in self.store.spans()], ["other"])
        retention.assign("town", retention.add("d", "0 * * * *", max_days=1))
        self.assertEqual(retention.run_due(BASE), 0)
        later = self.store.spans().first().start_time + timedelta(days=2)
        self.assertEqual(retention.run_due(later), 1)
        self.assertEqual(self.store.retention.shrink(1 << 40), 0)


class PricesTest(UpkeepTest):
    MODEL = {"name": "mine", "name_pattern": "^mine-", "prices": [
        {"token_type": "input", "is_prompt": True, "rate": 0.25},
        {"token_type": "output", "is_prompt": False, "rate": 0.5}]}

    def test_prices_are_put_and_applied(self):
        prices = self.store.prices
        call = self.store.spans("llm.model_name == 'mine-1'").first()
        self.assertEqual({cost.cost for cost in prices.of(call)}, {None})
        number = prices.put(self.MODEL)
        self.assertEqual([model["id"] for model in prices
                          if not model.get("is_built_in")], [number])
        prices.apply(call)
        self.assertEqual([(cost.token_type, cost.is_prompt, cost.tokens,
                           cost.cost) for cost in prices.of(call)],
                         [("input", True, 10, 2.5), ("output", False, 4, 2.0)])
        self.assertEqual(len(set(prices.of(call))), 2)
        self.assertEqual(prices.put({**self.MODEL, "name": "m2"}, number),
                         number)
        prices.delete(number)
        with self.assertRaises(NotFound):
            prices.delete(number)
        with self.assertRaises(Invalid):
            prices.put({"name": "x"})


class RollupTest(UpkeepTest):
    def test_all_in_one_row(self):
        self.store.prices.put(PricesTest.MODEL)
        self.store.prices.apply()
        row, = self.store.roll_up(quantiles=[0.5, 1], costs=True, texts=True,
                                  exceptions=True)
        self.assertEqual(
            (row.spans, row.traces, row.error_spans, row.error_traces,
             row.prompt_tokens, row.completion_tokens, row.max_latency_ms,
             row.total_cost, row.first_input, row.last_output),
            (4, 2, 1, 1, 10, 4, 250.0, 4.5, "tides?", None))
        self.assertEqual(row.statuses, {"UNSET": 3, "OK": 0, "ERROR": 1})
        self.assertEqual((row.kinds["LLM"], row.kinds["AGENT"]), (2, 1))
        self.assertEqual(row.latencies_ms, {0.5: 250.0, 1: 250.0})
        self.assertEqual(row.costs, {"input": (10, 2.5), "output": (4, 2.0)})
        self.assertEqual(row.exceptions, {"Timeout": 1})

    def test_bins_and_bounds(self):
        rows = self.store.roll_up(bin="day", start=BASE - DAY,
                                  end=BASE + DAY, kinds="LLM", project="town",
                                  utc_offset=60)
        self.assertEqual([row.spans for row in rows], [0, 2, 0])
        self.assertEqual((rows[0].costs, rows[0].total_cost,
                          rows[0].latencies_ms, rows[0].exceptions),
                         ({}, None, {}, {}))
        one, = self.store.roll_up(of="traces",
                                  trace=self.store.trace(f"{2:032x}"))
        self.assertEqual(one.spans, 1)
        one, = self.store.roll_up(session=self.store.session("s1"))
        self.assertEqual(one.traces, 1)
        with self.assertRaises(Invalid):
            self.store.roll_up(bin="hour")
        with self.assertRaises(ValueError):
            self.store.roll_up(bin="century")


class FilesTest(UpkeepTest):
    def test_spans_are_written_by_suffix(self):
        spans = self.store.spans(order="oldest",
                                 columns={"llm.model_name": str})
        for suffix, begin in ((".parquet", b"PAR1"), (".csv", b"span_id,"),
                              (".jsonl", b'{"span_id":'),
                              (".arrow", b"\xff\xff\xff\xff")):
            file = self.path.with_suffix(suffix)
            spans.write(file)
            self.assertTrue(file.read_bytes().startswith(begin))
            self.assertEqual(b"".join(spans.export(suffix[1:])),
                             file.read_bytes())
        lines = self.path.with_suffix(".jsonl").read_text().splitlines()
        self.assertEqual([json.loads(line).get("attributes.llm.model_name")
                          for line in lines], [None, "mine-1", None, None])
        with self.assertRaisesRegex(ValueError, "format is one of 'parquet'"):
            spans.write(self.path.with_suffix(".txt"))
        spans.write(self.path.with_suffix(".txt"), "csv")
        self.assertEqual([file.name for file in
                          self.path.parent.glob("*partial*")], [])

    def test_a_write_that_fails_leaves_what_was(self):
        file = self.path.with_suffix(".csv")
        file.write_text("before")
        spans = self.store.spans()
        self.store.close()
        with self.assertRaisesRegex(Exception, "it is closed"):
            spans.write(file)
        self.assertEqual(file.read_text(), "before")

    def test_a_request_is_what_a_store_takes(self):
        # A page of spans that have one text holds more than 64 MiB of it.
        with Store(":memory:") as store, Tracer(store) as tracer:
            for large in [True] * 70 + [False] * 330:
                tracer.span("call", attributes={"input.value": "y" * 2 * 10 ** 6}
                            if large else None).end()
            tracer.flush()
            sizes = [len(request) for request in store.spans().requests()]
        self.assertGreater(sum(sizes), 140 * 10 ** 6)
        self.assertLessEqual(max(sizes), 64 << 20)

    def test_spans_go_from_store_to_store(self):
        with Store(":memory:") as other:
            for format in ("otlp", "otlp-json"):
                for request in self.store.spans().requests(format):
                    taken = other.ingest(request, format)
            self.assertEqual(taken, (0, 4, 0))
            self.assertEqual(other.span(f"{2:016x}").attributes,
                             self.store.span(f"{2:016x}").attributes)


class FrameTest(UpkeepTest):
    QUERY = {"select": {"name": {"key": "name"}},
             "filter": {"condition": "span_kind == 'LLM'"}}

    def test_frames_are_json(self):
        frame = json.loads(self.store.frame(self.QUERY).to_json())
        self.assertEqual([row["1_name"] for row in frame["data"]],
                         ["call", "call"])
        asked = type("SpanQuery", (), {"to_dict": lambda _: self.QUERY})()
        self.assertEqual(json.loads(self.store.frame(asked).to_json()), frame)
        whole = json.loads(self.store.frame(project="town", roots="strict",
                                            limit=1).to_json())
        self.assertEqual([row["1_name"] for row in whole["data"]], ["other"])
        with self.assertRaises(Invalid):
            self.store.frame({"select": 7}).to_json()

    @unittest.skipUnless(HAS_PANDAS, "no pyarrow and pandas here")
    def test_frames_are_frames(self):
        frame = self.store.frame(self.QUERY).to_pandas()
        self.assertEqual(frame["name"].tolist(), ["call", "call"])
        self.assertEqual(frame.index.name, "context.span_id")
