"""Retention: which traces go, and when."""
from __future__ import annotations

import ctypes
import time
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _ffi
from ._library import library
from .queries import RowKind, Rows, Time, c_text, filled, nanoseconds, number
from .rows import Field, Project, Row, words

if TYPE_CHECKING:
    from .store import Store


def days_of(found: bytes) -> Optional[float]:
    rule = _ffi.phx_retention_rule.from_buffer_copy(found)
    return rule.max_days or None if rule.limits & _ffi.PHX_MAX_DAYS else None


def count_of(found: bytes) -> Optional[int]:
    rule = _ffi.phx_retention_rule.from_buffer_copy(found)
    return rule.max_count or None if rule.limits & _ffi.PHX_MAX_COUNT \
        else None


class Policy(Row):
    """A rule, its schedule, and how many projects have it. Number 0 is the
    default one, of projects without another."""

    __slots__ = ()

    name = Field(words)
    cron = Field(words, '"0 HOURS * * WEEKDAYS" in UTC, Sunday is 0.')
    project_count = Field(int, member="projects")
    max_days = Field(days_of, "None: no bound.", "rule")
    max_count = Field(count_of, "Of a project; None: no bound.", "rule")

    def __repr__(self) -> str:
        return (f"<Policy {self.number} {self.name!r} at {self.cron!r}: "
                f"max_days={self.max_days}, max_count={self.max_count}>")


POLICY = RowKind(_ffi.phx_retention_policy, library.phx_cursor_next_policy,
                 Policy)


def rule_of(max_days: Optional[float],
            max_count: Optional[int]) -> _ffi.phx_retention_rule:
    return filled(
        _ffi.phx_retention_rule, limits=_ffi.PHX_MAX_DAYS * (max_days is not None) |
        _ffi.PHX_MAX_COUNT * (max_count is not None),
        max_days=max_days or 0, max_count=max_count or 0)


def now_of(now: Optional[Time]) -> int:
    return time.time_ns() if now is None else nanoseconds(now, "now")


class Retention:
    """What Store.retention is. Removed traces are counted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._handle = store._handle

    def policies(self) -> Rows[Policy]:
        """By their numbers, the default one first."""
        return Rows(self._store, POLICY, library.phx_store_find_policies,
                    arguments=(-1,))

    def _policy(self, number: int) -> Policy:
        found = Rows(self._store, POLICY, library.phx_store_find_policies,
                     arguments=(number,)).first()
        assert found is not None
        return found

    def add(self, name: str, cron: str, *, max_days: Optional[float] = None,
            max_count: Optional[int] = None) -> Policy:
        """A policy for projects to be given: traces older than max_days go,
        and of a project all but the newest max_count."""
        out = ctypes.c_int64()
        self._handle.call(
            library.phx_policy_create, c_text(name), c_text(cron),
            ctypes.byref(rule_of(max_days, max_count)), ctypes.byref(out))
        return self._policy(out.value)

    def update(self, policy: Policy, *, name: Optional[str] = None,
               cron: Optional[str] = None, max_days: Optional[float] = None,
               max_count: Optional[int] = None) -> Policy:
        """What is None stays as it is; but a rule is given whole."""
        rule: Any = None
        if max_days is not None or max_count is not None:
            rule = ctypes.byref(rule_of(max_days, max_count))
        self._handle.call(library.phx_policy_update, self._store._own(policy),
                          c_text(name), c_text(cron), rule)
        return self._policy(policy.number)

    def delete(self, policy: Policy) -> None:
        """Its projects have the default one then."""
        self._handle.call(library.phx_policy_delete, self._store._own(policy))

    def assign(self, project: Union[str, Project],
               policy: Optional[Policy]) -> None:
        """Gives a project a policy, or with None the default one."""
        self._handle.call(library.phx_project_set_policy,
                          self._store._project(project),
                          0 if policy is None else self._store._own(policy))

    def run(self, project: Union[None, str, Project] = None, *,
            max_days: Optional[float] = None,
            max_count: Optional[int] = None,
            now: Optional[Time] = None) -> int:
        """Deletes what a rule does not keep, of a project or of all."""
        removed = ctypes.c_int64()
        self._handle.call(
            library.phx_store_retain, self._store._project(project),
            ctypes.byref(rule_of(max_days, max_count)), now_of(now), 0,
            ctypes.byref(removed))
        return removed.value

    def run_due(self, now: Optional[Time] = None) -> int:
        """Deletes what is due by the policies whose schedule has the hour of
        now: to be called once an hour."""
        removed = ctypes.c_int64()
        self._handle.call(library.phx_store_retain_due, now_of(now), 0,
                          ctypes.byref(removed))
        return removed.value

    def shrink(self, size: int) -> int:
        """Deletes the oldest traces until the file uses at most so many
        bytes."""
        removed = ctypes.c_int64()
        self._handle.call(library.phx_store_shrink,
                          number(size, "size"), 0,
                          ctypes.byref(removed))
        return removed.value
