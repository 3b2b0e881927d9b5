"""Annotation configs: what annotations of a name should be like."""
from __future__ import annotations

import ctypes
from typing import (TYPE_CHECKING, Any, Iterable, Iterator, Mapping, Optional,
                    Union)

from . import _ffi
from ._library import library
from .queries import RowKind, Rows, choose, filled, json_text, numbered, text
from .rows import Field, Lent, Project, Row, parsed, words, words_if_any

if TYPE_CHECKING:
    from .store import Store

TYPES = ("categorical", "continuous", "freeform")
DIRECTIONS = (None, "minimize", "maximize", "neither")
TYPES_BY_NAME = numbered(TYPES)
DIRECTIONS_BY_NAME = {word: at for at, word in enumerate(DIRECTIONS)}
BOUNDS = {"lower_bound": _ffi.PHX_LOWER_BOUND,
          "upper_bound": _ffi.PHX_UPPER_BOUND,
          "threshold": _ffi.PHX_THRESHOLD}
Choices = Union[Iterable[str], Mapping[str, Optional[float]]]


class Bound(Field[Optional[float]]):
    """A number that a config may be without."""

    def __init__(self, doc: str = "") -> None:
        super().__init__(float, doc)

    def of(self, row: Lent) -> Optional[float]:
        return super().of(row) if row._row.bounds & BOUNDS[self.member] \
            else None


def choices_of(found: Optional[bytes]) -> dict[str, Optional[float]]:
    return {choice["label"]: choice["score"]
            for choice in (parsed(found) if found else [])}


class Config(Row):
    """What annotations of a name should be like, for who asks people for them:
    no annotation is held against it."""

    __slots__ = ()

    name = Field(words)
    description = Field(words_if_any)
    type: Field[str] = Field(TYPES.__getitem__, '"categorical", "continuous" '
                             'or "freeform".')
    direction = Field(DIRECTIONS.__getitem__, 'Which scores are better: '
                      '"minimize", "maximize" or "neither".')
    choices = Field(choices_of, "The score of each label, or None.")
    lower_bound = Bound()
    upper_bound = Bound()
    threshold = Bound("Of a freeform one.")

    def __repr__(self) -> str:
        return f"<Config {self.number} {self.name!r}: {self.type}>"


CONFIG = RowKind(_ffi.phx_annotation_config, library.phx_cursor_next_config,
                 Config)


def config_of(name: str, type: str, *, description: Optional[str] = None,
              direction: Optional[str] = None,
              choices: Optional[Choices] = None,
              **bounds: float) -> _ffi.phx_annotation_config:
    """A config as the library takes it."""
    scores = choices.items() if isinstance(choices, Mapping) else \
        [(label, None) for label in choices or ()]
    listed = None if choices is None else json_text(
        [{"label": label, "score": score} for label, score in scores])
    kept = {"name": text(name), "description": text(description),
            "choices": text(listed)}
    which = sum(choose(BOUNDS, bound, "a bound") for bound in bounds)
    made = filled(
        _ffi.phx_annotation_config,
        type=choose(TYPES_BY_NAME, type, "type"), bounds=which,
        direction=choose(DIRECTIONS_BY_NAME, direction, "direction"),
        **bounds, **kept)
    made.kept = kept
    return made


class Configs:
    """What Store.configs is: those of all projects, newest first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._handle = store._handle

    def _rows(self, **fields: Any) -> Rows[Config]:
        return Rows(self._store, CONFIG, library.phx_store_find_configs,
                    filled(_ffi.phx_config_query, **fields))

    def __iter__(self) -> Iterator[Config]:
        return iter(self._rows())

    def of(self, project: Union[str, Project]) -> Rows[Config]:
        """Those that a project has."""
        return self._rows(project=self._store._project(project))

    def get(self, name: str) -> Config:
        """The one of a name, or NotFound."""
        wanted = text(name)
        return self._store._one(self._rows(name=wanted), "config", name)

    def add(self, name: str, type: str, **said: Any) -> Config:
        """A new one, or Conflict; said are what a Config has: description,
        direction, choices, lower_bound, upper_bound, threshold. Choices may be
        labels without scores."""
        out = ctypes.c_int64()
        self._handle.call(
            library.phx_config_create,
            ctypes.byref(config_of(name, type, **said)), ctypes.byref(out))
        return self._number(out.value)

    def replace(self, config: Config, name: str, type: str,
                **said: Any) -> Config:
        """All of one, its type too; projects keep it."""
        made = config_of(name, type, **said)
        made.id = self._store._own(config)
        self._handle.call(library.phx_config_update, ctypes.byref(made))
        return self._number(config.number)

    def delete(self, config: Config) -> None:
        """No project has it then; annotations stay."""
        self._handle.call(library.phx_config_delete, self._store._own(config))

    def assign(self, project: Union[str, Project],
               configs: Iterable[Config]) -> None:
        """Gives a project these, and no others."""
        numbers = [self._store._own(config) for config in configs]
        self._handle.call(
            library.phx_project_set_configs, self._store._project(project),
            (ctypes.c_int64 * len(numbers))(*numbers), len(numbers))

    def give(self, project: Union[str, Project], config: Config) -> None:
        """Gives a project this one, too."""
        self._set(project, config, True)

    def take(self, project: Union[str, Project], config: Config) -> None:
        """Takes it from a project."""
        self._set(project, config, False)

    def _set(self, project: Union[str, Project], config: Config,
             assigned: bool) -> None:
        self._handle.call(
            library.phx_project_set_config, self._store._project(project),
            self._store._own(config), assigned)

    def _number(self, number: int) -> Config:
        return self._store._one(self._rows(only=number), "config", str(number))
