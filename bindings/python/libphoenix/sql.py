"""Rows of a statement of SQL."""
from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, Iterator, Optional, Sequence, Union

from . import _ffi
from ._library import Reader, Watch, call, library, placed
from .queries import filled, text, utf8

if TYPE_CHECKING:
    from .store import Store

Value = Union[None, int, float, str, bytes]


def value_of(given: Value) -> _ffi.phx_value:
    """A parameter as the library takes it."""
    made = _ffi.phx_value(type=_ffi.PHX_NULL)
    if isinstance(given, int):
        if not -2 ** 63 <= given < 2 ** 63:
            raise OverflowError(f"{given} is over 64 bits")
        made.type, made.integer = _ffi.PHX_INTEGER, given
    elif isinstance(given, float):
        made.type, made.real = _ffi.PHX_REAL, given
    elif isinstance(given, str):
        made.type, made.kept = _ffi.PHX_TEXT, text(given)
        made.text = made.kept
    elif isinstance(given, bytes):
        made.type, made.kept = _ffi.PHX_BYTES, given
        made.text.data = ctypes.cast(ctypes.c_char_p(given), ctypes.c_void_p)
        made.text.size = len(given)
    elif given is not None:
        raise TypeError(f"SQL has no {type(given).__name__}")
    return made


def cell(value: _ffi.phx_value) -> Value:
    kind = value.type
    if kind == _ffi.PHX_NULL:
        return None
    if kind == _ffi.PHX_INTEGER:
        return int(value.integer)
    if kind == _ffi.PHX_REAL:
        return float(value.real)
    data = ctypes.string_at(value.text.data, value.text.size)
    return data.decode() if kind == _ffi.PHX_TEXT else data


class Result(Reader[tuple[Value, ...]]):
    """Rows as tuples, once. It holds a snapshot until its last row or close();
    of a store in memory all rows are read at first."""

    columns: list[str]

    def __init__(self, store: Store, statement: str, values: Sequence[Value],
                 timeout: float, memory: int) -> None:
        if isinstance(values, (str, bytes)):
            raise TypeError(f"a list of values is wanted, not {values!r}")
        sql = utf8(statement)
        made = [value_of(value) for value in values]
        watch = Watch()
        options = filled(
            _ffi.phx_sql_options, memory=memory, timeout=int(timeout * 1000), stop=watch.function)
        self._ready: Optional[Iterator[tuple[Value, ...]]] = None
        with watch:
            handle = placed(
                statement, store._handle.open, library.phx_store_sql, sql, len(sql),
                (_ffi.phx_value * len(made))(*made), len(made),
                ctypes.byref(options), free=library.phx_rows_close)
        super().__init__(handle, watch)
        self.columns = [
            handle.use(library.phx_rows_name, i).decode()
            for i in range(handle.use(library.phx_rows_columns))]
        if store._in_memory:
            self._ready = iter(list(self))

    def _read(self, pointer: int) -> Optional[tuple[Value, ...]]:
        out = ctypes.POINTER(_ffi.phx_value)()
        if call(library.phx_rows_next, pointer,
                ctypes.byref(out)) != _ffi.PHX_OK:
            return None
        return tuple(cell(out[i]) for i in range(len(self.columns)))

    def __next__(self) -> tuple[Value, ...]:
        if self._ready is not None:
            return next(self._ready)
        return super().__next__()

    def dicts(self) -> Iterator[dict[str, Any]]:
        """The rows by the names of their columns."""
        return (dict(zip(self.columns, row)) for row in self)
