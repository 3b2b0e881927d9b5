"""Sizes and offsets as compilers for 64-bit Unix lay structs out, and the C
file that makes compilers agree: its diff is the review of a change to the ABI.
"""
import re

from .ctype import c_type

SIZES = {"char": 1, "int32_t": 4, "uint32_t": 4, "int64_t": 8, "uint64_t": 8,
         "size_t": 8, "double": 8}
POINTER = 8


def size_and_alignment(api, made, given):
    """Of a field; `made` has the structs laid out so far."""
    kind = api["scalars"].get(given.get("type"), given.get("type"))
    callbacks = [callback["name"] for callback in api["callbacks"]]
    if "returns" in given or given["pointers"] > 0 or kind in callbacks:
        size = alignment = POINTER
    elif kind in made:
        size, alignment = made[kind]["size"], made[kind]["alignment"]
    else:
        size = alignment = SIZES[kind]
    return size * given.get("count", 1), alignment


def lay_out(api):
    """Gives each struct its size and alignment, each field its offset."""
    made = {}
    for struct in api["structs"]:
        at = largest = 0
        for given in struct["fields"]:
            size, alignment = size_and_alignment(api, made, given)
            at += -at % alignment
            given["offset"] = at
            at += size
            largest = max(largest, alignment)
        struct["size"], struct["alignment"] = at + -at % largest, largest
        made[struct["name"]] = struct


def asserted(condition):
    return f"_Static_assert({condition}, \"\");"


def of_struct(struct):
    name = struct["name"]
    name = name if name.startswith("phx_") else f"struct {name}"
    yield asserted(f"sizeof({name}) == {struct['size']}")
    for given in struct["fields"]:
        yield asserted(f"offsetof({name}, {given['name']}) == "
                       f"{given['offset']}")


def of_function(api, function):
    """The function once more, by plain types: another one is an error."""
    arguments = ", ".join(c_type(api, given)
                          for given in function["parameters"])
    return f"{c_type(api, function['returns'])}{function['name']}" \
           f"({arguments or 'void'});"


def write_c(api):
    """tests/abi/layout.c."""
    lines = ["/*",
             " * Generated from phoenix.h by bindings/generate. Sizes, offsets,"
             " values and", " * functions as programs built with the library"
             " know them: a line that goes", " * or changes breaks them.",
             " */", "/* clang-format off */", "#include <phoenix.h>", ""]
    for enum in api["enums"]:
        lines += [asserted(f"{value['name']} == {value['value']}")
                  for value in enum["values"]] + [""]
    for struct in api["structs"]:
        lines += [*of_struct(struct), ""]
    lines += [of_function(api, function) for function in api["functions"]]
    return "\n".join(lines) + "\n"


def write_map(api):
    """libphoenix/exports.map, for the linker."""
    names = "".join(f"        {function['name']};\n"
                    for function in api["functions"])
    return ("# Generated from phoenix.h by bindings/generate.\n"
            f"PHX_0 {{\n    global:\n{names}    local:\n        *;\n}};\n")


def write_symbols(api, kept):
    """debian/libphoenix0.symbols: the version in which each function came,
    from what was kept, and of new ones that of the header."""
    since = dict(re.findall(r"^ (phx_\w+)@PHX_0 (\S+)$", kept, re.M))
    version = ".".join(str(api["constants"][f"PHX_VERSION_{part}"])
                       for part in ("MAJOR", "MINOR", "PATCH"))
    names = sorted(function["name"] for function in api["functions"])
    return "".join([
        "# Generated from phoenix.h by bindings/generate.\n",
        "libphoenix.so.0 libphoenix0 #MINVER#\n", " PHX_0@PHX_0 0.1.0\n",
        *(f" {name}@PHX_0 {since.get(name, version)}\n" for name in names)])
