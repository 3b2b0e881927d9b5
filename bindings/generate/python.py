"""The ctypes layer for Python."""
import json

from .ctype import is_callback, is_handle, plain
from .roles import is_counted

HEAD = '''"""Generated from phoenix.h by bindings/generate."""
import ctypes
from ctypes import (CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_double,
                    c_int, c_int32, c_int64, c_size_t, c_uint32, c_uint64,
                    c_void_p, sizeof)
'''

TAIL = '''

def bind(path: str) -> ctypes.CDLL:
    """Loads the library and gives each function its types."""
    library = ctypes.CDLL(path)
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library
'''


def type_of(api, given, fields=None):
    """The type in Python's words; `fields` are those of its struct, if any."""
    if "returns" in given:
        return f"CFUNCTYPE({signature(api, given)})"
    kind, pointers = plain(api, given["type"]), given["pointers"]
    if is_callback(api, kind):
        return kind
    if is_handle(api, kind) or kind == "void":
        kind, pointers = ("c_void_p", pointers - 1) if pointers else \
            ("None", 0)
    elif kind == "char" and pointers:
        bytes_alone = not given["const"] or fields and is_counted(fields, given)
        kind, pointers = "c_void_p" if bytes_alone else "c_char_p", \
            pointers - 1
    elif kind.endswith("_t") or kind in ("int", "char", "double"):
        kind = "c_" + kind.removesuffix("_t") if kind != "size_t" \
            else "c_size_t"
    for _ in range(pointers):
        kind = f"POINTER({kind})"
    return f"{kind} * {given['count']}" if "count" in given else kind


def signature(api, function):
    """The result's type and the arguments', with commas."""
    return ", ".join(type_of(api, given) for given in
                     [function["returns"], *function["parameters"]])


def of_struct(struct):
    """The class; its fields follow when all classes are known."""
    lines = ["", "", f"class {struct['name']}(Structure):"]
    if struct["doc"]:
        lines.append('    """' + struct["doc"].replace("\\", "\\\\")
                     .replace("\n", "\n    ") + '"""')
    if struct["fields"][0]["name"] == "size":
        init = {"size": f"sizeof({struct['name']})", **struct["init"]}
        first = ", ".join(f"{json.dumps(name)}: {value}"
                          for name, value in init.items())
        lines += ["    def __init__(self, **fields: object) -> None:",
                  f"        super().__init__(**{{{first}, **fields}})"]
    return lines + ([] if len(lines) > 3 else ["    pass"])


def write_python(api):
    """bindings/python/libphoenix/_ffi.py."""
    lines = [HEAD]
    lines += [f"{name} = {value}" for name, value in api["constants"].items()]
    for enum in api["enums"]:
        lines += ["", *(f"{value['name']} = {value['value']}"
                        for value in enum["values"])]
    for struct in api["structs"]:
        lines += of_struct(struct)
    lines += ["", ""]
    lines += [f"{callback['name']} = CFUNCTYPE({signature(api, callback)})"
              for callback in api["callbacks"]]
    for struct in api["structs"]:
        fields = struct["fields"]
        lines += ["", f"{struct['name']}._fields_ = ["]
        lines += [f"    ({json.dumps(given['name'])}, "
                  f"{type_of(api, given, fields)})," for given in fields]
        lines.append("]")
    lines += ["", "FUNCTIONS = {"]
    for function in api["functions"]:
        result, *arguments = (
            type_of(api, given) for given in
            [function["returns"], *function["parameters"]])
        lines += [f"    \"{function['name']}\": ({result}, [",
                  f"        {', '.join(arguments)}])," if arguments
                  else "    ]),"]
    return "\n".join([*lines, "}"]) + "\n" + TAIL
