"""Splits: parts of datasets, by name."""
from __future__ import annotations

import ctypes
from typing import (TYPE_CHECKING, Any, Iterable, Iterator, Mapping, Optional,
                    Union)

from . import _ffi
from ._library import library
from .queries import RowKind, Rows, c_text, filled, json_text, number, text
from .rows import Field, Json, Object, Row, time_of, words, words_if_any

if TYPE_CHECKING:
    from .datasets import Dataset, Datasets, Example


class Split(Row):
    """A part of every dataset."""

    __slots__ = ()

    name = Field(words)
    description = Field(words_if_any)
    color = Field(words)
    metadata: Json[Object] = Json(dict)
    created_at = Field(time_of)
    updated_at = Field(time_of)
    example_count = Field(int, "Those in it now, of the dataset that was asked "
                          "for or of all.", member="examples")

    def __repr__(self) -> str:
        return f"<Split {self.name!r}: {self.example_count} examples>"


SPLIT = RowKind(_ffi.phx_split, library.phx_cursor_next_split, Split)


def split_of(id: int = 0, *, name: Optional[str] = None,
             description: Optional[str] = None, color: Optional[str] = None,
             metadata: Optional[Mapping[str, Any]] = None) -> _ffi.phx_split:
    """A split as the library takes it: what is None is absent."""
    kept = {"name": text(name), "description": text(description),
            "color": text(color), "metadata": text(json_text(
                None if metadata is None else dict(metadata)))}
    made = filled(_ffi.phx_split, id=id, **kept)
    made.kept = kept
    return made


class Splits:
    """What Store.datasets.splits is: those of all datasets, newest first."""

    def __init__(self, datasets: Datasets) -> None:
        self._datasets = datasets
        self._store = datasets._store
        self._handle = datasets._handle

    def _rows(self, only: int = 0, name: Optional[str] = None,
              dataset: int = 0) -> Rows[Split]:
        return Rows(self._store, SPLIT, library.phx_store_find_splits,
                    arguments=(only, c_text(name), dataset))

    def __iter__(self) -> Iterator[Split]:
        return iter(self._rows())

    def of(self, dataset: Union[str, Dataset]) -> Rows[Split]:
        """The same, and only the examples of a dataset are counted."""
        return self._rows(dataset=self._datasets._number(dataset))

    def get(self, name: str) -> Split:
        """Raises NotFound."""
        return self._store._one(self._rows(name=name), "split", name)

    def create(self, name: str, *, description: Optional[str] = None,
               color: Optional[str] = None,
               metadata: Optional[Mapping[str, Any]] = None) -> Split:
        """One without examples, or Conflict."""
        made = split_of(name=name, description=description, color=color,
                        metadata=metadata)
        out = ctypes.c_int64()
        self._handle.call(library.phx_split_create, ctypes.byref(made), 0, None,
                          0, ctypes.byref(out))
        return self._number(out.value)

    def change(self, split: Union[str, Split], *, name: Optional[str] = None,
               description: Optional[str] = None, color: Optional[str] = None,
               metadata: Optional[Mapping[str, Any]] = None) -> Split:
        """What is None stays, and an empty description is none."""
        return self._update(split_of(
            self._number_of(split), name=name, description=description,
            color=color, metadata=metadata))

    def add(self, split: Union[str, Split], dataset: Union[str, Dataset],
            examples: Iterable[Union[int, Example]]) -> Split:
        """Puts examples of the dataset's newest version in, all or none."""
        return self._update(split_of(self._number_of(split)), dataset,
                            added=examples)

    def remove(self, split: Union[str, Split], dataset: Union[str, Dataset],
               examples: Iterable[Union[int, Example]]) -> Split:
        """Takes examples of the dataset's newest version out, all or none."""
        return self._update(split_of(self._number_of(split)), dataset,
                            removed=examples)

    def delete(self, split: Union[str, Split]) -> None:
        """From all datasets; examples stay."""
        self._handle.call(library.phx_split_delete, self._number_of(split))

    def _update(self, made: _ffi.phx_split,
                dataset: Union[None, str, Dataset] = None,
                added: Iterable[Union[int, Example]] = (),
                removed: Iterable[Union[int, Example]] = ()) -> Split:
        of = 0 if dataset is None else self._datasets._number(dataset)
        lists = [[self._example(example) for example in examples]
                 for examples in (added, removed)]
        arrays = [item for numbers in lists for item in (
            (ctypes.c_int64 * len(numbers))(*numbers), len(numbers))]
        self._handle.call(library.phx_split_update, ctypes.byref(made), of,
                          *arrays)
        return self._number(made.id)

    def _example(self, example: Union[int, Example]) -> int:
        return number(example, "an example") if isinstance(example, int) \
            else self._store._own(example)

    def _number(self, number: int) -> Split:
        return self._store._one(self._rows(only=number), "split", str(number))

    def _number_of(self, split: Union[str, Split]) -> int:
        return self._store._own(self.get(split) if isinstance(split, str)
                                else split)
