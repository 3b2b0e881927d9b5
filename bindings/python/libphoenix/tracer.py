"""Tracer: a program traces itself, without an SDK.

    with tracer.span("agent", "AGENT"):
        with tracer.span("answer", "LLM") as span:
            span.set_attribute("llm.model_name", "m1")
"""
from __future__ import annotations

import ctypes
import logging
import threading
from contextvars import ContextVar
from functools import partial
from typing import Any, Callable, Mapping, Optional, Union

from . import _ffi
from ._library import Handle, call, library
from .queries import (STATUSES_BY_NAME, Time, c_text, choose, filled, json_of,
                      nanoseconds, utf8)
from .store import Store

logger = logging.getLogger(__name__)
MESSAGES = {"input": _ffi.PHX_INPUT_MESSAGES,
            "output": _ffi.PHX_OUTPUT_MESSAGES}

#: The innermost span that a `with` is in, which new ones are below.
current: ContextVar[Optional[LiveSpan]] = ContextVar("span", default=None)


def end_dropped(pointer: int) -> None:
    """A span that nobody can end any more ends: that is what frees it."""
    library.phx_span_end(pointer, 0, None)


def text_of(error: BaseException) -> str:
    """What it says, whatever that is."""
    try:
        said = str(error)
    except Exception:
        said = f"{type(error).__name__} that cannot say what it is"
    return said.encode("utf-8", "replace").decode().replace("\0", " ")


def living(span: Optional[LiveSpan]) -> Optional[LiveSpan]:
    """It, or the innermost around it that has not ended."""
    while span is not None and not span._handle.is_open():
        span = span._outer
    return span


class LiveSpan:
    """A span that was started. It ends with its `with`, or by end(); an
    exception that leaves the `with` is recorded, and its status is ERROR.
    Threads may share it."""

    __slots__ = ("tracer", "_handle", "_lock", "_is_entered", "_outer",
                 "traceparent", "tracestate")

    def __init__(self, tracer: Tracer, handle: Handle) -> None:
        self.tracer = tracer
        self._lock = threading.Lock()
        self._is_entered = False
        self._outer: Optional[LiveSpan] = None
        self._handle = handle
        #: The headers of W3C trace context for a program that is called.
        self.traceparent: str = self._handle.use(
            library.phx_span_traceparent).decode()
        self.tracestate: str = self._handle.use(
            library.phx_span_tracestate).decode()

    def _call(self, function: Any, *arguments: Any) -> int:
        with self._lock:
            return self._handle.call(function, *arguments)

    def _discard(self) -> None:
        """It is gone, and not stored."""
        with self._lock:
            owner = self._handle.owner()
            self._handle.close()
            library.phx_span_discard(owner.take())

    def set_attribute(self, key: str, value: Any) -> None:
        """Texts, numbers and booleans stay what they are; lists and the like
        go as JSON, and None takes the attribute away."""
        name = c_text(key)
        if isinstance(value, str):
            data = utf8(value)
            self._call(library.phx_span_set_text, name, data, len(data))
        elif isinstance(value, bool):
            self._call(library.phx_span_set_bool, name, value)
        elif isinstance(value, int) and -2 ** 63 <= value < 2 ** 63:
            self._call(library.phx_span_set_int, name, value)
        elif isinstance(value, float):
            self._call(library.phx_span_set_real, name, value)
        else:
            data = json_of(value)
            self._call(library.phx_span_set_json, name, data, len(data))

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        for key, value in attributes.items():
            self.set_attribute(key, value)

    def set_kind(self, kind: str) -> None:
        """ "LLM", "TOOL", ... in any case."""
        self._call(library.phx_span_set_kind, c_text(kind))

    def set_status(self, status: str, message: Optional[str] = None) -> None:
        """status is "UNSET", "OK" or "ERROR"."""
        self._call(library.phx_span_set_status,
                   choose(STATUSES_BY_NAME, status, "status"), c_text(message))

    def add_message(self, list: str, role: str, content: str) -> None:
        """The next of the "input" or "output" messages of an LLM span."""
        data = utf8(content)
        self._call(library.phx_span_add_message,
                   choose(MESSAGES, list, "list"), c_text(role), data,
                   len(data))

    def add_event(self, name: str,
                  attributes: Optional[Mapping[str, Any]] = None) -> None:
        """An event of now."""
        data = json_of(dict(attributes or {}))
        self._call(library.phx_span_add_event, c_text(name), data, len(data))

    def add_link(self, traceparent: str,
                 attributes: Optional[Mapping[str, Any]] = None) -> None:
        data = json_of(dict(attributes or {}))
        self._call(library.phx_span_add_link, c_text(traceparent), data,
                   len(data))

    def record_exception(self, error: BaseException) -> None:
        """Adds the event "exception"; the status stays as it is."""
        import traceback
        kind = type(error)
        said = (kind.__qualname__ if kind.__module__ == "builtins" else
                f"{kind.__module__}.{kind.__qualname__}", text_of(error),
                "".join(traceback.format_exception(kind, error,
                                                   error.__traceback__)))
        self._call(library.phx_span_record_exception, *(
            text.encode("utf-8", "replace").replace(b"\0", b" ")
            for text in said))

    def end(self, end: Optional[Time] = None) -> None:
        """Ends it, now or at a datetime or nanoseconds since 1970, if it has
        not ended. It is gone then, also if it raises because the store
        failed."""
        time = nanoseconds(end, "end")
        with self._lock:
            if self._handle.is_open():
                owner = self._handle.owner()
                self._handle.close()
                call(library.phx_span_end, owner.take(), time)

    def __enter__(self) -> LiveSpan:
        if not self._is_entered:
            self._is_entered = True
            self._outer = living(current.get())
        current.set(self)
        return self

    def __exit__(self, kind: object, error: Optional[BaseException],
                 trace: object) -> None:
        # Others may have ended before, or this be another context.
        self._outer = living(self._outer)
        if current.get() is self:
            current.set(self._outer)
        steps: list[Callable[[], None]] = [self.end]
        # A generator that is closed has not failed.
        if error is not None and not isinstance(error, GeneratorExit) and \
                self._handle.is_open():
            steps = [partial(self.set_status, "ERROR", text_of(error)),
                     partial(self.record_exception, error), self.end]
        for step in steps:
            try:
                step()
            except Exception as failure:
                if error is None:
                    raise
                logger.warning("a span is not whole: %s", failure)


class Tracer:
    """Starts spans for a store. Ended ones wait until their root ends, 512 of
    them do (waiting), or for flush(); close() stores what waits."""

    def __init__(self, store: Store, *, project: Optional[str] = None,
                 service: Optional[str] = None, scope: Optional[str] = None,
                 scope_version: Optional[str] = None,
                 waiting: int = 0) -> None:
        options = filled(
            _ffi.phx_tracer_options,
            project=c_text(project), service=c_text(service),
            scope=c_text(scope), scope_version=c_text(scope_version),
            waiting=waiting)
        self._handle = store._handle.open(
            library.phx_tracer_open, ctypes.byref(options),
            free=library.phx_tracer_close)

    def _started(self, function: Any, *arguments: Any) -> LiveSpan:
        return LiveSpan(self, self._handle.open(function, *arguments,
                                                free=end_dropped))

    def _below(self, name: str, traceparent: str,
               tracestate: Optional[str]) -> LiveSpan:
        """One below what has ended, or is of another program."""
        return self._started(library.phx_span_start_remote, c_text(name),
                             c_text(traceparent), c_text(tracestate))

    def span(self, name: str, kind: Optional[str] = None,
             attributes: Optional[Mapping[str, Any]] = None, *,
             parent: Union[None, LiveSpan, str] = None,
             tracestate: Optional[str] = None,
             start: Optional[Time] = None) -> LiveSpan:
        """Starts a span, now if no start is given. It is below parent: a span,
        also one that has ended, or the traceparent of another program; if none
        is given, below the one whose `with` this is in."""
        if parent is None:
            inner = current.get()
            parent = inner if inner and inner.tracer is self else None
        if parent is None:
            span = self._started(library.phx_span_start, c_text(name), None)
        elif isinstance(parent, str):
            span = self._below(name, parent, tracestate)
        else:
            with parent._lock:
                span = self._started(
                    library.phx_span_start, c_text(name),
                    parent._handle.owner().pointer) \
                    if parent._handle.is_open() else \
                    self._below(name, parent.traceparent, parent.tracestate)
        try:
            if start is not None:
                span._call(library.phx_span_set_start,
                           nanoseconds(start, "start"))
            if kind is not None:
                span.set_kind(kind)
            span.set_attributes(attributes or {})
        except BaseException:
            span._discard()
            raise
        return span

    def flush(self) -> None:
        """Stores all spans that have ended."""
        self._handle.call(library.phx_tracer_flush)

    def close(self) -> None:
        """Stores what waits, if it can: flush() first to learn of a failure.
        Live spans stay usable."""
        self._handle.close()

    def __enter__(self) -> Tracer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
