"""OpenTelemetry's SDK, straight into a store: no server, no port.

    libphoenix.register("traces.db")     provider, exporter and instrumentors
"""
from __future__ import annotations

import logging
import os
import sys
from importlib.metadata import entry_points
from typing import Any, Iterable, Optional, Sequence, Union

from opentelemetry import trace
from opentelemetry.sdk import trace as sdk
from opentelemetry.sdk.trace import export

from .errors import Error, Invalid, TooBig
from .otlp import request_of
from .store import Store

GROUPS = ("openinference_instrumentor", "opentelemetry_instrumentor")
logger = logging.getLogger(__name__)


class SpanExporter(export.SpanExporter):  # type: ignore[misc,unused-ignore]
    """Stores spans; they are on disk when export() returns.

    A store that it opened, by its path, is closed by shutdown(). A project
    overrides that of each span.
    """

    def __init__(self, store: Union[Store, str, os.PathLike[str]],
                 project: Optional[str] = None) -> None:
        self.store = store if isinstance(store, Store) else Store(store)
        self._project = project
        self._is_mine = self.store is not store

    def export(self, spans: Sequence[sdk.ReadableSpan]
               ) -> export.SpanExportResult:
        return export.SpanExportResult.SUCCESS if self._put(spans) else \
            export.SpanExportResult.FAILURE

    def _put(self, spans: Sequence[sdk.ReadableSpan]) -> bool:
        """Whether all are stored. What is wrong with one is the loss of that
        one alone; of what the store lacks all are."""
        try:
            self.store.ingest(request_of(spans), project=self._project)
            return True
        except Exception as error:
            if len(spans) < 2 or (isinstance(error, Error) and
                                  not isinstance(error, (Invalid, TooBig))):
                logger.error("%d spans were not stored: %s", len(spans), error)
                return False
        middle = len(spans) // 2
        return all([self._put(spans[:middle]), self._put(spans[middle:])])

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return True

    def shutdown(self) -> None:
        if self._is_mine:
            self.store.close()


def global_provider() -> sdk.TracerProvider:
    """The one there is, or a new one, which is that of the process then."""
    found: Any = trace.get_tracer_provider()
    if not hasattr(found, "add_span_processor"):
        found = sdk.TracerProvider()
        trace.set_tracer_provider(found)
    provider: sdk.TracerProvider = found
    return provider


def instrumentors() -> Iterable[tuple[str, Any]]:
    """The names of OpenInference's instrumentors that are installed, and how
    they are loaded."""
    found: dict[str, Any] = {}
    for group in GROUPS:
        if sys.version_info >= (3, 10):
            points: Iterable[Any] = entry_points(group=group)
        else:
            points = entry_points().get(group, ())
        for point in points:
            if point.value.startswith("openinference."):
                found.setdefault(point.value, point)
    return ((point.name, point) for point in found.values())


def instrument(provider: Optional[sdk.TracerProvider] = None) -> list[str]:
    """Calls every instrumentor of OpenInference that is installed, and whose
    library is; their names."""
    done = []
    for name, point in instrumentors():
        try:
            instrumentor = point.load()()
            if not instrumentor.is_instrumented_by_opentelemetry:
                instrumentor.instrument(tracer_provider=provider)
        except Exception:
            logger.exception("the instrumentor %s fails", name)
            continue
        if instrumentor.is_instrumented_by_opentelemetry:
            done.append(name)
    return done


def register(store: Union[Store, str, os.PathLike[str]], *,
             project: Optional[str] = None, batch: bool = True,
             provider: Optional[sdk.TracerProvider] = None,
             instrumented: bool = True) -> sdk.TracerProvider:
    """Has what OpenTelemetry traces in this process go to a store, and the
    libraries traced that OpenInference has an instrumentor for.

    batch: spans wait for up to 5 s, and for the end of the process or
    provider.force_flush(); else each is stored when it ends. provider is the
    one to add to; else it is that of the process, made if there is none.
    """
    exporter = SpanExporter(store, project)
    if provider is None:
        provider = global_provider()
    provider.add_span_processor(
        export.BatchSpanProcessor(exporter) if batch else
        export.SimpleSpanProcessor(exporter))
    if instrumented:
        instrument(provider)
    return provider
