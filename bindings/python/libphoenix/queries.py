"""What Store.spans() and its like return: a query that can be read many times,
row by row in constant memory, or of spans as columns.
"""
from __future__ import annotations

import ctypes
import os
from datetime import datetime, timedelta
from typing import (TYPE_CHECKING, Any, Callable, Generic, Iterable, Iterator,
                    Mapping, Optional, Sequence, TypeVar, Union)

from . import _ffi
from ._library import Handle, Reader, Watch, call, library
from .arrow import capsule_of
from .rows import (EPOCH, STATUSES, Annotation, Finding, Log, Project,
                   Session, Span, Trace, Word, copier)

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from .export import Pieces
    from .store import Store

R = TypeVar("R")
S = TypeVar("S", bound=ctypes.Structure)
WHOLE = (ctypes.c_int32, ctypes.c_uint32, ctypes.c_int64, ctypes.c_uint64,
         ctypes.c_size_t)
Time = Union[datetime, int]
ORDERS = {"newest": _ffi.PHX_NEWEST_FIRST, "oldest": _ffi.PHX_OLDEST_FIRST}
SORTS = {"number": _ffi.PHX_BY_NUMBER, "start": _ffi.PHX_BY_START,
         "latency": _ffi.PHX_BY_LATENCY}
SHAPES = {"nested": _ffi.PHX_ATTRIBUTES_NESTED,
          "flat": _ffi.PHX_ATTRIBUTES_FLAT, "none": _ffi.PHX_ATTRIBUTES_NONE}
COLUMNS = {str: _ffi.PHX_COLUMN_TEXT, int: _ffi.PHX_COLUMN_INT,
           float: _ffi.PHX_COLUMN_REAL, bool: _ffi.PHX_COLUMN_BOOL}


def kinds() -> Iterator[str]:
    """The names of the kinds of spans, in order of their indexes."""
    index = 0
    while name := library.phx_kind_name(index):
        yield name.decode()
        index += 1


def numbered(words: Iterable[str]) -> dict[str, int]:
    return {word: index for index, word in enumerate(words)}


KINDS = numbered(kinds())
STATUSES_BY_NAME = numbered(STATUSES)


# --- what callers say, as the library takes it -------------------------------


def choose(choices: Mapping[Any, int], given: Any, what: str) -> int:
    """The constant for a word."""
    try:
        return choices[given]
    except (KeyError, TypeError):
        known = ", ".join(getattr(word, "__name__", repr(word))
                          for word in choices)
        raise ValueError(f"{what} is one of {known}, not {given!r}") from None


def bits(choices: Mapping[str, int], given: Iterable[str], what: str) -> int:
    if isinstance(given, str):
        given = [given]
    return sum({1 << choose(choices, word, what) for word in given})


def number(given: Any, what: str, kind: Any = ctypes.c_int64,
           least: Optional[int] = None) -> int:
    """A whole number that a C type holds: ctypes would cut it."""
    if not isinstance(given, int):
        raise TypeError(f"{what} is a whole number, not {given!r}")
    bits = ctypes.sizeof(kind) * 8
    signed = kind(-1).value < 0
    lowest, highest = (-2 ** (bits - 1), 2 ** (bits - 1) - 1) if signed \
        else (0, 2 ** bits - 1)
    if not lowest <= given <= highest:
        raise OverflowError(f"{what} is {given}, which is not in {lowest} to "
                            f"{highest}")
    if least is not None and given < least:
        raise ValueError(f"{what} is {given}, and {least} at least")
    return given


def filled(kind: type[S], /, **fields: Any) -> S:
    """A struct, with its numbers checked."""
    for name, held, *_ in kind._fields_:
        if name in fields and held in WHOLE:
            number(fields[name], name, held)
    return kind(**fields)


def nanoseconds(time: Optional[Time], what: str = "time") -> int:
    """A datetime without a zone is local, as datetime itself has it. To the
    library 0 is none, and so is None here."""
    if time is None:
        return 0
    if isinstance(time, datetime):
        time = (time.astimezone(EPOCH.tzinfo) - EPOCH) // \
            timedelta(microseconds=1) * 1000
    if number(time, what) < 1:
        raise ValueError(f"{what} is not after the start of 1970")
    return time


def since(time: Optional[Time]) -> int:
    """The same of a lower bound: one before 1970 bounds nothing."""
    if isinstance(time, datetime) and time.astimezone(EPOCH.tzinfo) <= EPOCH \
            or isinstance(time, int) and time <= 0:
        return 0
    return nanoseconds(time, "start")


def rows_at_most(limit: Optional[int]) -> int:
    return 0 if limit is None else number(limit, "limit", least=1)


def utf8(given: str) -> bytes:
    """What is no UTF-8, as lone surrogates, is the library's to refuse."""
    if not isinstance(given, str):
        raise TypeError(f"a text is wanted, not {given!r}")
    return given.encode("utf-8", "surrogatepass")


def text(given: Optional[str]) -> _ffi.phx_text:
    """A text, absent for None; its bytes live as long as it."""
    if given is None:
        return _ffi.phx_text(None, 0)
    data = utf8(given)
    made = _ffi.phx_text(ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p),
                         len(data))
    made.kept = data
    return made


def texts(given: Sequence[str]) -> Any:
    """An array of them, or NULL for none."""
    if isinstance(given, str):
        raise TypeError(f"a list of texts is wanted, not {given!r}")
    made = [text(one) for one in given]
    array: Any = (_ffi.phx_text * len(made))(*made)
    array.kept = made
    return array if made else None


def c_text(given: Optional[str]) -> Optional[bytes]:
    """One that ends at its first NUL."""
    if given is None:
        return None
    data = utf8(given)
    if b"\0" in data:
        raise ValueError(f"{given[:64]!r} has a NUL")
    return data


def c_path(given: Union[str, bytes, os.PathLike[Any]]) -> bytes:
    data = os.fsencode(given)
    if b"\0" in data:
        raise ValueError(f"the path {data[:64]!r} has a NUL")
    return data


def json_of(given: Any) -> bytes:
    import json
    return json.dumps(given, allow_nan=False).encode()


def json_text(given: Any) -> Optional[str]:
    """The same for text(): None is absent."""
    return None if given is None else json_of(given).decode()


# --- reading -------------------------------------------------------------


class RowKind(Generic[R]):
    """How rows of a kind are read from a cursor."""

    def __init__(self, struct: type[ctypes.Structure], next_row: Any,
                 make: Callable[[Any, Any], R]) -> None:
        self.pointer = ctypes.POINTER(struct)
        self.next = next_row
        self.make = make
        self.copy = copier(struct)


SPAN = RowKind(_ffi.phx_span, library.phx_cursor_next_span, Span)
TRACE = RowKind(_ffi.phx_trace, library.phx_cursor_next_trace, Trace)
SESSION = RowKind(_ffi.phx_session, library.phx_cursor_next_session, Session)
PROJECT = RowKind(_ffi.phx_project, library.phx_cursor_next_project, Project)
ANNOTATION = RowKind(_ffi.phx_annotation, library.phx_cursor_next_annotation,
                     Annotation)
LOG = RowKind(_ffi.phx_log, library.phx_cursor_next_log, Log)
WORD = RowKind(_ffi.phx_word, library.phx_cursor_next_word, Word)
FINDING = RowKind(_ffi.phx_finding, library.phx_cursor_next_finding, Finding)


class Cursor(Reader[R]):
    """Rows, read ahead by the page."""

    def __init__(self, kind: RowKind[R], store: Store, handle: Handle,
                 watch: Watch) -> None:
        super().__init__(handle, watch)
        self._kind = kind
        self._store = store

    def _read(self, pointer: int) -> Optional[R]:
        kind = self._kind
        out = kind.pointer()
        if call(kind.next, pointer, ctypes.byref(out)) != _ffi.PHX_OK:
            return None
        return kind.make(kind.copy(ctypes.addressof(out.contents)),
                         self._store)


class Rows(Generic[R]):
    """Rows that a query finds. Each `for` runs it anew."""

    def __init__(self, store: Store, kind: RowKind[R], find: Any,
                 query: Any = None, arguments: tuple[Any, ...] = ()) -> None:
        self._store = store
        self._kind = kind
        self._find = find
        self._query = query
        self._arguments = arguments

    def __iter__(self) -> Cursor[R]:
        __tracebackhide__ = True
        watch = Watch()
        arguments = self._arguments
        if self._query is not None:
            query = type(self._query).from_buffer_copy(self._query)
            if hasattr(query, "stop"):
                query.stop = watch.function
            arguments = (ctypes.byref(query),)
        with watch:
            handle = self._store._handle.open(
                self._find, *arguments, free=library.phx_cursor_close)
        return Cursor(self._kind, self._store, handle, watch)

    def first(self) -> Optional[R]:
        """The first, or None if there is none."""
        with iter(self) as rows:
            return next(rows, None)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._store!r}>"


class Spans(Rows[Span]):
    """Spans that a query finds, as rows or, through the Arrow PyCapsule
    interface, as columns that no one copies."""

    def __init__(self, store: Store, query: _ffi.phx_span_query,
                 columns: Optional[Mapping[str, type]]) -> None:
        super().__init__(store, SPAN, library.phx_store_find_spans, query)
        self._columns = (_ffi.phx_attribute_column * len(columns or ()))(*(
            _ffi.phx_attribute_column(c_text(path),
                                      choose(COLUMNS, kind, "a column's type"))
            for path, kind in (columns or {}).items()))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        stream = _ffi.ArrowArrayStream()
        self._store._handle.call(
            library.phx_store_export_arrow, ctypes.byref(self._query),
            self._columns, len(self._columns), ctypes.byref(stream))
        return capsule_of(stream)

    def export(self, format: str) -> Pieces:
        """The columns as the bytes of a file, piece by piece: "parquet",
        "csv", "jsonl" or "arrow", which is an IPC stream."""
        from .export import export
        return export(self, format)

    def write(self, path: Union[str, os.PathLike[str]],
              format: Optional[str] = None) -> None:
        """Writes the same to a file; its suffix says the format if nothing
        else does."""
        from .export import write
        write(self, path, format)

    def requests(self, format: str = "otlp") -> Pieces:
        """The spans as OTLP, "otlp" or "otlp-json", a thousand a request at
        most: what Store.ingest takes."""
        from .export import requests
        return requests(self, format)

    def to_arrow(self) -> pyarrow.Table:
        import pyarrow
        return pyarrow.RecordBatchReader.from_stream(self).read_all()

    def to_pandas(self) -> pandas.DataFrame:
        """By way of pyarrow."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> polars.DataFrame:
        import polars
        return polars.DataFrame(self)
