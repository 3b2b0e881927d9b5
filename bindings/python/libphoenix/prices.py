"""Prices of models, and what spans cost."""
from __future__ import annotations

import ctypes
import json
from typing import TYPE_CHECKING, Any, Iterator, Mapping, Union

from . import _ffi
from ._library import library
from .queries import RowKind, Rows, json_of, number
from .rows import Field, Lent, Span, usd, words

if TYPE_CHECKING:
    from .store import Store


class Cost(Lent):
    """Tokens of one type, and what they cost."""

    __slots__ = ()

    token_type = Field(words, '"input", "output", "cache_read", ...')
    is_prompt = Field(bool, "Else they are of the completion.")
    tokens = Field(int)
    cost = Field(usd, "USD; None without a price.")

    def __repr__(self) -> str:
        return f"<Cost {self.tokens} {self.token_type}: {self.cost}>"


COST = RowKind(_ffi.phx_cost, library.phx_cursor_next_cost, Cost)


class Prices:
    """What Store.prices is: the models that have prices, as phx_price_put
    takes them, those of users and, with "is_built_in", the library's."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._handle = store._handle

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(json.loads(self._handle.written(
            library.phx_prices_read)[1]))

    def put(self, model: Mapping[str, Any], id: int = 0) -> int:
        """Adds a model, or replaces the one with an id; its id. Spans that
        come from now on are priced by it."""
        data = json_of(dict(model))
        out = ctypes.c_int64(number(id, "id"))
        self._handle.call(library.phx_price_put, data, len(data),
                          ctypes.byref(out))
        return out.value

    def delete(self, id: int) -> None:
        """Deletes a user's model."""
        self._handle.call(library.phx_price_delete, number(id, "id"))

    def apply(self, start: Union[int, Span] = 0) -> None:
        """Prices the stored spans anew: all, or those from a number on."""
        self._handle.call(library.phx_prices_apply,
                          self._store._own(start)
                          if isinstance(start, Span) else
                          number(start, "start"))

    def of(self, span: Span) -> list[Cost]:
        """What an LLM span that names its model cost, by type of token."""
        return list(Rows(self._store, COST, library.phx_store_find_costs,
                         arguments=(self._store._own(span),)))
