"""Where spans of OpenTelemetry go while tests capture them: each to the
capture whose context it starts in, to that of its parent, or to the only one
that is open. So tests may run in threads beside each other, and share the one
provider that a process has.
"""
from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Optional
from weakref import WeakKeyDictionary

from opentelemetry import context
from opentelemetry.sdk import trace as sdk

from .otel import global_provider

if TYPE_CHECKING:
    from .testing import Capture

logger = logging.getLogger(__name__)
KEY = context.create_key("libphoenix-capture")


def id_of(span: sdk.ReadableSpan) -> int:
    ids: Any = span.get_span_context()
    number: int = ids.span_id
    return number


class Router(sdk.SpanProcessor):  # type: ignore[misc,unused-ignore]
    """Notes at a span's start where it belongs, and takes it there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[Capture] = []
        #: Whose those are that did not end yet, by their ids.
        self._live: dict[int, tuple[Capture, sdk.Span]] = {}

    def open(self, capture: Capture) -> object:
        with self._lock:
            self._open.append(capture)
        return context.attach(context.set_value(KEY, capture))

    def close(self, capture: Capture, token: Any) -> None:
        context.detach(token)
        with self._lock:
            self._open.remove(capture)
            self._live = {number: (owner, span) for number, (owner, span)
                          in self._live.items() if owner is not capture}

    def unended(self, capture: Capture) -> list[str]:
        """The names of its spans that did not end yet."""
        with self._lock:
            return [span.name for owner, span in self._live.values()
                    if owner is capture]

    def _owner(self, span: sdk.Span, around: Any) -> Optional[Capture]:
        found: Any = context.get_value(KEY, around)
        if found is None and span.parent is not None:
            found, _ = self._live.get(span.parent.span_id, (None, None))
        if found is None and len(self._open) == 1:
            found = self._open[0]
        return found if found in self._open else None

    def on_start(self, span: sdk.Span, parent_context: Any = None) -> None:
        with self._lock:
            owner = self._owner(span, parent_context)
            count = len(self._open)
            if owner is not None:
                self._live[id_of(span)] = owner, span
        if owner is None and count > 1:
            logger.warning("the span %r is of none of the %d captures that "
                           "are open", span.name, count)

    def on_end(self, span: sdk.ReadableSpan) -> None:
        with self._lock:
            owner, _ = self._live.pop(id_of(span), (None, None))
        if owner is not None:
            owner.add(span)


routers: WeakKeyDictionary[sdk.TracerProvider, Router] = WeakKeyDictionary()
lock = threading.Lock()


def router_of(provider: Optional[sdk.TracerProvider]) -> Router:
    """The one of a provider, or of the process's."""
    with lock:
        provider = provider or global_provider()
        if provider not in routers:
            routers[provider] = Router()
            provider.add_span_processor(routers[provider])
        return routers[provider]
