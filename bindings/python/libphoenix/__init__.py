"""libphoenix: takes in, keeps and gives back the traces of LLM programs.

    import libphoenix

    with libphoenix.Store("traces.db") as store:
        store.ingest(request)
        for span in store.spans("span_kind == 'LLM'", limit=10):
            print(span.name, span.attributes)
"""
from ._library import library
from .errors import (IO, Busy, Conflict, Corrupt, Error, Internal,
                     Interrupted, Invalid, Misuse, NoMemory, NotFound, TooBig,
                     Unsupported)
from .queries import Cursor, Rows, Spans
from .rows import Annotation, Match, Project, Session, Span, Trace
from .sql import Result
from .store import Ingested, Note, Store

__version__: str = library.phx_version_text().decode()

__all__ = [
    "Annotation", "Busy", "Conflict", "Corrupt", "Cursor", "Error", "IO",
    "Ingested", "Internal", "Interrupted", "Invalid", "Match", "Misuse",
    "NoMemory", "NotFound", "Note", "Project", "Result", "Rows", "Session",
    "Span", "Spans", "Store", "TooBig", "Trace", "Unsupported", "__version__",
]
