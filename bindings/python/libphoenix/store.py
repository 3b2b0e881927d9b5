"""Store: a store of traces, and all that can be asked of it."""
from __future__ import annotations

import ctypes
import os
from typing import (TYPE_CHECKING, Any, Iterable, Mapping, NamedTuple,
                    Optional, Sequence, Union)

from . import _ffi
from ._library import Handle, Watch, alive, call, library, placed
from .errors import Misuse, NotFound
from .queries import (ANNOTATION, FINDING, KINDS, LOG, ORDERS, PROJECT, R,
                      SESSION, SHAPES, SORTS, STATUSES_BY_NAME, TRACE, WORD,
                      Cursor, Rows, Spans, Time, bits, c_path, c_text,
                      choose, filled, json_text, nanoseconds, number, numbered,
                      rows_at_most, since, text, texts, utf8)
from .rows import (ANNOTATORS, Annotation, Finding, Log, Project, Row, Session,
                   Span, Trace, Word)
from .sql import Result, Value

if TYPE_CHECKING:
    from .configs import Configs
    from .datasets import Datasets
    from .experiments import Experiments
    from .export import Frame
    from .prices import Prices
    from .prompts import Prompts
    from .retention import Retention
    from .rollups import Rollup

FORMATS = {"otlp": _ffi.PHX_OTLP_PROTOBUF, "otlp-json": _ffi.PHX_OTLP_JSON,
           "spans-json": _ffi.PHX_SPAN_JSON, "logs": _ffi.PHX_LOGS_PROTOBUF,
           "logs-json": _ffi.PHX_LOGS_JSON, "atif": _ffi.PHX_ATIF}
IN_MEMORY = ("sqlite::memory:", "sqlite:///:memory:")
DELETABLE = {Project: _ffi.PHX_PROJECT, Trace: _ffi.PHX_TRACE,
             Session: _ffi.PHX_SESSION, Span: _ffi.PHX_SPAN}
ANNOTATED = {Span: _ffi.PHX_SPAN_ANNOTATION, Trace: _ffi.PHX_TRACE_ANNOTATION,
             Session: _ffi.PHX_SESSION_ANNOTATION}
ANNOTATORS_BY_NAME = numbered(ANNOTATORS)
GRAINS = {"spans": _ffi.PHX_FILTER_SPANS, "traces": _ffi.PHX_FILTER_TRACES,
          "sessions": _ffi.PHX_FILTER_SESSIONS}
Target = Union[Span, Trace, Session]
Bytes = Union[bytes, bytearray, memoryview]


class Ingested(NamedTuple):
    """What became of a request's spans or log records."""
    accepted: int
    duplicate: int  # known already: the first is kept
    rejected: int   # such as have no id


class Annotated(NamedTuple):
    """What became of annotations whose targets may not have come."""
    written: int
    waiting: int
    dropped: int  # waited too long, or of a document that the span has not


class Note(NamedTuple):
    """An annotation to write."""
    #: A row; or its class and its hex id, or a session's name.
    target: Union[Target, tuple[type[Row], str]]
    name: str
    label: Optional[str] = None
    score: Optional[float] = None
    explanation: Optional[str] = None
    metadata: Optional[Mapping[str, Any]] = None
    #: Tells annotations of one name apart; one with an equal one is replaced.
    identifier: str = ""
    #: "HUMAN", "LLM" or "CODE".
    annotator: str = "HUMAN"
    #: The place of a document that the span retrieved, if it is of that.
    document: Optional[int] = None


def item_of(note: Note) -> _ffi.phx_annotation_item:
    """A note as the library takes it, without its target's number."""
    of, target_id = note.target if isinstance(note.target, tuple) else \
        (type(note.target), None)
    kind = ANNOTATED.get(of)
    if kind is None:
        raise TypeError(f"{of.__name__} is not annotated: "
                        "a Span, Trace or Session is")
    if note.document is not None:
        if kind != _ffi.PHX_SPAN_ANNOTATION:
            raise TypeError("documents are those of a Span")
        kind = _ffi.PHX_DOCUMENT_ANNOTATION
    written = {"name": note.name, "identifier": note.identifier,
               "label": note.label, "explanation": note.explanation,
               "metadata": json_text(note.metadata), "target_id": target_id}
    kept = {field: text(value) for field, value in written.items()}
    made = filled(
        _ffi.phx_annotation_item,
        kind=kind, score=note.score or 0.0,
        has_score=note.score is not None, position=note.document or 0,
        annotator=choose(ANNOTATORS_BY_NAME, note.annotator, "annotator"),
        **kept)
    made.kept = kept
    return made


def request_bytes(data: Union[Bytes, str], format: str) -> tuple[int, bytes]:
    """The constant for a format, and what is in it; JSON may be a text."""
    kind = choose(FORMATS, format, "format")
    if not isinstance(data, str):
        return kind, bytes(memoryview(data))
    if not format.endswith("json"):
        raise TypeError(f"{format!r} is bytes, not a text")
    return kind, utf8(data)


def _vocabulary(store: int, grain: int, *more: Any) -> int:
    """Its receiver is not its first argument."""
    status: int = library.phx_filter_vocabulary(grain, store, *more)
    return status


def url_of(path_or_url: Union[str, os.PathLike[str]]) -> str:
    """A path becomes sqlite:PATH."""
    given = os.fspath(path_or_url)
    if given.startswith("sqlite:") or "://" in given:
        return given
    return f"sqlite:{given}"


def file_of(url: str) -> Optional[str]:
    """The file of a store, whichever way it is named."""
    if url in IN_MEMORY:
        return None
    for scheme in ("sqlite:///", "sqlite:"):
        if url.startswith(scheme):
            return os.path.realpath(url[len(scheme):])
    return None


#: Files of stores, by the addresses of their handles; and those that were open
#: at a fork: SQLite in the child takes the parent's locks on them for its own.
files: dict[int, str] = {}
inherited: set[str] = set()


def note_fork() -> None:
    inherited.update(file for pointer, file in files.items()
                     if alive.get(pointer) == "phx_store_close")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=note_fork)


class Store:
    """A store of traces: a file, made if there is none, or ":memory:".

    Threads may share it. One process writes it at a time, others read it with
    read_only=True. It does not survive a fork.
    """

    def __init__(self, path_or_url: Union[str, os.PathLike[str]], *,
                 read_only: bool = False, migrate: bool = True,
                 compact: bool = True, busy_timeout: float = 5.0,
                 retention_days: int = 0) -> None:
        self.url = url_of(path_or_url)
        self._in_memory = self.url in IN_MEMORY
        options = filled(
            _ffi.phx_store_options,
            flags=_ffi.PHX_OPEN_READ_ONLY * read_only |
            _ffi.PHX_OPEN_NO_MIGRATE * (not migrate) |
            _ffi.PHX_OPEN_NO_COMPACT * (not compact),
            busy_timeout=int(busy_timeout * 1000),
            retention_days=retention_days)
        file = file_of(self.url)
        if file in inherited:
            raise Misuse("it was open before a fork: open it in another "
                         "program")
        self._handle = Handle(library.phx_store_open,
                              c_path(self.url), ctypes.byref(options),
                              free=library.phx_store_close)
        if file is not None:
            files[self._handle.owner().pointer] = file

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Rows that are being read stay readable."""
        self._handle.close()

    def __repr__(self) -> str:
        return f"Store({self.url!r})"

    # --- writing -----------------------------------------------------------

    def ingest(self, data: Union[Bytes, str], format: str = "otlp",
               project: Optional[str] = None) -> Ingested:
        """Stores the spans or log records of a request; they are on disk then.

        format is "otlp", "otlp-json", "spans-json", "logs", "logs-json" or
        "atif"; what is JSON may be a text. A project overrides that of each
        span.
        """
        kind, given = request_bytes(data, format)
        out = _ffi.phx_ingest_report()
        self._handle.call(library.phx_store_ingest, c_text(project), kind,
                          given, len(given), ctypes.byref(out))
        return Ingested(out.accepted, out.duplicate, out.rejected)

    def annotate(self, target: Target, name: str, **said: Any) -> int:
        """Writes what is said of a span, trace or session: see Note."""
        return self.annotate_all([Note(target, name, **said)])[0]

    def annotate_all(self, notes: Iterable[Note]) -> list[int]:
        """All of them in one commit, or none; their numbers."""
        items = self._items(notes)
        ids = (ctypes.c_int64 * len(items))()
        self._handle.call(library.phx_store_annotate, items, len(items), ids)
        return list(ids)

    def annotate_later(self, notes: Iterable[Note]) -> Annotated:
        """The same, but a note whose target has not come waits for it,
        durably, until annotate_waiting() finds it."""
        items = self._items(notes)
        out = _ffi.phx_annotate_report()
        self._handle.call(library.phx_store_annotate_later, items, len(items),
                          ctypes.byref(out))
        return Annotated(out.written, out.waiting, out.dropped)

    def annotate_waiting(self, before: Optional[Time] = None) -> Annotated:
        """Writes what waits and has its target now; drops the rest of what
        came before a time."""
        out = _ffi.phx_annotate_report()
        self._handle.call(
            library.phx_store_annotate_waiting,
            0 if before is None else nanoseconds(before, "before"),
            ctypes.byref(out))
        return Annotated(out.written, out.waiting, out.dropped)

    def _items(self, notes: Iterable[Note]) -> Any:
        items = []
        for note in notes:
            items.append(item_of(note))
            if not isinstance(note.target, tuple):
                items[-1].target = self._own(note.target)
        array = (_ffi.phx_annotation_item * len(items))(*items)
        array.kept = items  # type: ignore[attr-defined]
        return array

    def add_project(self, name: str,
                    description: Optional[str] = None) -> Project:
        """One without spans, or Conflict; spans make theirs themselves."""
        out = ctypes.c_int64()
        self._handle.call(library.phx_project_create, c_text(name),
                          c_text(description), ctypes.byref(out))
        return self.project(name)

    def describe(self, project: Union[str, Project],
                 description: str) -> Project:
        """Gives a project a description; the project as it is then."""
        number = self._project(project)
        self._handle.call(library.phx_project_update, number,
                          c_text(description))
        return self._one(self._projects(number), "project", str(number))

    def delete_annotations(self, found: Rows[Annotation]) -> int:
        """Deletes what annotations() finds, in one commit; their count."""
        out = ctypes.c_int64()
        self._handle.call(library.phx_store_delete_annotations,
                          ctypes.byref(found._query), ctypes.byref(out))
        return out.value

    def delete(self, what: Union[Project, Trace, Session, Span]) -> None:
        """Deletes it with all that belongs to it."""
        kind = DELETABLE.get(type(what))
        if kind is None:
            raise TypeError(f"no {type(what).__name__} can be deleted")
        self._handle.call(library.phx_store_delete, kind, self._own(what))

    # --- reading -----------------------------------------------------------

    def _number(self, kind: int, name: str) -> int:
        out = ctypes.c_int64()
        data = utf8(name)
        self._handle.call(library.phx_store_find, kind, data, len(data),
                          ctypes.byref(out))
        return out.value

    def _project(self, project: Union[None, str, Project]) -> int:
        if project is None:
            return 0
        return self._own(project) if isinstance(project, Project) else \
            self._number(_ffi.PHX_PROJECT, project)

    def _own(self, row: Row) -> int:
        """The number of a row, which is one of this store."""
        if row._store is not self:
            raise Misuse(f"the {type(row).__name__} is not of this store")
        return row.number

    def spans(self, filter: str = "", *, search: Optional[str] = None,
              project: Union[None, str, Project] = None,
              limit: Optional[int] = None, order: str = "newest",
              start: Optional[Time] = None, end: Optional[Time] = None,
              kinds: Iterable[str] = (), statuses: Iterable[str] = (),
              roots_only: bool = False, names: Sequence[str] = (),
              trace_ids: Sequence[str] = (), span_ids: Sequence[str] = (),
              parent_ids: Sequence[str] = (), attributes: str = "nested",
              totals: bool = False,
              columns: Optional[Mapping[str, type]] = None) -> Spans:
        """Spans for which all of this holds: docs/filters.md, docs/search.md.

        start and end bound when they start: datetimes, or nanoseconds since
        1970; end is not in it. attributes is "nested", "flat" or, faster,
        "none". totals adds up what is below each. columns are attributes with
        columns of their own when spans are read as columns:
        {"llm.model_name": str}.
        """
        __tracebackhide__ = True
        self._check(_ffi.PHX_FILTER_SPANS, filter, search)
        arrays = {"trace_id": texts(trace_ids), "span_id": texts(span_ids),
                  "parent_id": texts(parent_ids), "name": texts(names)}
        query = filled(
            _ffi.phx_span_query,
            project=self._project(project), start_time=since(start),
            end_time=nanoseconds(end, "end"), limit=rows_at_most(limit),
            order=choose(ORDERS, order, "order"),
            attributes=choose(SHAPES, attributes, "attributes"),
            kinds=bits(KINDS, kinds, "kind"),
            statuses=bits(STATUSES_BY_NAME, statuses, "status"),
            roots_only=roots_only, flags=_ffi.PHX_SPAN_TOTALS * totals)
        for name, array in arrays.items():
            setattr(query, f"{name}s", array)
            setattr(query, f"{name}_count", len(array) if array else 0)
        query.filter, query.search = query.kept = text(filter), text(search)
        query.arrays = arrays
        return Spans(self, query, columns)

    def traces(self, filter: str = "", *, search: Optional[str] = None,
               project: Union[None, str, Project] = None,
               limit: Optional[int] = None, order: str = "newest",
               sort: str = "number", start: Optional[Time] = None,
               end: Optional[Time] = None,
               session: Optional[Session] = None) -> Rows[Trace]:
        """Traces for which all of this holds, sorted by "number", as they
        came, by "start" or by "latency"."""
        __tracebackhide__ = True
        self._check(_ffi.PHX_FILTER_TRACES, filter, search)
        query = filled(
            _ffi.phx_trace_query,
            project=self._project(project), start_time=since(start),
            end_time=nanoseconds(end, "end"), limit=rows_at_most(limit),
            order=choose(ORDERS, order, "order"),
            sort=choose(SORTS, sort, "sort"))
        query.filter, query.search = query.kept = text(filter), text(search)
        if session is not None:
            query.array = (ctypes.c_int64 * 1)(self._own(session))
            query.sessions, query.session_count = query.array, 1
        return Rows(self, TRACE, library.phx_store_find_traces, query)

    def sessions(self, filter: str = "", *,
                 project: Union[None, str, Project] = None,
                 limit: Optional[int] = None,
                 order: str = "newest") -> Rows[Session]:
        __tracebackhide__ = True
        self._check(_ffi.PHX_FILTER_SESSIONS, filter, None)
        query = filled(
            _ffi.phx_session_query,
            project=self._project(project), limit=rows_at_most(limit),
            order=choose(ORDERS, order, "order"))
        query.filter = query.kept = text(filter)
        return Rows(self, SESSION, library.phx_store_find_sessions, query)

    def projects(self, name_contains: Optional[str] = None, *,
                 limit: Optional[int] = None) -> Rows[Project]:
        """Projects, newest first; case does not matter."""
        return Rows(self, PROJECT, library.phx_store_find_projects,
                    arguments=(0, 0, c_text(name_contains),
                               rows_at_most(limit)))

    def annotations(self, target: Union[Target, type[Row]] = Span, *,
                    names: Sequence[str] = (),
                    project: Union[None, str, Project] = None,
                    limit: Optional[int] = None,
                    documents: bool = False) -> Rows[Annotation]:
        """Annotations, newest first: of a span, trace or session, or of all
        such if a class is given; of the documents of spans instead."""
        one = isinstance(target, Row)
        kind = ANNOTATED.get(type(target) if one else target)  # type: ignore
        if kind is None:
            raise TypeError("a Span, Trace or Session has annotations")
        query = filled(
            _ffi.phx_annotation_query,
            kind=_ffi.PHX_DOCUMENT_ANNOTATION if documents else kind,
            project=self._project(project), limit=rows_at_most(limit))
        query.kept = texts(names)
        query.names, query.name_count = query.kept, len(names)
        if isinstance(target, Row):
            query.array = (ctypes.c_int64 * 1)(self._own(target))
            query.targets, query.target_count = query.array, 1
        return Rows(self, ANNOTATION, library.phx_store_find_annotations,
                    query)

    def span(self, span_id: str) -> Span:
        """The span with an id, or NotFound."""
        return self._one(self.spans(span_ids=[span_id]), "span", span_id)

    def trace(self, trace_id: str) -> Trace:
        query = filled(
            _ffi.phx_trace_query,
            trace=self._number(_ffi.PHX_TRACE, trace_id))
        return self._one(Rows(self, TRACE, library.phx_store_find_traces,
                              query), "trace", trace_id)

    def session(self, session_id: str) -> Session:
        query = filled(
            _ffi.phx_session_query,
            session=self._number(_ffi.PHX_SESSION, session_id))
        return self._one(Rows(self, SESSION, library.phx_store_find_sessions,
                              query), "session", session_id)

    def project(self, name: str) -> Project:
        return self._one(self._projects(self._number(
            _ffi.PHX_PROJECT, name)), "project", name)

    def _projects(self, number: int) -> Rows[Project]:
        return Rows(self, PROJECT, library.phx_store_find_projects,
                    arguments=(number, 0, None, 0))

    def logs(self, limit: Optional[int] = None) -> Rows[Log]:
        """Log records that wait for their spans, or name none, newest first;
        what has joined its span is one of its events."""
        return Rows(self, LOG, library.phx_store_find_logs,
                    arguments=(0, rows_at_most(limit)))

    def words(self, of: str = "spans",
              project: Union[None, str, Project] = None,
              limit: int = 1000) -> Rows[Word]:
        """Words for an editor of conditions on "spans", "traces" or
        "sessions": fields, functions, attributes that there are and, of a
        project, names of annotations."""
        return Rows(self, WORD, _vocabulary, arguments=(
            choose(GRAINS, of, "of"), self._project(project),
            number(limit, "limit")))

    def annotation_names(self, project: Union[str, Project],
                         of: type[Row] = Span) -> list[str]:
        """Those that annotations of a project's spans, traces or sessions
        have."""
        return [word.name for word in Rows(
            self, WORD, library.phx_store_annotation_names, arguments=(
                ANNOTATED[of], self._project(project), 0))]

    def _one(self, rows: Rows[R], what: str, name: str) -> R:
        found = rows.first()
        if found is None:
            raise NotFound(f"no {what} '{name[:64]}'")
        return found

    def _check(self, grain: int, filter: str, search: Optional[str]) -> None:
        """Raises Invalid at once for what could not be asked."""
        __tracebackhide__ = True
        data = utf8(filter)
        placed(filter, call, library.phx_filter_check, grain, data, len(data),
               None)
        if search is not None:
            data = utf8(search)
            placed(search, call, library.phx_search_check, data, len(data))

    def lint(self, data: Union[None, Bytes, str] = None,
             format: str = "otlp") -> list[Finding]:
        """Where stored spans break the conventions of OpenInference and
        gen_ai, or those of a request, which is not stored."""
        if data is None:
            return list(Rows(self, FINDING, library.phx_store_lint))
        kind, given = request_bytes(data, format)
        batch = Handle(library.phx_batch_decode, kind, given, len(given),
                       None, free=library.phx_batch_free)
        owner = self._handle.owner()
        try:
            found = batch.open(library.phx_batch_lint, owner.pointer,
                               free=library.phx_cursor_close)
            return list(Cursor(FINDING, self, found, Watch()))
        finally:
            del owner

    def roll_up(self, *, of: str = "spans", bin: Optional[str] = None,
                project: Union[None, str, Project] = None,
                session: Optional[Session] = None,
                trace: Optional[Trace] = None, start: Optional[Time] = None,
                end: Optional[Time] = None, kinds: Iterable[str] = (),
                quantiles: Sequence[float] = (), costs: bool = False,
                texts: bool = False, exceptions: bool = False,
                utc_offset: int = 0) -> list[Rollup]:
        """Sums of the spans or traces that start in a window of time: one row,
        or one for each "minute", "hour", "day", "week", "month" or "year" from
        its start on, by a calendar so many minutes east of UTC."""
        from .rollups import BINS, OF, roll_up
        return roll_up(self, filled(
            _ffi.phx_rollup_query,
            of=choose(OF, of, "of"), bin=choose(BINS, bin, "bin"),
            project=self._project(project),
            session=self._own(session) if session else 0,
            trace=self._own(trace) if trace else 0, start_time=since(start),
            end_time=nanoseconds(end, "end"), kinds=bits(KINDS, kinds, "kind"),
            costs=costs, utc_offset=utc_offset,
            flags=_ffi.PHX_ROLLUP_TEXTS * texts |
            _ffi.PHX_ROLLUP_EXCEPTIONS * exceptions), quantiles)

    def frame(self, query: object = None, *,
              project: Union[None, str, Project] = None,
              start: Optional[Time] = None, end: Optional[Time] = None,
              limit: Optional[int] = None, roots: str = "every") -> Frame:
        """A table of spans as a SpanQuery of Phoenix's client, or its
        dictionary, asks for it; of "every" span, of "roots" with orphans, or
        of "strict" ones without."""
        from .export import ROOTS, Frame
        return Frame(self, filled(
            _ffi.phx_frame_query,
            project=self._project(project), start_time=since(start),
            end_time=nanoseconds(end, "end"),
            roots=choose(ROOTS, roots, "roots"), limit=rows_at_most(limit) or -1), query)

    def sql(self, statement: str, values: Sequence[Value] = (), *,
            timeout: float = 0, memory: int = 0) -> Result:
        """Runs one statement that reads, see docs/sql.md; values are those of
        ?1, ?2 ... timeout is in seconds, memory in bytes; 0 is no bound."""
        return Result(self, statement, values, timeout, memory)

    # --- upkeep ------------------------------------------------------------

    @property
    def configs(self) -> Configs:
        """What annotations should be like."""
        from .configs import Configs
        return Configs(self)

    @property
    def datasets(self) -> Datasets:
        """Examples to try a program on, in versions."""
        from .datasets import Datasets
        return Datasets(self)

    @property
    def experiments(self) -> Experiments:
        """Programs tried on datasets."""
        from .experiments import Experiments
        return Experiments(self)

    @property
    def prompts(self) -> Prompts:
        """What programs ask models with."""
        from .prompts import Prompts
        return Prompts(self)

    @property
    def retention(self) -> Retention:
        """Which traces go, and when."""
        from .retention import Retention
        return Retention(self)

    @property
    def prices(self) -> Prices:
        """Of models; and what spans cost."""
        from .prices import Prices
        return Prices(self)

    def stats(self) -> dict[str, int]:
        """Counts of rows and bytes, by the names of phx_store_stats."""
        out = _ffi.phx_store_stats()
        self._handle.call(library.phx_store_stat, ctypes.byref(out))
        return {name: getattr(out, name) for name, *_ in out._fields_}

    def compact(self, budget: float = 0) -> bool:
        """Works for about so many seconds, or does what is overdue; whether
        something is left to do."""
        return self._handle.call(library.phx_store_compact,
                                 number(int(budget * 1000), "budget",
                                        ctypes.c_uint32)) == _ffi.PHX_OK

    def backup(self, path: Union[str, os.PathLike[str]]) -> None:
        """Copies the store as it is to a new file, while it is used."""
        self._handle.call(library.phx_store_backup, c_path(path))

    def save(self, path: Union[str, os.PathLike[str]],
             spans: Optional[Spans] = None) -> None:
        """Writes the traces of these spans, or all, with what belongs to them
        to a new file, a store of its own."""
        query = None if spans is None else ctypes.byref(spans._query)
        self._handle.call(library.phx_store_save, query, c_path(path))

    def merge(self, path: Union[str, os.PathLike[str]]) -> Ingested:
        """Takes in what another store's file has and this one lacks."""
        out = _ffi.phx_ingest_report()
        self._handle.call(library.phx_store_merge, c_path(path),
                          ctypes.byref(out))
        return Ingested(out.accepted, out.duplicate, out.rejected)

    def verify(self) -> None:
        """Reads all of it and raises Corrupt for the first fault."""
        self._handle.call(library.phx_store_verify, _ffi.phx_verify_fn(), None)

    def interrupt(self) -> None:
        """Makes the calls that run now raise Interrupted."""
        self._handle.use(library.phx_store_interrupt)
