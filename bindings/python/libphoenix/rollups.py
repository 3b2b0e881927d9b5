"""Roll-ups: counts, tokens, latencies and costs, in all or by the bins of a
calendar."""
from __future__ import annotations

import ctypes
from functools import partial
from typing import TYPE_CHECKING, Any, Optional, Sequence

from . import _ffi
from ._library import library
from .queries import KINDS, RowKind, Rows
from .rows import (STATUSES, Field, Timed, copier, usd, words,
                   words_if_any)

if TYPE_CHECKING:
    from .store import Store

OF = {"spans": _ffi.PHX_SPAN, "traces": _ffi.PHX_TRACE}
BINS = {None: _ffi.PHX_BIN_NONE, "minute": _ffi.PHX_BIN_MINUTE,
        "hour": _ffi.PHX_BIN_HOUR, "day": _ffi.PHX_BIN_DAY,
        "week": _ffi.PHX_BIN_WEEK, "month": _ffi.PHX_BIN_MONTH,
        "year": _ffi.PHX_BIN_YEAR}
copy_cost = copier(_ffi.phx_cost)
copy_exception = copier(_ffi.phx_exception)


def lent(kind: Any, address: Optional[int], count: int) -> list[Any]:
    """The items of a lent array."""
    return list((kind * count).from_address(address)) if count else []


class Rollup(Timed):
    """What there is in a bin, or in all."""

    __slots__ = ("statuses", "kinds", "latencies_ms", "costs", "exceptions")

    spans = Field(int)
    traces = Field(int, "That have one of the spans.")
    error_spans = Field(int)
    error_traces = Field(int)
    prompt_tokens = Field(int, "Of LLM spans.")
    completion_tokens = Field(int)
    max_latency_ms = Field(lambda ns: ns / 1e6, member="max_latency")
    prompt_cost = Field(usd, "USD, if costs are asked for and there are some.")
    completion_cost = Field(usd)
    total_cost = Field(usd)
    first_input = Field(words_if_any, "If texts are asked for.")
    last_output = Field(words_if_any)

    def __init__(self, row: Any, store: Store, *,
                 quantiles: Sequence[float]) -> None:
        super().__init__(row, store)
        #: Spans by their statuses, and by their kinds.
        self.statuses: dict[str, int] = dict(zip(
            STATUSES, lent(ctypes.c_int64, row.statuses, len(STATUSES))))
        self.kinds: dict[str, int] = dict(zip(
            KINDS, lent(ctypes.c_int64, row.kinds, len(KINDS))))
        #: By quantile.
        self.latencies_ms: dict[float, float] = dict(zip(quantiles, (
            ns / 1e6 for ns in lent(ctypes.c_double, row.latencies,
                                    len(quantiles)))))
        #: By type of token: (tokens, USD or None).
        self.costs: dict[str, tuple[int, Optional[float]]] = {
            words(cost.token_type): (cost.tokens, usd(cost.cost))
            for cost in copies(copy_cost, _ffi.phx_cost, row.costs,
                               row.cost_count)}
        #: Failed spans by the type of their exception.
        self.exceptions: dict[str, int] = {
            words(found.type): found.spans
            for found in copies(copy_exception, _ffi.phx_exception,
                                row.exceptions, row.exception_count)}

    def __repr__(self) -> str:
        return (f"<Rollup from {self.start_time.isoformat()}: {self.spans} "
                f"spans of {self.traces} traces>")


def copies(copy: Any, kind: Any, address: Optional[int],
           count: int) -> list[Any]:
    return [copy(address + i * ctypes.sizeof(kind)) for i in range(count)] \
        if address else []


def roll_up(store: Store, query: _ffi.phx_rollup_query,
            quantiles: Sequence[float]) -> list[Rollup]:
    query.array = (ctypes.c_double * len(quantiles))(*quantiles)
    query.quantiles, query.quantile_count = query.array, len(quantiles)
    kind = RowKind(_ffi.phx_rollup, library.phx_cursor_next_rollup,
                   partial(Rollup, quantiles=tuple(quantiles)))
    return list(Rows(store, kind, library.phx_store_roll_up, query))
