"""Rows as the library lends them, copied: spans, traces, sessions, projects,
annotations. What is JSON is parsed when it is asked for.
"""
from __future__ import annotations

import math
import struct
from collections import namedtuple
from ctypes import (Structure, c_double, c_int32, c_int64, c_uint64, sizeof,
                    string_at)
from datetime import datetime, timedelta, timezone
from typing import (TYPE_CHECKING, Any, Callable, Generic, NamedTuple,
                    Optional, TypeVar, Union, overload)

from . import _ffi, tree

if TYPE_CHECKING:
    from .queries import Rows, Spans
    from .store import Store

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
FORMATS = {c_int32: "i", c_int64: "q", c_uint64: "Q", c_double: "d",
           _ffi.phx_text: "PN"}
STATUSES = ("UNSET", "OK", "ERROR")
ANNOTATORS = ("LLM", "CODE", "HUMAN")
SOURCES = ("API", "APP")
SEVERITIES = ("info", "warning", "error")
WORDS = ("field", "function", "iterable", "annotation", "attribute")
TYPES = ("boolean", "number", "text", "time", "any", "texts", "thing")


def time_of(ns: int) -> datetime:
    """To the microsecond, which is as fine as a datetime is."""
    return EPOCH + timedelta(microseconds=ns // 1000)


def format_of(field: Any) -> str:
    """How a field is unpacked; another struct comes as its bytes."""
    if isinstance(field, type) and issubclass(field, Structure) and \
            field not in FORMATS:
        return f"0q{sizeof(field)}s"
    return FORMATS.get(field, "P")


def copier(kind: type[Structure]) -> Callable[[int], Any]:
    """Makes what copies a lent row, given its address: a tuple of numbers, and
    of texts as bytes, None for those that are absent. Rows may be longer than
    this package knows."""
    names = [name for name, *_ in kind._fields_]
    formats = [format_of(field) for _, field, *_ in kind._fields_]
    layout = struct.Struct("@" + "".join(formats))
    make: Any = namedtuple(kind.__name__, names)  # type: ignore[misc]
    # Where the cells of each field begin; a text has two.
    is_text = [format == FORMATS[_ffi.phx_text] for format in formats]
    cells = [(at + sum(is_text[:at]), is_text[at])
             for at in range(len(formats))]

    def copy(address: int) -> Any:
        found = layout.unpack(string_at(address, layout.size))
        return make(*[text_at(found[at], found[at + 1]) if is_text
                      else found[at] for at, is_text in cells])
    return copy


def text_at(data: Optional[int], size: int) -> Optional[bytes]:
    return None if not data else string_at(data, size) if size else b""


# --- fields ---------------------------------------------------------------


def words(found: Optional[bytes]) -> str:
    return found.decode("utf-8", "replace") if found else ""


def words_if_any(found: Optional[bytes]) -> Optional[str]:
    return None if found is None else words(found)


def usd(cost: float) -> Optional[float]:
    return None if math.isnan(cost) else cost


def known(count: int) -> Optional[int]:
    return None if count < 0 else count


class Field(Generic[T]):
    """A member of a row, and how it is told."""

    def __init__(self, tell: Callable[[Any], T], doc: str = "",
                 member: str = "") -> None:
        self.tell = tell
        self.member = member
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self.member = self.member or name

    @overload
    def __get__(self, row: None, owner: type) -> Field[T]: ...

    @overload
    def __get__(self, row: Lent, owner: type) -> T: ...

    def __get__(self, row: Optional[Lent], owner: type) -> Union[Field[T], T]:
        return self if row is None else self.of(row)

    def of(self, row: Lent) -> T:
        return self.tell(getattr(row._row, self.member))


def parsed(found: bytes) -> Any:
    # Loaded when it is needed: it takes longer to load than this package.
    import json
    return json.loads(found)


class Json(Field[T]):
    """One that is parsed when it is first asked for; absent, it is empty."""

    def __init__(self, empty: Callable[[], T], doc: str = "") -> None:
        super().__init__(lambda found: parsed(found) if found else empty(),
                         doc)

    def of(self, row: Lent) -> T:
        if self.member not in row._parsed:
            row._parsed[self.member] = super().of(row)
        found: T = row._parsed[self.member]
        return found


Object = dict[str, Any]


class Lent:
    """A copy of what was lent, and the store it is of; of what was not stored
    there is none."""

    __slots__ = ("_row", "_store", "_parsed")

    def __init__(self, row: Any, store: Store) -> None:
        self._row = row
        self._store = store
        self._parsed: Object = {}

    def __reduce__(self) -> Union[str, tuple[object, ...]]:
        raise TypeError(f"a {type(self).__name__} is of its store, and cannot "
                        "be pickled: take what is needed of it")


class Row(Lent):
    """What has a number."""

    __slots__ = ()

    number = Field(int, "Its number in the store, among its kind; it goes up "
                   "as they come. 0 is that of what was not stored.", "id")

    def __eq__(self, other: object) -> bool:
        """Whether it is the same row of the same store."""
        return self is other or (
            isinstance(other, Row) and type(other) is type(self) and
            self._store is not None and
            (other._store, other.number) == (self._store, self.number))

    def __hash__(self) -> int:
        return hash((type(self), self.number))


class Timed(Lent):
    """What has a start and an end."""

    __slots__ = ()

    start_ns = Field(int, "Nanoseconds since 1970.", "start_time")
    end_ns = Field(int, "Nanoseconds since 1970.", "end_time")
    start_time = Field(time_of, "In UTC; start_ns is exact.")
    end_time = Field(time_of, "In UTC; end_ns is exact.")

    @property
    def latency_ms(self) -> float:
        return (self.end_ns - self.start_ns) / 1e6


class Match(NamedTuple):
    """Where a span that a search found has its first word."""
    path: str  # "name", "llm.input_messages[0].message.content", ...
    snippet: str
    mark: int  # of the word in the snippet, characters


class Span(Row, Timed):
    """A span as it was when it was read."""

    __slots__ = ("match",)

    span_id = Field(words)
    trace_id = Field(words)
    parent_id = Field(words_if_any)
    project = Field(words, "Its name.")
    name = Field(words)
    kind = Field(words, '"LLM", "CHAIN", "TOOL", ... or "UNKNOWN".')
    status = Field(STATUSES.__getitem__, '"UNSET", "OK" or "ERROR".')
    status_message = Field(words)
    trace_state = Field(words)
    prompt_tokens = Field(known, "Of an LLM span.")
    completion_tokens = Field(known, "Of an LLM span.")
    cumulative_prompt_tokens = Field(int, "With all spans below it, if totals "
                                     "are asked for.")
    cumulative_completion_tokens = Field(int)
    cumulative_cost = Field(usd, "The same in USD; None without a price.")
    attributes = Json[Object](dict, "Nested, flat or none, as was asked.")
    events = Json[list[Object]](
        list, 'Each with "name", "timestamp" and "attributes".')
    links = Json[list[Object]](
        list, 'Each with "trace_id", "span_id", "trace_state", "attributes".')

    def __init__(self, row: Any, store: Store) -> None:
        super().__init__(row, store)
        #: What a search found.
        self.match: Optional[Match] = None
        if row.match:
            lent = _ffi.phx_match.from_address(row.match)
            path, text = (string_at(part.data, part.size)
                          for part in (lent.path, lent.snippet))
            self.match = Match(words(path), words(text),
                               len(words(text[:lent.mark])))

    @property
    def flat_attributes(self) -> Object:
        """By their flat keys, "llm.input_messages.0.message.role", whichever
        way they were read."""
        if "flat" not in self._parsed:
            from .requests import flatten
            self._parsed["flat"] = flatten(self.attributes)
        found: Object = self._parsed["flat"]
        return found

    @property
    def session_id(self) -> Optional[str]:
        """As its attributes give it."""
        given = self.flat_attributes.get("session.id")
        return None if given is None else str(given)

    def trace(self) -> Trace:
        return self._store.trace(self.trace_id)

    def __repr__(self) -> str:
        return f"<Span {self.span_id} {tree.line_of(self)}>"

    def _repr_html_(self) -> str:
        return tree.html_of_span(self)


class Trace(Row, Timed):
    """A trace. Its repr shows its spans as a tree."""

    __slots__ = ()

    trace_id = Field(words)
    span_count = Field(int, member="spans")
    error_count = Field(int, "Its spans whose status is ERROR.", "errors")
    prompt_tokens = Field(int, "Of its LLM spans.")
    completion_tokens = Field(int, "Of its LLM spans.")

    def spans(self, filter: str = "", **query: Any) -> Spans:
        """Its spans, oldest first; the query is that of Store.spans."""
        return self._store.spans(filter, **{
            "order": "oldest", **query, "trace_ids": [self.trace_id]})

    def __repr__(self) -> str:
        return tree.text_of(self)

    def _repr_html_(self) -> str:
        return tree.html_of(self)


class Session(Row, Timed):
    """A session: traces of one conversation."""

    __slots__ = ()

    session_id = Field(words)
    trace_count = Field(int, member="traces")

    def traces(self, filter: str = "", **query: Any) -> Rows[Trace]:
        """Its traces, oldest first; the query is that of Store.traces."""
        return self._store.traces(filter, **{
            "order": "oldest", **query, "session": self})

    def __repr__(self) -> str:
        return f"<Session {self.session_id!r}, {self.trace_count} traces>"


class Project(Row):
    __slots__ = ()

    name = Field(words)
    description = Field(words_if_any)
    created_at = Field(time_of)
    updated_at = Field(time_of)

    def __repr__(self) -> str:
        return f"<Project {self.name!r}>"


class Annotation(Row):
    """What is said of a span, a trace or a session."""

    __slots__ = ()

    target_id = Field(words, "The hex id of a span or trace, or the name of a "
                      "session.")
    name = Field(words)
    identifier = Field(words, "Tells annotations of one name apart.")
    label = Field(words_if_any)
    explanation = Field(words_if_any)
    metadata = Json[Object](dict)
    annotator = Field(ANNOTATORS.__getitem__, '"LLM", "CODE" or "HUMAN".')
    source = Field(SOURCES.__getitem__, '"API" or "APP".')
    document = Field(known, "The place of the document it is of, if it is of "
                     "one.", "position")
    created_at = Field(time_of)
    updated_at = Field(time_of)

    @property
    def score(self) -> Optional[float]:
        return float(self._row.score) if self._row.has_score else None

    def __repr__(self) -> str:
        said = ", ".join(repr(part) for part in (self.label, self.score)
                         if part is not None)
        return f"<Annotation {self.name!r} of {self.target_id}: {said}>"


class Finding(Lent):
    """A span that is not as a rule of lint says."""

    __slots__ = ("rule", "severity", "reason")

    trace_id = Field(words)
    span_id = Field(words)
    name = Field(words, "The span's.")
    path = Field(words, 'The attribute\'s; "" if it is of the span.')
    message = Field(words)

    def __init__(self, row: Any, store: Store) -> None:
        super().__init__(row, store)
        lent = _ffi.phx_lint_rule.from_address(row.rule)
        #: "token-sum"; never changes.
        self.rule: str = lent.id.decode()
        #: "info", "warning" or "error".
        self.severity: str = SEVERITIES[lent.severity]
        #: Of the rule.
        self.reason: str = lent.reason.decode()

    def __str__(self) -> str:
        place = f" {self.path}:" if self.path else ""
        return (f"{self.severity} {self.rule}: {tree.printable(self.name)}:"
                f"{place} {self.message}")

    def __repr__(self) -> str:
        return f"<Finding {self}>"


class Log(Row):
    """A log record that waits for its span, or names none."""

    __slots__ = ()

    received_at = Field(time_of)
    trace_id = Field(words, '"" for none.')
    span_id = Field(words, '"" for none.')
    event = Json[Object](dict, "What it is among the events of its span.")
    is_held = Field(bool, "Whether the span is stored.", "held")

    def __repr__(self) -> str:
        return f"<Log {self.number} of span {self.span_id or None}>"


class Word(Lent):
    """A word that a condition can have."""

    __slots__ = ()

    kind = Field(WORDS.__getitem__)
    type = Field(TYPES.__getitem__, "Of its value.")
    text = Field(words, "As it stands in a condition.")
    name = Field(words, "Of an annotation; else the same as text.")
    of = Field(words_if_any, "Whose it is; None: of the rows.")
    element = Field(words_if_any, "Of what a loop runs over.")

    def __repr__(self) -> str:
        return f"<Word {self.text} {self.kind} {self.type}>"
