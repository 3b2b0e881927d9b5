"""Spans in tests: what was captured, and what is expected of it.

    with libphoenix.testing.capture() as spans:
        run_agent()
        spans.tree("agent\\n  retriever\\n  llm*2")

What is not as expected raises an AssertionError that shows the captured trees,
with what differs marked. docs/testing.md has the signs and the patterns.
"""
from __future__ import annotations

import ctypes
import os
import threading
from functools import lru_cache
from pathlib import Path
from typing import (TYPE_CHECKING, Any, Iterator, Mapping, Optional, Sequence,
                    Union)

from . import _ffi
from ._library import library, placed
from .queries import choose, filled, json_of, number, numbered, texts, utf8
from .rows import SEVERITIES, Finding, Span
from .store import Store
from .tracer import Tracer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

MOST_NAMES = 5
SEVERITIES_BY_NAME = numbered(SEVERITIES)


@lru_cache(maxsize=None)
def has_opentelemetry() -> bool:
    """Without its SDK only what uses the tracer is captured."""
    try:
        from . import capture_router  # noqa: F401
    except ImportError:
        return False
    return True


class Capture:
    """Captured spans: a store in memory, and the trees of what is in it. What
    is expected can be said in its `with` or behind it."""

    def __init__(self, provider: Optional[TracerProvider] = None, *,
                 folder: Union[str, os.PathLike[str]] = ".",
                 update_goldens: Optional[bool] = None) -> None:
        self._provider = provider
        self._folder = Path(folder)
        self._update_goldens = update_goldens if update_goldens is not None \
            else os.environ.get("UPDATE_GOLDENS") == "1"
        self._lock = threading.RLock()
        self._waiting: list[ReadableSpan] = []
        self._requests: list[bytes] = []
        self._requested: set[str] = set()
        self._store: Optional[Store] = None
        self._tracer: Optional[Tracer] = None
        self._router: Any = None
        self._token: Any = None
        self._unended: list[str] = []

    # --- what is captured --------------------------------------------------

    def __enter__(self) -> Capture:
        if has_opentelemetry():
            from .capture_router import router_of
            self._router = router_of(self._provider)
            self._token = self._router.open(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._router is not None:
            self._unended = self._router.unended(self)
            self._router.close(self, self._token)
            self._router = None

    def add(self, span: ReadableSpan) -> None:
        """A span of OpenTelemetry that ended."""
        with self._lock:
            self._waiting.append(span)

    def _opened(self) -> Store:
        if self._store is None:
            self._store = Store(":memory:")
        return self._store

    @property
    def tracer(self) -> Tracer:
        """Its spans are captured: for code that traces itself."""
        with self._lock:
            if self._tracer is None:
                self._tracer = Tracer(self._opened())
            return self._tracer

    @property
    def store(self) -> Store:
        """The store with all spans that have ended."""
        with self._lock:
            store = self._opened()
            if self._waiting:
                from .otlp import request_of
                from .capture_router import id_of
                self._requests.append(request_of(self._waiting))
                self._requested.update(
                    f"{id_of(span):016x}" for span in self._waiting)
                self._waiting.clear()
                store.ingest(self._requests[-1])
            if self._tracer is not None:
                self._tracer.flush()
            return store

    def __iter__(self) -> Iterator[Span]:
        return iter(self.store.spans(order="oldest"))

    def __len__(self) -> int:
        return self.store.stats()["spans"]

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        found = self.store.stats()
        return (f"<Capture of {found['spans']} spans in {found['traces']} "
                "traces>")

    def __str__(self) -> str:
        """The trees."""
        return "\n".join(map(str, self.store.traces(order="oldest")))

    # --- what is expected --------------------------------------------------

    def _known(self) -> list[str]:
        """A line of what is known of spans that were not captured."""
        parts = [] if len(self) else ["no span was captured"]
        names = self._unended if self._router is None else \
            self._router.unended(self)
        if names:
            have = "has" if len(names) == 1 else "have"
            parts.append(f"{len(names)} {have} started and {have} not ended: "
                         + ", ".join(names[:MOST_NAMES]))
        return ["; ".join(parts)] if parts else []

    def _expect(self, function: Any, *arguments: Any,
                text: Optional[str] = None) -> None:
        """The text is what an error has its place in."""
        __tracebackhide__ = True
        status, report = placed(text, self.store._handle.written, function,
                                *arguments)
        if status == _ffi.PHX_UNMET:
            raise AssertionError("\n".join([
                report.decode("utf-8", "replace").rstrip(), *self._known()]))

    def count(self, filter: str = "", n: Optional[int] = None, *,
              at_least: int = 0, at_most: Optional[int] = None) -> None:
        """The filter chooses n spans, or so many."""
        __tracebackhide__ = True
        if n is None and at_least == 0 and at_most is None:
            raise ValueError("n, at_least or at_most is to be given")
        least, most = (at_least, at_most) if n is None else (n, n)
        least = number(least, "at_least", least=0)
        most = -1 if most is None else number(most, "at_most", least=0)
        data = utf8(filter)
        self._expect(library.phx_expect_count, data, len(data), least, most,
                     text=filter)

    def one(self, filter: str = "") -> Span:
        """The filter chooses one span, which is returned."""
        __tracebackhide__ = True
        self.count(filter, 1)
        span = self.store.spans(filter).first()
        assert span is not None
        return span

    def none(self, filter: str = "") -> None:
        """The filter chooses no span."""
        __tracebackhide__ = True
        self.count(filter, 0)

    def every(self, filter: str, condition: str) -> None:
        """The filter chooses spans, and the condition holds for all."""
        __tracebackhide__ = True
        data, other = utf8(filter), utf8(condition)
        self._expect(library.phx_expect_every, data, len(data), other,
                     len(other))

    def attributes(self, filter: str, expected: Mapping[str, object]) -> None:
        """Every span that the filter chooses has these attributes, by their
        flat keys, as "llm.input_messages.0.message.role"; None is for one
        that is not there, nor any below it."""
        __tracebackhide__ = True
        if not expected:
            raise ValueError("no attribute is expected")
        data, wanted = utf8(filter), json_of(dict(expected))
        self._expect(library.phx_expect_attributes, data, len(data), wanted,
                     len(wanted))

    def tokens(self, filter: str = "span_kind == 'LLM'", *,
               prompt: Optional[int] = None, completion: Optional[int] = None,
               total: Optional[int] = None) -> None:
        """Every span that the filter chooses has counted so many tokens."""
        __tracebackhide__ = True
        given = {"prompt": prompt, "completion": completion, "total": total}
        if all(count is None for count in given.values()):
            raise ValueError("prompt, completion or total is to be given")
        self.attributes(filter, {f"llm.token_count.{name}": count
                                 for name, count in given.items()
                                 if count is not None})

    def tree(self, pattern: str, *, any_order: bool = False) -> None:
        """The trees are those of the pattern, and there are no others. What
        all its lines are indented by does not count."""
        __tracebackhide__ = True
        data = utf8(pattern)
        self._expect(library.phx_expect_tree, data, len(data),
                     _ffi.PHX_TREE_ANY_ORDER * any_order, text=pattern)

    def order(self, *filters: str) -> None:
        """Spans that the filters choose start one after the other."""
        __tracebackhide__ = True
        if not filters:
            raise ValueError("no filter is given")
        self._expect(library.phx_expect_order, texts(filters), len(filters))

    def below(self, filter: str, parent: str, *,
              directly: bool = False) -> None:
        """Each span that the filter chooses, at least one, is below a span
        that the other chooses."""
        __tracebackhide__ = True
        data, above = utf8(filter), utf8(parent)
        self._expect(library.phx_expect_below, data, len(data), above,
                     len(above), _ffi.PHX_BELOW_DIRECTLY * directly)

    def budget(self, *, spans: Optional[int] = None,
               calls: Optional[int] = None, tokens: Optional[int] = None,
               cost: Optional[float] = None,
               ms: Optional[float] = None) -> None:
        """All together are at most so many spans, calls of LLMs, tokens, USD,
        and no trace takes longer than so many ms."""
        __tracebackhide__ = True
        given = {"spans": spans, "llm_calls": calls, "tokens": tokens,
                 "cost": cost, "latency": ms}
        bounds = {name: most for name, most in given.items()
                  if most is not None}
        for name, most in bounds.items():
            if not most >= 0:
                raise ValueError(f"{name} is {most}, and 0 at least")
        self._expect(library.phx_expect_budget, ctypes.byref(
            filled(_ffi.phx_budget, **bounds)))

    def golden(self, path: Union[str, os.PathLike[str]], *,
               masked: Sequence[str] = ()) -> None:
        """The spans are those that a file keeps. The values of masked keys
        may be any; one that ends in * is for all keys that begin so. With
        update_goldens the file is written if it is not so."""
        __tracebackhide__ = True
        file = self._folder / path
        kept = file.read_bytes() if file.exists() else None
        met, report = False, f"{file} is not there"
        if kept is not None:
            status, said = self.store._handle.written(
                library.phx_golden_compare, kept, len(kept))
            met = status != _ffi.PHX_UNMET
            report = f"{file} has other spans:\n{said.decode(errors='replace')}"
        if met:
            return
        if not self._update_goldens:
            raise AssertionError(f"{report.rstrip()}\n(--update-goldens, or "
                                 "capture(update_goldens=True), writes it)")
        keys = texts(masked)
        options = _ffi.phx_golden_options(masked=keys,
                                          masked_count=len(masked))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.store._handle.written(
            library.phx_golden_write, ctypes.byref(options))[1])

    # --- lint --------------------------------------------------------------

    def findings(self) -> list[Finding]:
        """Where spans break the conventions of OpenInference and gen_ai: what
        came from OpenTelemetry is looked at as it came."""
        store = self.store
        found = [finding for request in self._requests
                 for finding in store.lint(request)]
        return found + [finding for finding in store.lint()
                        if finding.span_id not in self._requested]

    def lint(self, severity: str = "warning",
             ignore: Sequence[str] = ()) -> None:
        """No rule finds anything that is so severe or more; ignore has the ids
        of rules that do not count."""
        __tracebackhide__ = True
        levels = SEVERITIES[choose(SEVERITIES_BY_NAME, severity, "severity"):]
        found = [finding for finding in self.findings()
                 if finding.severity in levels and finding.rule not in ignore]
        if found:
            raise AssertionError("\n".join([
                f"lint finds {len(found)}:", *map(str, found)]))


#: The name that tests read best with.
capture = Capture
