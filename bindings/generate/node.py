"""The koffi layer for Node, and its types."""
import json

from .ctype import is_callback, is_handle, is_struct, plain
from .roles import is_counted

JS_HEAD = """// Generated from phoenix.h by bindings/generate.
'use strict';
const koffi = require('koffi');

/** A type that is there: they are koffi's, and so of all copies of this. */
function known(name) {
  try {
    return koffi.resolve(name);
  } catch {
    return null;
  }
}

"""

TS_HEAD = """// Generated from phoenix.h by bindings/generate.
import type { IKoffiCType, KoffiFunction } from 'koffi';

/** 64 bits: a bigint where a number would not be exact. */
export type Int64 = number | bigint;
/** An address: a handle, or what koffi makes of bytes. */
export type Pointer = unknown;
/** A call, and the same on another thread: `.async(..., (error, result) => {})`. */
export type Call<F extends (...given: any[]) => unknown> = F & KoffiFunction;

"""


def is_arrow(kind):
    return kind.startswith("Arrow")


def field_type(api, struct, given):
    """In koffi's words. Bytes with a size beside them stay an address."""
    if "returns" in given or is_arrow(struct["name"]) and given["pointers"]:
        return "'void *'"
    kind, pointers = plain(api, given["type"]), given["pointers"]
    if "count" in given:
        return f"koffi.array('{kind}', {given['count']})"
    if is_callback(api, kind):
        return f"'{kind} *'"
    if kind == "char" and pointers and is_counted(struct["fields"], given):
        return "'void *'"
    const = "const " if given["const"] and pointers else ""
    return repr(f"{const}{kind} {'*' * pointers}".strip())


def parameter(api, given):
    kind, pointers = plain(api, given["type"]), given["pointers"]
    if is_arrow(kind):
        return f"void *{given['name']}"
    if is_callback(api, kind):
        return f"{kind} *{given['name']}"
    depth = pointers - is_handle(api, kind)
    way = ""
    if depth > 0 and not given["const"] and kind != "void":
        way = "_Out_ " if given["name"] in ("out", "err") and \
            kind != "phx_buf" else "_Inout_ "
    elif depth > 1:
        way = "_Out_ "
    return f"{way}{'const ' if given['const'] else ''}{kind} " \
           f"{'*' * pointers}{given['name']}"


def prototype(api, function):
    result = function["returns"]
    head = f"{'const ' if result['const'] else ''}" \
           f"{plain(api, result['type'])} {'*' * result['pointers']}"
    arguments = ", ".join(parameter(api, given)
                          for given in function["parameters"])
    return f"{head}{function['name']}({arguments or 'void'})"


def names_of(function):
    sized = {given["name"] for given in function["parameters"]
             if given["type"] in ("char", "void")}
    return [None if given.get("counts") in sized else given["name"]
            for given in function["parameters"]]


def unless(kind):
    return f"known('{kind['name']}') ??"


def write_js(api):
    """bindings/node/ffi.js."""
    values = {**api["constants"], **{
        value["name"]: value["value"]
        for enum in api["enums"] for value in enum["values"]}}
    lines = ["exports.constants = Object.freeze({"]
    lines += [f"  {name}: {value}," for name, value in values.items()]
    lines += ["});", ""]
    lines += ["{0} koffi.opaque('{1}');".format(
        unless(handle), handle["name"]) for handle in api["handles"]]
    lines += ["{0} koffi.proto({1});".format(
        unless(callback), json.dumps(prototype(api, callback)))
        for callback in api["callbacks"]]
    lines += ["", "exports.structs = {};"]
    for struct in api["structs"]:
        lines.append(f"exports.structs.{struct['name']} = {unless(struct)} "
                     f"koffi.struct('{struct['name']}', {{")
        lines += [f"  {given['name']}: {field_type(api, struct, given)},"
                  for given in struct["fields"]]
        lines.append("});")
    lines += ["", "exports.prototypes = ["]
    lines += [f"  {json.dumps(prototype(api, function))},"
              for function in api["functions"]]
    lines += ["];", "", "/** The names of their parameters; null for a size, "
              "which is that of what stands before. */",
              "exports.parameters = {"]
    lines += [f"  {function['name']}: {json.dumps(names_of(function))},"
              for function in api["functions"]]
    return JS_HEAD + "\n".join(lines) + """
};

/** Loads the library and gives each function its types. */
exports.bind = (path) => {
  const library = koffi.load(path);
  return Object.fromEntries(exports.prototypes.map((prototype) => {
    const call = library.func(prototype);
    return [call.info.name, call];
  }));
};
"""


def ts_type(api, given, field=False):
    if "returns" in given:
        return "Pointer"
    kind, pointers = plain(api, given["type"]), given["pointers"]
    if kind == "char" and (pointers == 1 and not field or "count" in given):
        return "string | null" if pointers else "string"
    if kind == "phx_text" and not pointers:
        return "phx_text"
    if is_struct(api, kind) and pointers < 2 and not is_arrow(kind):
        return kind if not pointers or field else f"{kind} | {kind}[] | null"
    if pointers or is_handle(api, kind) or is_callback(api, kind) or \
            is_arrow(kind):
        return "Pointer"
    if kind == "void":
        return "void"
    return "Int64" if kind in ("int64_t", "uint64_t", "size_t") else "number"


def documented(text, indent=""):
    text = text.replace("*/", "* /")
    return [f"{indent}/**", *(f"{indent} * {line}".rstrip()
                              for line in text.split("\n")),
            f"{indent} */"] if text else []


def write_ts(api):
    """bindings/node/ffi.d.ts."""
    lines = ["export declare const constants: {"]
    for name, value in api["constants"].items():
        lines.append(f"  readonly {name}: {value};")
    for enum in api["enums"]:
        for value in enum["values"]:
            lines += documented(value["doc"], "  ")
            lines.append(f"  readonly {value['name']}: {value['value']};")
    lines += ["};", ""]
    for struct in api["structs"]:
        lines += documented(struct["doc"])
        lines.append(f"export interface {struct['name']} {{")
        for given in struct["fields"]:
            lines += documented(given["doc"], "  ")
            lines.append(f"  {given['name']}: {ts_type(api, given, True)};")
        lines += ["}", ""]
    lines += ["export declare const structs: Record<", "  " + "\n  ".join(
        f"| '{struct['name']}'" for struct in api["structs"]) +
        ", IKoffiCType>;", "", "/** Of the functions, as in C. */",
        "export declare const prototypes: string[];",
        "/** The names of their parameters; null for a size, which is that of "
        "what stands before. */",
        "export declare const parameters: Record<string, (string | null)[]>;",
        "",
        "export interface Library {"]
    for function in api["functions"]:
        lines += documented(function["doc"], "  ")
        arguments = ", ".join(f"{given['name']}: {ts_type(api, given)}"
                              for given in function["parameters"])
        lines.append(f"  {function['name']}: Call<({arguments}) => "
                     f"{ts_type(api, function['returns'])}>;")
    return TS_HEAD + "\n".join(lines) + """
}

/** Loads the library and gives each function its types. */
export declare function bind(path: string): Library;
"""
