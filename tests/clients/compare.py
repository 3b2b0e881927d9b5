"""Answers of Phoenix's client against those recorded from the reference.

Equal are names, types and cells, and of a whole frame the order of its rows.
Two things are not looked at, as the reference leaves them open or loses
something: the order of columns that spans bring, and digits of a real past the
tenth.
"""
import json
import math


class Wrong(Exception):
    """Says what is not as it was recorded."""


def same(found, wanted):
    if isinstance(wanted, float) and isinstance(found, float):
        return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-10)
    if type(found) is not type(wanted):
        return False
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(
            same(found[key], wanted[key]) for key in wanted)
    return found == wanted


def require(found, wanted, what):
    if not same(found, wanted):
        raise Wrong(f"{what} is {found!r:.200}, was {wanted!r:.200}")


def by_name(frame):
    """The columns of a frame as lists of cells, each with its type."""
    cells = list(zip(*frame["rows"])) or [()] * len(frame["dtypes"])
    first = len(frame["index"])
    return {name: (frame["dtypes"][first + i], list(cells[first + i]))
            for i, name in enumerate(frame["columns"])}


def is_frame(answer):
    return isinstance(answer, dict) and "dtypes" in answer


def sorted_frame(frame):
    return {**frame, "rows": sorted(frame["rows"], key=json.dumps)}


def compare_frames(found, wanted, in_order):
    require(found["index"], wanted["index"], "the index")
    require(sorted(found["columns"]), sorted(wanted["columns"]),
            "the columns")
    require(len(found["rows"]), len(wanted["rows"]), "the number of rows")
    if not in_order:
        found, wanted = sorted_frame(found), sorted_frame(wanted)
    level = len(wanted["index"])
    require(found["dtypes"][:level], wanted["dtypes"][:level],
            "the type of the index")
    require([row[:level] for row in found["rows"]],
            [row[:level] for row in wanted["rows"]], "the index")
    columns = by_name(found)
    for name, (dtype, cells) in by_name(wanted).items():
        require(columns[name][0], dtype, f"the type of {name}")
        require(columns[name][1], cells, name)


def compare(name, found, wanted):
    if is_frame(wanted) and is_frame(found):
        compare_frames(found, wanted, name.startswith("whole"))
    else:
        require(found, wanted, "the answer")
