"""Writes what other languages need of include/phoenix.h, from it alone, and a
page of what they make of it.

    python3 bindings/generate            writes the files below
    python3 bindings/generate --check    says which of them are stale; ends
                                         "N passed, N failed"

api.json has the header as data. Nothing is written by hand for one function or
struct, in any language.
"""
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings"))

from generate.header import Fault, read_header
from generate.layout import lay_out, write_c, write_map, write_symbols
from generate.node import write_js, write_ts
from generate.python import write_python
from generate.roles import tell_roles
from generate.table import write_table


def write_json(value, indent=""):
    """JSON with what fits on a line on one."""
    line = json.dumps(value)
    if len(indent + line) <= 140 or not isinstance(value, (dict, list)):
        return line
    deeper = indent + " "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {write_json(item, deeper)}"
                 for key, item in value.items()]
        return "{\n" + ",\n".join(deeper + part for part in parts) + \
            f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + write_json(item, deeper)
                              for item in value) + f"\n{indent}]"


def write_api(api):
    return write_json({"generated": "from phoenix.h by bindings/generate",
                       **api}) + "\n"


FILES = {"bindings/api.json": write_api,
         "bindings/python/libphoenix/_ffi.py": write_python,
         "bindings/node/ffi.js": write_js,
         "bindings/node/ffi.d.ts": write_ts,
         "libphoenix/exports.map": write_map,
         "tests/abi/layout.c": write_c,
         "docs/bindings.md": write_table,
         "debian/libphoenix0.symbols": lambda api: write_symbols(
             api, (ROOT / "debian/libphoenix0.symbols").read_text())}


def main():
    try:
        api = read_header((ROOT / "include/phoenix.h").read_text())
    except Fault as fault:
        sys.exit(f"phoenix.h: {fault}")
    lay_out(api)
    tell_roles(api)
    stale = 0
    for name, write in FILES.items():
        path, text = ROOT / name, write(api)
        if path.exists() and path.read_text() == text:
            continue
        stale += 1
        if "--check" in sys.argv:
            print(f"{name} is stale: run python3 bindings/generate")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"wrote {name}")
    if "--check" in sys.argv:
        print(f"{len(FILES) - stale} passed, {stale} failed")
        sys.exit(stale > 0)


main()
