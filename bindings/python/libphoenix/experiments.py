"""Experiments: a program tried on the examples of a dataset, and judged."""
from __future__ import annotations

import ctypes
import time
from typing import (TYPE_CHECKING, Any, Callable, Iterable, Iterator, Mapping,
                    NamedTuple, Optional, Sequence, Union)

from . import _ffi
from ._library import library
from .datasets import EXAMPLE, Dataset, Example
from .queries import (RowKind, Rows, c_text, choose, filled, json_text,
                      numbered, text)
from .rows import (ANNOTATORS, Field, Json, Lent, Object, Row, copier, parsed,
                   time_of, words, words_if_any)

if TYPE_CHECKING:
    from .store import Store

ANNOTATORS_BY_NAME = numbered(ANNOTATORS)
#: What a task is given is an example; what an evaluator is given, the output
#: and the example. An evaluator returns a score, a label, or both in a dict.
Task = Callable[[Example], Any]
Evaluator = Callable[[Any, Example], Any]


class Experiment(Row):
    """Examples of one version of a dataset, each as often as there are
    repetitions."""

    __slots__ = ()

    name = Field(words)
    description = Field(words_if_any)
    dataset = Field(int, "Its number.")
    version = Field(int, "The number of the dataset's version.")
    repetitions = Field(int)
    example_count = Field(int, member="examples")
    run_count = Field(int, "Runs that were written.", "runs")
    failed_count = Field(int, "Those of them with an error.", "failed")
    project = Field(words, "The name of the one for its traces.")
    metadata: Json[Object] = Json(dict)
    parameters: Json[Object] = Json(dict)
    evaluators: Json[list[Any]] = Json(list)
    created_at = Field(time_of)
    updated_at = Field(time_of)

    def __repr__(self) -> str:
        return (f"<Experiment {self.number} {self.name!r}: {self.run_count} "
                f"runs of {self.example_count} examples>")


class Evaluation(Lent):
    """What is said of a run."""

    __slots__ = ()

    name = Field(words)
    label = Field(words_if_any)
    explanation = Field(words_if_any)
    error = Field(words_if_any)
    annotator = Field(ANNOTATORS.__getitem__, '"LLM", "CODE" or "HUMAN".')
    metadata: Json[Object] = Json(dict)

    @property
    def score(self) -> Optional[float]:
        return float(self._row.score) if self._row.has_score else None

    def __repr__(self) -> str:
        return f"<Evaluation {self.name!r}: {self.label!r}, {self.score}>"


class Run(Row):
    """What the program gave for an example."""

    __slots__ = ()

    example = Field(int, "Its number.")
    repetition = Field(int, "From 1 on.")
    output = Field(parsed, "JSON.")
    error = Field(words_if_any)
    trace_id = Field(words_if_any)
    start_time = Field(time_of)
    end_time = Field(time_of)

    @property
    def content(self) -> Example:
        """The example as it was."""
        return Example(self._row.content, self._store)

    @property
    def evaluations(self) -> list[Evaluation]:
        return [Evaluation(row, self._store) for row in self._row.evaluations]

    def __repr__(self) -> str:
        said = self.error if self.error is not None else self.output
        return f"<Run {self.number} of example {self.example}: {said!r:.60}>"


class Left(Lent):
    """What is left to do of an example."""

    __slots__ = ()

    repetitions: Field[list[int]] = Field(list, "Those that have not "
                                          "succeeded.")

    @property
    def content(self) -> Example:
        return Example(self._row.content, self._store)


def copy_run(address: int, plain: Any = copier(_ffi.phx_run),
             judged: Any = copier(_ffi.phx_evaluation)) -> Any:
    """What lies behind its pointers is lent, as it is."""
    run = plain(address)
    size = ctypes.sizeof(_ffi.phx_evaluation)
    return run._replace(
        content=EXAMPLE.copy(run.content),
        evaluations=[judged(run.evaluations + size * at)
                     for at in range(run.evaluation_count)])


def copy_left(address: int,
              plain: Any = copier(_ffi.phx_incomplete_run)) -> Any:
    row = plain(address)
    array = ctypes.c_int64 * row.repetition_count
    return row._replace(content=EXAMPLE.copy(row.content),
                        repetitions=list(array.from_address(row.repetitions)))


class Verdict(NamedTuple):
    """An evaluation to write."""
    run: Run
    name: str
    score: Optional[float] = None
    label: Optional[str] = None
    explanation: Optional[str] = None
    error: Optional[str] = None
    #: "HUMAN", "LLM" or "CODE".
    annotator: str = "CODE"
    metadata: Optional[Mapping[str, Any]] = None


EXPERIMENT = RowKind(_ffi.phx_experiment, library.phx_cursor_next_experiment,
                     Experiment)
RUN = RowKind(_ffi.phx_run, library.phx_cursor_next_run, Run)
RUN.copy = copy_run
LEFT = RowKind(_ffi.phx_incomplete_run, library.phx_cursor_next_incomplete_run,
               Left)
LEFT.copy = copy_left


def verdict_of(name: str, run: Run, said: Any) -> Verdict:
    """From what an evaluator returned."""
    if isinstance(said, Mapping):
        return Verdict(run, name, **said)
    if isinstance(said, str):
        return Verdict(run, name, label=said)
    return Verdict(run, name, None if said is None else float(said))


def told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


class Experiments:
    """What Store.experiments is: by number, newest first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._handle = store._handle

    def _rows(self, **fields: Any) -> Rows[Experiment]:
        return Rows(self._store, EXPERIMENT,
                    library.phx_store_find_experiments,
                    filled(_ffi.phx_experiment_query, **fields))

    def __iter__(self) -> Iterator[Experiment]:
        return iter(self._rows())

    def of(self, dataset: Union[str, Dataset]) -> Rows[Experiment]:
        return self._rows(dataset=self._store.datasets._number(dataset))

    def get(self, number: int) -> Experiment:
        """Raises NotFound."""
        return self._store._one(self._rows(only=number), "experiment",
                                str(number))

    def create(self, dataset: Union[str, Dataset], *,
               name: Optional[str] = None, version: int = 0,
               repetitions: int = 1, splits: Sequence[str] = (),
               description: Optional[str] = None,
               metadata: Optional[Mapping[str, Any]] = None,
               parameters: Optional[Mapping[str, Any]] = None,
               evaluators: Sequence[str] = ()) -> Experiment:
        """Of a version, the newest if none is given, and of the examples in
        some splits, else all."""
        datasets = self._store.datasets
        numbers = [datasets.splits.get(name).number for name in splits]
        array = (ctypes.c_int64 * len(numbers))(*numbers)
        kept = {"name": text(name), "description": text(description),
                "metadata": text(json_text(metadata)),
                "parameters": text(json_text(parameters)),
                "evaluators": text(json_text(list(evaluators)))}
        made = filled(
            _ffi.phx_experiment_item,
            size=ctypes.sizeof(_ffi.phx_experiment_item),
            dataset=datasets._number(dataset), version=version,
            repetitions=repetitions, **kept)
        if numbers:
            made.splits, made.split_count = array, len(numbers)
        out = ctypes.c_int64()
        self._handle.call(library.phx_experiment_create, ctypes.byref(made),
                          ctypes.byref(out))
        return self.get(out.value)

    def runs(self, experiment: Experiment) -> Rows[Run]:
        """By example, then by repetition, with what is said of them."""
        return Rows(self._store, RUN, library.phx_store_find_runs, filled(
            _ffi.phx_run_query, size=ctypes.sizeof(_ffi.phx_run_query),
            experiment=self._store._own(experiment),
            order=_ffi.PHX_BY_EXAMPLE,
            flags=_ffi.PHX_RUN_CONTENT | _ffi.PHX_RUN_EVALUATIONS))

    def left(self, experiment: Experiment) -> Rows[Left]:
        """The examples of which a repetition has not succeeded."""
        return Rows(self._store, LEFT, library.phx_store_find_incomplete_runs,
                    arguments=(self._store._own(experiment), 0, 0))

    def put_run(self, experiment: Experiment, example: Example,
                repetition: int = 1, *, output: Any = None,
                error: Optional[str] = None, start: Optional[int] = None,
                end: Optional[int] = None,
                trace_id: Optional[str] = None) -> int:
        """Writes one: its number. One that failed gives way to another; one
        that did not is Conflict. Times are ns since 1970; now if not given."""
        now = time.time_ns()
        kept = {"output": text(json_text(output)), "error": text(error),
                "trace_id": text(trace_id)}
        made = filled(_ffi.phx_run_item, example=self._store._own(example),
                      repetition=repetition,
                      start_time=now if start is None else start,
                      end_time=now if end is None else end, **kept)
        out = ctypes.c_int64()
        self._handle.call(
            library.phx_experiment_put_runs, self._store._own(experiment),
            ctypes.byref(made), 1, ctypes.byref(out))
        return out.value

    def judge(self, verdicts: Iterable[Verdict]) -> list[int]:
        """Writes evaluations of runs in one commit; their numbers. One of the
        same run and name is replaced."""
        items, now = [], time.time_ns()
        for verdict in verdicts:
            kept = {"name": text(verdict.name), "label": text(verdict.label),
                    "explanation": text(verdict.explanation),
                    "error": text(verdict.error),
                    "metadata": text(json_text(verdict.metadata))}
            items.append(filled(
                _ffi.phx_evaluation_item, run=self._store._own(verdict.run),
                start_time=now, end_time=now, score=verdict.score or 0.0,
                has_score=verdict.score is not None,
                annotator=choose(ANNOTATORS_BY_NAME, verdict.annotator,
                                 "annotator"), **kept))
            items[-1].kept = kept
        ids = (ctypes.c_int64 * len(items))()
        self._handle.call(
            library.phx_store_put_evaluations,
            (_ffi.phx_evaluation_item * len(items))(*items), len(items), ids)
        return list(ids)

    def tag(self, experiment: Experiment, name: str,
            description: Optional[str] = None) -> None:
        """Another one of the dataset may lose the tag by it."""
        self._handle.call(library.phx_experiment_set_tag,
                          self._store._own(experiment), c_text(name),
                          c_text(description), ctypes.byref(ctypes.c_int64()))

    def delete(self, experiment: Experiment) -> None:
        """With its runs and its project."""
        self._handle.call(library.phx_experiment_delete,
                          self._store._own(experiment), 1)

    # --- running -----------------------------------------------------------

    def run(self, experiment: Union[str, Dataset, Experiment],
            task: Optional[Task] = None,
            evaluators: Optional[Mapping[str, Evaluator]] = None,
            **options: Any) -> Experiment:
        """Runs a task on each example that has no run yet that succeeded, and
        evaluators on each run that they have not judged. A dataset makes an
        experiment first; the options are those of create(). What raises is
        kept as the error of its run, and tried again by another call."""
        judges = evaluators or {}
        if not isinstance(experiment, Experiment):
            experiment = self.create(experiment, evaluators=list(judges),
                                     **options)
        if task is not None:
            for left in list(self.left(experiment)):
                for repetition in left.repetitions:
                    self._try(experiment, left.content, repetition, task)
        for run in list(self.runs(experiment)):
            if run.error is None:
                self._judge(run, judges)
        return self.get(experiment.number)

    def _try(self, experiment: Experiment, example: Example, repetition: int,
             task: Task) -> None:
        output, error, start = None, None, time.time_ns()
        try:
            output = task(example)
        except Exception as raised:
            error = told(raised)
        self.put_run(experiment, example, repetition, output=output,
                     error=error, start=start, end=time.time_ns())

    def _judge(self, run: Run, judges: Mapping[str, Evaluator]) -> None:
        there = {one.name for one in run.evaluations if one.error is None}
        verdicts = []
        for name, judge in judges.items():
            if name in there:
                continue
            try:
                verdicts.append(verdict_of(name, run,
                                           judge(run.output, run.content)))
            except Exception as raised:
                verdicts.append(Verdict(run, name, error=told(raised)))
        if verdicts:
            self.judge(verdicts)
