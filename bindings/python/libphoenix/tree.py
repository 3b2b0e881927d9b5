"""A trace as a tree, in text and in HTML. All that a user wrote is escaped."""
from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Iterator

from .errors import Error

if TYPE_CHECKING:
    from .rows import Span, Trace

MOST_LINES = 40      # of a text
MOST_SPANS = 1000    # read for a tree
WIDEST = 60          # characters of a name


def printable(text: str, widest: int = WIDEST) -> str:
    """On one line, without what a terminal obeys."""
    text = text if len(text) <= widest else text[:widest - 1] + "…"
    return "".join(char if char.isprintable() else
                   char.encode("unicode_escape").decode() for char in text)


def duration(ms: float) -> str:
    return f"{ms / 1000:.2f} s" if ms >= 1000 else f"{ms:.1f} ms"


def line_of(span: Span) -> str:
    """Kind, name, time, tokens, failure."""
    parts = [f"{span.kind} {printable(span.name)}", duration(span.latency_ms)]
    if span.prompt_tokens is not None:
        parts.append(f"{span.prompt_tokens}+{span.completion_tokens} tokens")
    if span.status == "ERROR":
        parts.append(f"ERROR {printable(span.status_message)}".rstrip())
    return ", ".join(parts)


def head_of(trace: Trace) -> str:
    return (f"Trace {trace.trace_id}, {trace.span_count} spans, "
            f"{duration(trace.latency_ms)}")


def walk(spans: list[Span]) -> Iterator[tuple[int, Span, bool]]:
    """(depth, span, whether it is its parent's last) in the tree's order.
    Spans of a cycle, which no root leads to, come as roots."""
    spans = sorted(spans, key=lambda span: (span.start_ns, span.number))
    known = {span.span_id for span in spans}
    below: dict[str, list[Span]] = {}
    roots = []
    for span in spans:
        if span.parent_id in known and span.parent_id != span.span_id:
            below.setdefault(str(span.parent_id), []).append(span)
        else:
            roots.append(span)
    seen: set[int] = set()
    for root in [*roots, *spans]:
        waiting = [(0, root, True)]
        while waiting:
            depth, span, last = waiting.pop()
            if span.number in seen:
                continue
            seen.add(span.number)
            yield depth, span, last
            children = below.get(span.span_id, [])
            waiting += [(depth + 1, child, child is children[-1])
                        for child in reversed(children)]


def spans_of(trace: Trace) -> list[Span]:
    return list(trace.spans(attributes="none", limit=MOST_SPANS))


def text_of(trace: Trace) -> str:
    """The tree; of a store that is closed, its head alone."""
    lines = [head_of(trace)]
    rails: list[str] = []
    try:
        spans = spans_of(trace)
    except Error:
        return f"<{lines[0]}>"
    for depth, span, last in islice(walk(spans), MOST_LINES):
        rails = rails[:depth]
        edge = "" if depth == 0 else "└─ " if last else "├─ "
        lines.append("".join(rails[1:]) + edge + line_of(span))
        rails.append("" if depth == 0 else "   " if last else "│  ")
    if trace.span_count > MOST_LINES:
        lines.append(f"... {trace.span_count - MOST_LINES} more")
    return "\n".join(lines)


def escape(given: str) -> str:
    import html
    return html.escape(given)


def row_of(span: Span, depth: int) -> str:
    color = "color:#b00020;" if span.status == "ERROR" else ""
    return (f'<div style="padding-left:{min(depth, 40) * 1.5}em;{color}">'
            f"{escape(line_of(span))}</div>")


def html_of(trace: Trace) -> str:
    try:
        rows = [row_of(span, depth)
                for depth, span, _ in walk(spans_of(trace))]
    except Error:
        rows = []
    more = trace.span_count - len(rows)
    if rows and more > 0:
        rows.append(f"<div>... {more} more</div>")
    return (f"<details open><summary>{escape(head_of(trace))}</summary>"
            f'<div style="font-family:monospace">{"".join(rows)}</div>'
            "</details>")


def html_of_span(span: Span) -> str:
    import json
    told = json.dumps(span.attributes, indent=1, ensure_ascii=False)
    return (f"<details><summary>{escape(line_of(span))}</summary>"
            f"<pre>{escape(told[:100_000])}</pre></details>")
