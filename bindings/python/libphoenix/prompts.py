"""Prompts: what a program asks a model with, in versions."""
from __future__ import annotations

import ctypes
import json
from typing import (TYPE_CHECKING, Any, Iterator, Mapping, Optional, Union)

from . import _ffi
from ._library import library, written
from .queries import (RowKind, Rows, c_text, choose, filled, json_of,
                      json_text, text, utf8)
from .rows import Field, Json, Object, Row, time_of, words, words_if_any

if TYPE_CHECKING:
    from .store import Store

FORMATS = {"mustache": _ffi.PHX_MUSTACHE, "f-string": _ffi.PHX_F_STRING,
           "none": _ffi.PHX_NO_FORMAT}


class Prompt(Row):
    """A name, and the versions behind it."""

    __slots__ = ()

    name = Field(words)
    description = Field(words_if_any)
    metadata: Json[Object] = Json(dict)
    version = Field(int, "The number of the newest version.")
    version_count = Field(int, member="versions")
    created_at = Field(time_of)
    updated_at = Field(time_of)

    def __repr__(self) -> str:
        return f"<Prompt {self.name!r} at version {self.version}>"


class PromptVersion(Row):
    """One that never changes; docs/prompts.md has the members of its body."""

    __slots__ = ()

    prompt = Field(int, "Its number.")
    body: Json[Object] = Json(dict)
    created_at = Field(time_of)

    def messages(self, **variables: Any) -> list[Object]:
        """Those of its template, filled: {"role", "content"} each."""
        body, given = self._row.body, json_of(variables)
        _, filled_in = written(library.phx_prompt_fill, body, len(body), given,
                               len(given))
        return list(json.loads(filled_in))

    def diff(self, newer: PromptVersion) -> Object:
        """What is different in another: its fields and its messages."""
        before, after = self._row.body, newer._row.body
        return dict(json.loads(written(
            library.phx_prompt_diff, before, len(before), after,
            len(after))[1]))

    def __repr__(self) -> str:
        return f"<PromptVersion {self.number}: {self.body['model_name']!r}>"


class PromptTag(Row):
    """A name in a prompt that points to one of its versions."""

    __slots__ = ()

    name = Field(words)
    description = Field(words_if_any)
    version = Field(int, "The number of the version that it points to.")
    updated_at = Field(time_of)


PROMPT = RowKind(_ffi.phx_prompt, library.phx_cursor_next_prompt, Prompt)
VERSION = RowKind(_ffi.phx_prompt_version,
                  library.phx_cursor_next_prompt_version, PromptVersion)
TAG = RowKind(_ffi.phx_prompt_tag, library.phx_cursor_next_prompt_tag,
              PromptTag)


def render(template: str, variables: Mapping[str, Any],
           format: str = "mustache") -> str:
    """A template filled: "mustache", "f-string" or "none"."""
    data, given = utf8(template), json_of(dict(variables))
    return written(library.phx_prompt_render,
                   choose(FORMATS, format, "format"), data, len(data), given,
                   len(given))[1].decode()


class Prompts:
    """What Store.prompts is: by number, newest first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._handle = store._handle

    def __iter__(self) -> Iterator[Prompt]:
        return iter(self._rows())

    def _rows(self, only: int = 0, name: Optional[str] = None) -> Rows[Prompt]:
        return Rows(self._store, PROMPT, library.phx_store_find_prompts,
                    arguments=(only, 0, c_text(name), 0))

    def get(self, name: str) -> Prompt:
        """Raises NotFound."""
        return self._store._one(self._rows(name=name), "prompt", name)

    def put(self, name: str, version: Mapping[str, Any], *,
            description: Optional[str] = None,
            metadata: Optional[Mapping[str, Any]] = None) -> PromptVersion:
        """Adds a version, and makes the prompt if there is none: what else is
        said of it counts only then."""
        kept = {"name": text(name), "description": text(description),
                "metadata": text(json_text(
                    None if metadata is None else dict(metadata)))}
        made = filled(_ffi.phx_prompt, **kept)
        body = json_of(dict(version))
        out = ctypes.c_int64()
        self._handle.call(library.phx_prompt_put, ctypes.byref(made), body,
                          len(body), ctypes.byref(out))
        return self._version(only=out.value)

    def _number(self, prompt: Union[str, Prompt]) -> int:
        return self._store._own(self.get(prompt) if isinstance(prompt, str)
                                else prompt)

    def _versions(self, **fields: Any) -> Rows[PromptVersion]:
        return Rows(self._store, VERSION,
                    library.phx_store_find_prompt_versions,
                    filled(_ffi.phx_prompt_version_query, **fields))

    def _version(self, **fields: Any) -> PromptVersion:
        return self._store._one(self._versions(**fields), "version of", "it")

    def versions(self, prompt: Union[str, Prompt]) -> Rows[PromptVersion]:
        """Newest first."""
        return self._versions(prompt=self._number(prompt))

    def version(self, prompt: Union[str, Prompt],
                tag: Optional[str] = None) -> PromptVersion:
        """The newest, or the one that a tag points to; or NotFound."""
        name = text(tag)
        return self._version(prompt=self._number(prompt), tag=name)

    def tags(self, prompt: Union[str, Prompt]) -> Rows[PromptTag]:
        """Newest first."""
        return Rows(self._store, TAG, library.phx_store_find_prompt_tags,
                    arguments=(self._number(prompt), 0, 0, 0))

    def tag(self, version: PromptVersion, name: str,
            description: Optional[str] = None) -> None:
        """Points a tag of the prompt to a version, wherever it was."""
        self._handle.call(library.phx_prompt_set_tag,
                          self._store._own(version), c_text(name),
                          c_text(description))

    def untag(self, prompt: Union[str, Prompt], name: str) -> None:
        self._handle.call(library.phx_prompt_delete_tag, self._number(prompt),
                          c_text(name))

    def describe(self, prompt: Union[str, Prompt], description: str) -> None:
        number = self._number(prompt)
        kept = text(description)
        self._handle.call(
            library.phx_prompt_update,
            ctypes.byref(filled(_ffi.phx_prompt, id=number, description=kept)),
            _ffi.PHX_PROMPT_DESCRIPTION)

    def delete(self, prompt: Union[str, Prompt]) -> None:
        """With its versions and tags."""
        self._handle.call(library.phx_prompt_delete, self._number(prompt))
