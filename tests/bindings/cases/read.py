"""The cases that C, Python and Node run alike: cases.json.

A case is a list of calls, each [FUNCTION, what it is given, what it gives];
the last may be left out. Both are objects by the names of parameters. Of
"gives", "returns" is what a function returns, "status" that of one that can
fail (PHX_OK if it is not there), "error" fields of its phx_error.

    "$name"     stands for what the call gives that names it first; a handle
                for the last
    "@name"     a text of the file: JSON there is written without blanks
    "PHX_..."   a constant, for a number; "17..." one past 2^53
    {"hex": s}  bytes; ["a", "b"] lines of a text that is given
    {"has": s}  of a text: it is in there

Given what is not said is 0 or NULL, a size or a count that of what it counts;
a struct begins as its INIT. An object or a list where a text comes back is
JSON; of a struct only the fields that are named are looked at.
"""
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
API = json.loads((HERE.parents[2] / "bindings/api.json").read_text())
FILE = json.loads((HERE / "cases.json").read_text())
FUNCTIONS = {function["name"]: function for function in API["functions"]}
STRUCTS = {struct["name"]: struct for struct in API["structs"]}
CONSTANTS = {**API["constants"], **{
    value["name"]: value["value"]
    for enum in API["enums"] for value in enum["values"]}}


def is_variable(value):
    return isinstance(value, str) and value.startswith("$")


def bytes_of(value):
    """Of a text as cases have it."""
    if isinstance(value, str) and value.startswith("@"):
        value = FILE["texts"][value[1:]]
    if isinstance(value, dict) and set(value) == {"hex"}:
        return bytes.fromhex(value["hex"])
    if isinstance(value, list) and all(isinstance(line, str)
                                       for line in value) and value:
        value = "\n".join(value)
    if not isinstance(value, str):
        value = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return value.encode()


def read_cases():
    """[{"name", "calls": [(function, given, gives)]}]."""
    return [{"name": case["name"], "calls": [
        (call + [{}, {}])[:3] for call in case["calls"]]}
        for case in FILE["cases"]]
