"""What tests expect of spans: each expectation met, and not."""
from functools import partial
from pathlib import Path

from libphoenix import Invalid
from libphoenix.testing import capture
from sent import StoreTest, together


def agent(tracer):
    with tracer.span("agent", "AGENT", {"input.value": "tides?"}):
        for name in ("plan", "answer"):
            with tracer.span(name, "LLM", {
                    "llm.model_name": "m1", "llm.token_count.prompt": 20,
                    "llm.token_count.completion": 5}):
                pass
            if name == "plan":
                tracer.span("search", "TOOL", {"tool.name": "s"}).end()


class TestingTest(StoreTest):
    def setUp(self):
        super().setUp()
        self.spans = capture(folder=self.folder.name).__enter__()
        agent(self.spans.tracer)

    def tearDown(self):
        self.spans.__exit__()
        del self.spans
        super().tearDown()

    def unmet(self, expect, *given, **more):
        """What the failure says."""
        with self.assertRaises(AssertionError) as raised:
            expect(*given, **more)
        return str(raised.exception)

    def test_what_expects_nothing_is_refused(self):
        spans = self.spans
        for wrong in (lambda: spans.count(), lambda: spans.order(),
                      lambda: spans.tokens(),
                      lambda: spans.attributes("name == 'plan'", {}),
                      lambda: spans.count(at_most=-1),
                      lambda: spans.budget(spans=-1),
                      lambda: spans.budget(cost=float("nan"))):
            with self.assertRaises(ValueError):
                wrong()
        for wrong in (lambda: spans.count("", 2 ** 64 + 1),
                      lambda: spans.budget(spans=2 ** 64 + 9)):
            with self.assertRaises(OverflowError):
                wrong()
        with self.assertRaises(Invalid):
            spans.tree("\ud800")

    def test_counts(self):
        spans = self.spans
        self.assertEqual(spans.one("name == 'plan'").kind, "LLM")
        spans.none("status_code == 'ERROR'")
        spans.count("span_kind == 'LLM'", 2)
        spans.count(at_least=4, at_most=4)
        self.assertEqual(self.unmet(spans.one, "span_kind == 'LLM'"),
                         "2 spans chosen, expected 1: span_kind == 'LLM'\n"
                         "  agent  AGENT\n*   plan  LLM\n    search  TOOL\n"
                         "*   answer  LLM")
        self.unmet(spans.none)
        self.unmet(spans.count, at_least=5)
        for slip in ("name ==", "status_cod == 'ERROR'",
                     "span_kind == 'ERORR'"):
            with self.assertRaises(Invalid):
                spans.none(slip)

    def test_trees_orders_and_what_is_below(self):
        spans = self.spans
        spans.tree("""
            agent
              llm [llm.token_count.prompt == 20]
              "search"
              llm
        """)
        spans.tree("agent\n  tool\n  llm*2", any_order=True)
        self.assertIn("+   search  TOOL",
                      self.unmet(spans.tree, "agent\n  llm*2"))
        spans.order("name == 'plan'", "name == 'answer'")
        self.unmet(spans.order, "name == 'answer'", "name == 'plan'")
        spans.below("span_kind == 'TOOL'", "name == 'agent'", directly=True)
        self.assertIn("!   search",
                      self.unmet(spans.below, "span_kind == 'TOOL'",
                                 "span_kind == 'LLM'"))

    def test_attributes_and_tokens(self):
        spans = self.spans
        spans.attributes("span_kind == 'LLM'", {
            "llm.model_name": "m1", "llm.temperature": None})
        spans.tokens(prompt=20, completion=5)
        spans.every("", "latency_ms < 60000")
        self.assertIn(
            '!   answer  LLM  (tool.name is not there, expected "s")',
            self.unmet(spans.attributes, "", {"tool.name": "s"}))
        self.assertIn("llm.token_count.prompt is 20, expected 4",
                      self.unmet(spans.tokens, prompt=4))
        self.unmet(spans.tokens, "span_kind == 'TOOL'", prompt=20)
        self.assertIn("no span chosen: span_kind == 'RERANKER'", self.unmet(
            spans.every, "span_kind == 'RERANKER'", "name == 'x'"))
        with self.assertRaises(TypeError):
            spans.attributes("", {"a": {1}})

    def test_budgets(self):
        self.spans.budget(spans=4, calls=2, tokens=50, cost=0.0, ms=60000)
        said = self.unmet(self.spans.budget, calls=1, tokens=49)
        self.assertIn("2 LLM calls, expected at most 1\n"
                      "50 tokens, expected at most 49\n", said)

    def test_lint(self):
        spans = self.spans
        spans.lint()
        with spans.tracer.span("odd"):
            spans.tracer.span("call", "LLM").end()
        self.assertEqual(self.unmet(spans.lint),
                         "lint finds 2:\n"
                         "warning attribute-required: call: llm.model_name: "
                         "the LLM span has no llm.model_name\n"
                         "warning kind-missing: odd: openinference.span.kind: "
                         "the span has no kind")
        spans.lint("error")
        spans.lint(ignore=["kind-missing", "attribute-required"])
        self.assertEqual({finding.rule for finding in spans.findings()},
                         {"kind-missing", "attribute-required"})

    def test_goldens(self):
        said = self.unmet(self.spans.golden, "agent.golden")
        self.assertIn("agent.golden is not there", said)
        self.spans._update_goldens = True
        self.spans.golden("agent.golden", masked=["llm.*"])
        file = Path(self.folder.name) / "agent.golden"
        self.assertIn("    llm.model_name: *\n", file.read_text())
        file.write_text("# kept\n" + file.read_text())
        self.spans.golden("agent.golden")
        self.assertIn("# kept", file.read_text())
        self.spans._update_goldens = False
        self.spans.golden("agent.golden")
        self.spans.tracer.span("more").end()
        said = self.unmet(self.spans.golden, "agent.golden")
        self.assertIn('agent.golden has other spans:\n', said)
        self.assertIn('+ "more" UNKNOWN', said)
        self.spans._update_goldens = True
        self.spans.golden("new/agent.golden")
        self.assertTrue((Path(self.folder.name) / "new").is_dir())

    def test_what_was_captured_can_be_seen(self):
        self.assertEqual([span.name for span in self.spans],
                         ["plan", "search", "answer", "agent"])
        self.assertEqual(len(self.spans), 4)
        self.assertIn("├─ TOOL search", str(self.spans))

    def test_captures_run_beside_each_other(self):
        counts = []

        def work(many):
            with capture() as spans:
                for _ in range(many):
                    agent(spans.tracer)
                spans.count("span_kind == 'AGENT'", many)
                counts.append(len(spans))
        together(*(partial(work, i) for i in range(1, 9)))
        self.assertEqual(sorted(counts), [4 * i for i in range(1, 9)])

    def test_what_is_expected_may_be_said_behind_the_with(self):
        with capture() as spans:
            agent(spans.tracer)
        spans.count("span_kind == 'LLM'", 2)
        self.unmet(spans.none)

    def test_nothing_is_captured_without_spans(self):
        with capture() as spans:
            spans.none()
            self.assertEqual((len(spans), str(spans), bool(spans)),
                             (0, "", True))
            spans.tree("")
