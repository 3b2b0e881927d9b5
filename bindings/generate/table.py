"""docs/bindings.md: each call of phoenix.h, and what makes it."""
import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_NAMES = 3
METHOD = re.compile(r"  (?:static |async |get |\* )*(#?\w+)\(")

HEAD = """<!-- Generated from phoenix.h and the bindings by bindings/generate. -->
# What is where

Each call of `phoenix.h`, which says what it does, with what makes it in [Python](python.md) and in [Node](node.md), and whether
[the server](http.md) makes it. A dash is for what is not there: `libphoenix._ffi` in Python and `libphoenix/ffi` in Node have the
call itself, with its types. Node reads rows as JSON, by `phx_cursor_next_json` and `phx_rows_next_json`, of whatever kind they are.

| call | Python | Node | server |
| --- | --- | --- | --- |
"""


class Users:
    """What in a package makes the calls: classes, methods, functions."""

    def __init__(self):
        self.of = {}
        self.methods = set()

    def add(self, call, scopes):
        """A method that is not public is told as its class."""
        public = [name for name in scopes if name and name[0] not in "_#"]
        self.of.setdefault(call, set()).add(".".join(public))

    def cell(self, call):
        """Functions that are no method's are nobody's business."""
        if call not in self.of:
            return "–"
        names = sorted(name for name in self.of[call] if name and (
            name[0].isupper() or name in self.methods))
        return ", ".join(f"`{name}`" for name in names[:MOST_NAMES]) or "yes"


def walk(users, node, scopes):
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        scopes = [*scopes, node.name]
        if len(scopes) > 1:
            users.methods.add(node.name)
    elif isinstance(node, ast.Attribute) and \
            isinstance(node.value, ast.Name) and node.value.id == "library":
        users.add(node.attr, scopes)
    for child in ast.iter_child_nodes(node):
        walk(users, child, scopes)


def python_users():
    users = Users()
    folder = ROOT / "bindings/python/libphoenix"
    for path in sorted(folder.glob("*.py")):
        if path.name == "_library.py":
            for call in re.findall(r"\bphx_\w+", path.read_text()):
                users.add(call, [])
        elif path.name != "_ffi.py":
            walk(users, ast.parse(path.read_text()), [])
    # Functions of the package itself.
    users.methods.update(re.findall(r'"([a-z]\w+)"',
                                    (folder / "__init__.py").read_text()))
    return users


def node_users():
    users = Users()
    for path in sorted((ROOT / "bindings/node").glob("*.js")):
        owner = name = ""
        for line in [] if path.name == "ffi.js" else \
                path.read_text().splitlines():
            if begun := re.match(r"class (\w+)|define\((\w+)|\S", line):
                owner, name = begun[1] or begun[2] or "", ""
            if begun := re.match(r"(?:async )?function\*? (\w+)", line):
                name = begun[1]
            elif owner and (begun := METHOD.match(line)):
                name = begun[1] if begun[1] != "constructor" else ""
                users.methods.add(name)
            for call in re.findall(r"\bphx_\w+", line):
                users.add(call, [owner, name])
    return users


def write_table(api):
    """docs/bindings.md."""
    python, node = python_users(), node_users()
    server = set(re.findall(r"\bphx_\w+", "".join(
        path.read_text() for path in sorted((ROOT / "server").rglob("*.c")))))
    return HEAD + "".join(
        f"| `{name}` | {python.cell(name)} | {node.cell(name)} | "
        f"{'yes' if name in server else '–'} |\n"
        for name in (function["name"] for function in api["functions"]))
