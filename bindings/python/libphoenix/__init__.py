"""libphoenix: takes in, keeps and gives back the traces of LLM programs.

    import libphoenix

    with libphoenix.Store("traces.db") as store:
        store.ingest(request)
        for span in store.spans("span_kind == 'LLM'", limit=10):
            print(span.name, span.attributes)
"""
from typing import TYPE_CHECKING, Any

from ._library import library
from .errors import (IO, Busy, Conflict, Corrupt, Error, Internal,
                     Interrupted, Invalid, Misuse, NoMemory, NotFound, TooBig,
                     Unsupported)
from .queries import Cursor, Rows, Spans
from .rows import (Annotation, Finding, Match, Project, Session, Span,
                   Trace)
from .sql import Result
from .store import Ingested, Note, Store

if TYPE_CHECKING:
    from .otel import register
    from .requests import check_filter, decode, flatten, unflatten
    from .tracer import LiveSpan, Tracer

__version__: str = library.phx_version_text().decode()

__all__ = [
    "Annotation", "Busy", "Conflict", "Corrupt", "Cursor", "Error", "Finding",
    "IO", "Ingested", "Internal", "Interrupted", "Invalid", "LiveSpan",
    "Match", "Misuse", "NoMemory", "NotFound", "Note", "Project", "Result",
    "Rows", "Session", "Span", "Spans", "Store", "TooBig", "Trace", "Tracer",
    "Unsupported", "__version__", "check_filter", "decode", "flatten",
    "unflatten",
]

#: What not every program needs is loaded when it is asked for; register needs
#: OpenTelemetry's SDK.
LATER = {"register": "otel", "LiveSpan": "tracer", "Tracer": "tracer",
         "check_filter": "requests", "decode": "requests",
         "flatten": "requests", "unflatten": "requests"}


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"libphoenix has no {name}")
    from importlib import import_module
    return getattr(import_module(f"libphoenix.{LATER[name]}"), name)
