"""Labels: marks on datasets."""
from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Iterable, Iterator, Optional, Union

from . import _ffi
from ._library import library
from .errors import NotFound
from .queries import RowKind, Rows, filled, text
from .rows import Field, Row, words, words_if_any

if TYPE_CHECKING:
    from .datasets import Dataset, Datasets


class Label(Row):
    """A mark on datasets."""

    __slots__ = ()

    name = Field(words)
    description = Field(words_if_any)
    color = Field(words)

    def __repr__(self) -> str:
        return f"<Label {self.name!r}>"


LABEL = RowKind(_ffi.phx_dataset_label, library.phx_cursor_next_label, Label)


def label_of(id: int = 0, *, name: Optional[str] = None,
             description: Optional[str] = None,
             color: Optional[str] = None) -> _ffi.phx_dataset_label:
    """A label as the library takes it: what is None is absent."""
    kept = {"name": text(name), "description": text(description),
            "color": text(color)}
    made = filled(_ffi.phx_dataset_label, id=id, **kept)
    made.kept = kept
    return made


class Labels:
    """What Store.datasets.labels is: those of all datasets, newest first."""

    def __init__(self, datasets: Datasets) -> None:
        self._datasets = datasets
        self._store = datasets._store
        self._handle = datasets._handle

    def _rows(self, only: int = 0, dataset: int = 0) -> Rows[Label]:
        return Rows(self._store, LABEL, library.phx_store_find_labels,
                    arguments=(only, dataset, 0, 0))

    def __iter__(self) -> Iterator[Label]:
        return iter(self._rows())

    def of(self, dataset: Union[str, Dataset]) -> Rows[Label]:
        """Those that a dataset has."""
        return self._rows(dataset=self._datasets._number(dataset))

    def get(self, name: str) -> Label:
        """Raises NotFound."""
        for label in self:
            if label.name == name:
                return label
        raise NotFound(f"no label '{name[:64]}'")

    def create(self, name: str, *, description: Optional[str] = None,
               color: Optional[str] = None) -> Label:
        """A new one, or Conflict."""
        made = label_of(name=name, description=description, color=color)
        out = ctypes.c_int64()
        self._handle.call(library.phx_label_create, ctypes.byref(made),
                          ctypes.byref(out))
        return self._number(out.value)

    def change(self, label: Union[str, Label], *, name: Optional[str] = None,
               description: Optional[str] = None,
               color: Optional[str] = None) -> Label:
        """What is None stays, and an empty description is none."""
        made = label_of(self._number_of(label), name=name,
                        description=description, color=color)
        self._handle.call(library.phx_label_update, ctypes.byref(made))
        return self._number(made.id)

    def delete(self, label: Union[str, Label]) -> None:
        """From all datasets."""
        self._handle.call(library.phx_label_delete, self._number_of(label))

    def assign(self, dataset: Union[str, Dataset],
               labels: Iterable[Union[str, Label]]) -> None:
        """Gives a dataset these, and no others."""
        numbers = [self._number_of(label) for label in labels]
        self._handle.call(
            library.phx_dataset_set_labels, self._datasets._number(dataset),
            (ctypes.c_int64 * len(numbers))(*numbers), len(numbers))

    def give(self, dataset: Union[str, Dataset],
             label: Union[str, Label]) -> None:
        """Gives a dataset this one, too."""
        self._set(dataset, label, True)

    def take(self, dataset: Union[str, Dataset],
             label: Union[str, Label]) -> None:
        """Takes it from a dataset."""
        self._set(dataset, label, False)

    def _set(self, dataset: Union[str, Dataset], label: Union[str, Label],
             assigned: bool) -> None:
        self._handle.call(
            library.phx_dataset_set_label, self._datasets._number(dataset),
            self._number_of(label), assigned)

    def _number(self, number: int) -> Label:
        return self._store._one(self._rows(only=number), "label", str(number))

    def _number_of(self, label: Union[str, Label]) -> int:
        return self._store._own(self.get(label) if isinstance(label, str)
                                else label)
