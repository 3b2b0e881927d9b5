"""Bytes that come piece by piece: files of spans, and frames as Phoenix's
client asks for them."""
from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _ffi
from ._library import Handle, Reader, Watch, library, written
from .queries import Spans, choose, json_text, text

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from .store import Store

FORMATS = {"parquet": _ffi.PHX_PARQUET, "csv": _ffi.PHX_CSV,
           "jsonl": _ffi.PHX_JSON_LINES, "arrow": _ffi.PHX_ARROW_STREAM}
ROOTS = {"every": _ffi.PHX_EVERY_SPAN, "roots": _ffi.PHX_ROOTS,
         "strict": _ffi.PHX_STRICT_ROOTS}
REQUESTS = {"otlp": _ffi.PHX_OTLP_PROTOBUF, "otlp-json": _ffi.PHX_OTLP_JSON}
MOST = 1000  # spans of a request


class Pieces(Reader[bytes]):
    """The bytes, some MiB a piece at most."""

    def __init__(self, handle: Handle, function: Any,
                 *arguments: Any) -> None:
        super().__init__(handle, Watch())
        self._function = function
        self._arguments = arguments

    def _read(self, pointer: int) -> Optional[bytes]:
        status, data = written(self._function, pointer, *self._arguments)
        return data if status == _ffi.PHX_OK else None


def export(spans: Spans, format: str) -> Pieces:
    return Pieces(spans._store._handle.open(
        library.phx_export_open, ctypes.byref(spans._query), spans._columns, len(spans._columns),
        choose(FORMATS, format, "format"), free=library.phx_export_close),
        library.phx_export_next)


def write(spans: Spans, path: Union[str, os.PathLike[str]],
          format: Optional[str]) -> None:
    """The file is there whole, or as it was before."""
    place = Path(path)
    pieces = export(spans, place.suffix[1:] if format is None else format)
    partial = place.with_name(f"{place.name}.{os.getpid()}.partial")
    try:
        with pieces, open(partial, "wb") as file:
            file.writelines(pieces)
        os.replace(partial, place)
    finally:
        partial.unlink(missing_ok=True)


def requests(spans: Spans, format: str) -> Pieces:
    return Pieces(spans._store._handle.open(
        library.phx_store_find_spans, ctypes.byref(spans._query),
        free=library.phx_cursor_close),
        library.phx_cursor_next_otlp, choose(REQUESTS, format, "format"),
        MOST)


class Frame:
    """A table that a SpanQuery of Phoenix's client asks for."""

    def __init__(self, store: Store, query: _ffi.phx_frame_query,
                 asked: Any) -> None:
        self._store = store
        self._query = query
        if hasattr(asked, "to_dict"):
            asked = asked.to_dict()
        if asked is not None:
            query.kept = text(json_text(asked))
            query.json = query.kept

    def _pieces(self, format: int) -> Pieces:
        query = type(self._query).from_buffer_copy(self._query)
        query.format = format
        return Pieces(self._store._handle.open(
            library.phx_store_open_frame, ctypes.byref(query), free=library.phx_frame_close),
            library.phx_frame_next)

    def to_json(self) -> bytes:
        """As pandas reads it, its orient is "table"; names of columns have
        their numbers before them, as Phoenix's client has it."""
        return b"".join(self._pieces(_ffi.PHX_FRAME_JSON))

    def to_arrow(self) -> pyarrow.Table:
        import pyarrow
        with pyarrow.ipc.open_stream(
                b"".join(self._pieces(_ffi.PHX_FRAME_ARROW))) as stream:
            return stream.read_all()

    def to_pandas(self) -> pandas.DataFrame:
        """By way of pyarrow; its index is the one that was asked for."""
        return self.to_arrow().to_pandas()
