"""What a notebook shows: a trace as a tree, all that users wrote escaped."""
from html.parser import HTMLParser

from sent import StoreTest, span


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = set()
        self.words = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.add(tag)

    def handle_data(self, data):
        self.words.append(data)


class TreeTest(StoreTest):
    def shown(self, *spans):
        self.send(*spans)
        return self.store.trace(spans[0]["traceId"])

    def test_a_trace_is_a_tree(self):
        trace = self.shown(
            span(1, name="agent", kind="AGENT"),
            span(2, parent=1, name="look", kind="RETRIEVER"),
            span(3, parent=2, name="embed", kind="EMBEDDING"),
            span(4, parent=1, name="call", kind="LLM", attributes={
                "llm.token_count.prompt": 3, "llm.token_count.completion": 4},
                status={"code": 2, "message": "too\nlate"}),
            span(5, parent=99, name="orphan"))
        self.assertEqual(repr(trace).split("\n"), [
            f"Trace {1:032x}, 5 spans, 254.0 ms",
            "AGENT agent, 250.0 ms",
            "├─ RETRIEVER look, 250.0 ms",
            "│  └─ EMBEDDING embed, 250.0 ms",
            "└─ LLM call, 250.0 ms, 3+4 tokens, ERROR too\\nlate",
            "CHAIN orphan, 250.0 ms"])

    def test_cycles_and_crowds_end(self):
        cycle = self.shown(span(1, parent=2), span(2, parent=1),
                           span(3, parent=3))
        self.assertEqual(len(repr(cycle).split("\n")), 4)
        chain = self.shown(*(span(10 + i, trace=2, parent=9 + i if i else None)
                             for i in range(3000)))
        self.assertEqual(repr(chain).split("\n")[-1], "... 2960 more")
        self.assertIn("... 2000 more", chain._repr_html_())

    def test_markup_is_escaped(self):
        evil = "<script>alert('x')</script>\x1b[2J"
        trace = self.shown(span(1, name=evil, attributes={"a": evil},
                                status={"code": 2, "message": evil}))
        for text in (trace._repr_html_(), next(
                iter(trace.spans()))._repr_html_()):
            self.assertNotIn("<script", text)
            self.assertEqual(Tags(text).found -
                             {"details", "summary", "div", "pre"}, set())
            self.assertIn("alert('x')", "".join(Tags(text).words))
        self.assertNotIn("\x1b", repr(trace))

    def test_of_a_closed_store_the_head_is_left(self):
        trace = self.shown(span(1))
        self.store.close()
        self.assertEqual(repr(trace), f"<Trace {1:032x}, 1 spans, 250.0 ms>")
        self.assertIn("1 spans", trace._repr_html_())
