"""Datasets: examples to try a program on, in versions."""
from __future__ import annotations

import ctypes
from typing import (TYPE_CHECKING, Any, Iterable, Mapping, NamedTuple,
                    Optional, Sequence, Union)

from . import _ffi
from ._library import library
from .labels import Labels
from .queries import RowKind, Rows, c_text, choose, filled, json_text, \
    number, text
from .rows import (Field, Json, Object, Row, time_of, words, words_if_any)
from .splits import Splits

if TYPE_CHECKING:
    import pandas

    from .store import Store

ACTIONS = {"create": _ffi.PHX_DATASET_CREATE,
           "append": _ffi.PHX_DATASET_APPEND,
           "update": _ffi.PHX_DATASET_UPDATE}


class Dataset(Row):
    """A list of examples as it is now."""

    __slots__ = ()

    name = Field(words)
    description = Field(words_if_any)
    metadata: Json[Object] = Json(dict)
    created_at = Field(time_of)
    updated_at = Field(time_of, "When the newest version was made.")
    version = Field(int, "The number of the newest version.")
    version_count = Field(int, member="versions")
    example_count = Field(int, member="examples")

    def __repr__(self) -> str:
        return (f"<Dataset {self.name!r} at version {self.version}: "
                f"{self.example_count} examples>")


class Version(Row):
    """What a dataset was from one change to the next."""

    __slots__ = ()

    created_at = Field(time_of)
    example_count = Field(int, member="examples")
    hash = Field(words, "The same in any store for equal examples.")


class Example(Row):
    __slots__ = ()

    input: Json[Object] = Json(dict)
    output: Json[Object] = Json(dict)
    metadata: Json[Object] = Json(dict)
    external_id = Field(words_if_any, "The sender's own.")
    version = Field(int, "The number of the version that it is from.")
    updated_at = Field(time_of, "When that was made.")
    splits: Json[list[str]] = Json(list, "Those that it is in now.")
    span_id = Field(words_if_any, "Of the span that it is from.")

    def __repr__(self) -> str:
        return f"<Example {self.number}: {self.input!r:.60}>"


class Change(NamedTuple):
    """What a put has done; the version is the newest."""

    dataset: int
    version: int
    created: int
    updated: int
    deleted: int


DATASET = RowKind(_ffi.phx_dataset, library.phx_cursor_next_dataset, Dataset)
VERSION = RowKind(_ffi.phx_dataset_version, library.phx_cursor_next_version,
                  Version)
EXAMPLE = RowKind(_ffi.phx_example, library.phx_cursor_next_example, Example)
PARTS = ("input", "output", "metadata")


def item_of(example: Mapping[str, Any]) -> _ffi.phx_example_item:
    """An example as a mapping: input, output, metadata, splits, external_id,
    span_id, number."""
    unknown = set(example) - {*PARTS, "splits", "external_id", "span_id",
                              "number"}
    if unknown:
        raise TypeError(f"an example has no {sorted(unknown)[0]!r}")
    given = {name: json_text(example[name])
             for name in (*PARTS, "splits") if example.get(name) is not None}
    given.update({name: example[name] for name in ("external_id", "span_id")
                  if example.get(name) is not None})
    kept = {name: text(one) for name, one in given.items()}
    made = filled(_ffi.phx_example_item, example=example.get("number", 0),
                  **kept)
    made.kept = kept
    return made


class Datasets:
    """What Store.datasets is."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._handle = store._handle

    @property
    def splits(self) -> Splits:
        return Splits(self)

    @property
    def labels(self) -> Labels:
        return Labels(self)

    def __iter__(self) -> Any:
        return iter(self._rows())

    def _rows(self, only: int = 0, name: Optional[str] = None) -> Rows[Dataset]:
        return Rows(self._store, DATASET, library.phx_store_find_datasets,
                    arguments=(only, 0, c_text(name), 0))

    def get(self, name: str) -> Dataset:
        """Raises NotFound."""
        return self._store._one(self._rows(name=name), "dataset", name)

    def put(self, name: str, examples: Iterable[Mapping[str, Any]], *,
            action: str = "update",
            description: Optional[str] = None) -> Change:
        """Brings a dataset to a new version, all or nothing. Examples are
        mappings of input, output, metadata, splits, external_id, span_id and
        number. "update" deletes what is not among them, "append" does not, and
        "create" raises Conflict if there is such a dataset."""
        items = [item_of(example) for example in examples]
        out = _ffi.phx_dataset_change()
        self._handle.call(
            library.phx_dataset_put, c_text(name),
            choose(ACTIONS, action, "an action"),
            c_text(description), (_ffi.phx_example_item * len(items))(*items),
            len(items), ctypes.byref(out))
        return Change(*(getattr(out, field) for field in Change._fields))

    def create(self, name: str, examples: Iterable[Mapping[str, Any]] = (), *,
               description: Optional[str] = None) -> Dataset:
        self.put(name, examples, action="create", description=description)
        return self.get(name)

    def append(self, name: str,
               examples: Iterable[Mapping[str, Any]]) -> Dataset:
        """Makes the dataset if there is none."""
        self.put(name, examples, action="append")
        return self.get(name)

    def _number(self, dataset: Union[str, Dataset]) -> int:
        return self._store._own(self.get(dataset) if isinstance(dataset, str)
                                else dataset)

    def versions(self, dataset: Union[str, Dataset]) -> Rows[Version]:
        """Newest first."""
        return Rows(self._store, VERSION, library.phx_store_find_versions,
                    arguments=(self._number(dataset), 0, 0))

    def examples(self, dataset: Union[str, Dataset], version: int = 0, *,
                 splits: Optional[Sequence[str]] = None) -> Rows[Example]:
        """Of the newest version, or of the one with the number; those in one of
        the splits."""
        of = (self._number(dataset), number(version, "version"))
        if splits is None:
            return Rows(self._store, EXAMPLE, library.phx_store_find_examples,
                        arguments=(*of, 0, 0))
        numbers = [self.splits.get(name).number for name in splits]
        return Rows(self._store, EXAMPLE,
                    library.phx_store_find_split_examples,
                    arguments=(*of, (ctypes.c_int64 * len(numbers))(*numbers),
                               len(numbers), 0, 0, 0))

    def to_pandas(self, dataset: Union[str, Dataset], version: int = 0, *,
                  splits: Optional[Sequence[str]] = None) -> pandas.DataFrame:
        """A row an example, by its number; input, output and metadata are
        columns of objects."""
        import pandas
        rows = list(self.examples(dataset, version, splits=splits))
        return pandas.DataFrame(
            {name: [getattr(row, name) for row in rows] for name in PARTS},
            index=pandas.Index([row.number for row in rows], name="number"))

    def delete(self, dataset: Union[str, Dataset]) -> None:
        """With all its versions."""
        self._handle.call(library.phx_dataset_delete, self._number(dataset))
