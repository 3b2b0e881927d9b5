"""Writes the cases as a program in C, which calls as programs do.

    write_c.py OUT.c

What cases.json means is in read.py; the checks are in checks.h.
"""
import sys
from pathlib import Path

from read import API, FUNCTIONS, STRUCTS, bytes_of, is_variable, read_cases

HANDLES = {handle["name"] for handle in API["handles"]}
SCALARS = API["scalars"]


def literal(data):
    """Bytes as C has them between quotes."""
    kept = (chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?'
            else f"\\{byte:03o}" for byte in data)
    return '"' + "".join(kept) + '"'


def c_name(kind):
    return f"struct {kind}" if kind.startswith("Arrow") else kind


def variable(value):
    return "v_" + value[1:]


def text_size(value):
    """What a text is as C, and its size."""
    if value is None:
        return "NULL", "0"
    if is_variable(value):
        return variable(value), f"strlen({variable(value)})"
    data = bytes_of(value)
    return literal(data), str(len(data))


def number(value):
    if is_variable(value):
        return variable(value)
    return str(value)


class Case:
    """One function of C."""

    def __init__(self, case):
        self.case = case
        self.lines, self.made, self.variables = [], 0, {}

    def add(self, line):
        self.lines.append(line)

    def new(self, declaration, value):
        """A local; `declaration` has %s for its name."""
        self.made += 1
        name = f"t{self.made}"
        self.add(f"{declaration % name} = {value};")
        return name

    # --- what is given ------------------------------------------------------

    def text(self, value):
        data, size = text_size(value)
        return f"(phx_text){{{data}, {size}}}"

    def struct(self, kind, value):
        """A local that holds what the object says, from its INIT."""
        fields = {field["name"]: field for field in STRUCTS[kind]["fields"]}
        init = f"{kind.upper()}_INIT" if "init" in STRUCTS[kind] else "{0}"
        name = self.new(f"{kind} %s", init)
        for key, item in value.items():
            self.add(f"{name}.{key} = {self.field(fields[key], item)};")
        for key, field in fields.items():
            if field.get("counts") in value:
                self.add(f"{name}.{key} = {len(value[field['counts']])};")
        return name

    def array(self, given, items):
        """A local array, at least one long."""
        kind = given["type"]
        parts = [self.item(given, item) for item in items]
        stars = "*" * (given["pointers"] - 1)
        return self.new(f"{kind} {stars}%s[]",
                        "{" + (", ".join(parts) or "0") + "}")

    def item(self, given, value):
        kind = given["type"]
        if kind == "phx_text":
            return f"{{{', '.join(text_size(value))}}}"
        if kind in STRUCTS:
            return self.struct(kind, value)
        return number(value)

    def field(self, given, value):
        kind = given["type"]
        if kind == "phx_text" and not given["pointers"]:
            return self.text(value)
        if kind == "char":
            return text_size(value)[0]
        if given["pointers"]:
            return self.array(given, value)
        return self.struct(kind, value) if kind in STRUCTS else number(value)

    def argument(self, given, value):
        kind = given["type"]
        if value is None:
            return "NULL" if given["pointers"] or kind.endswith("_fn") \
                else "0"
        if kind in ("char", "void"):
            return text_size(value)[0]
        if kind in HANDLES and given["pointers"] == 1:
            return variable(value)
        if isinstance(value, list):
            return self.array(given, value)
        if kind in STRUCTS:
            return "&" + self.struct(kind, value)
        return number(value)

    # --- what comes back ----------------------------------------------------

    def bind(self, kind, value, source):
        """The variable gets what came; or has it already."""
        if value in self.variables:
            return False
        self.variables[value] = kind
        if kind == "text":
            self.add(f"snprintf({variable(value)}, sizeof {variable(value)},"
                     f" \"%s\", {source});")
        else:
            self.add(f"{variable(value)} = (int64_t){source};")
        return True

    def expect_text(self, where, data, size, value):
        said = literal(where.encode())
        if is_variable(value):
            if not self.bind("text", value, data):
                self.add(f"check_text({said}, {data}, {size}, "
                         f"{variable(value)}, strlen({variable(value)}));")
        elif isinstance(value, dict) and set(value) == {"has"}:
            self.add(f"check_has({said}, {data}, {size}, "
                     f"{literal(value['has'].encode())});")
        elif isinstance(value, (dict, list)):
            self.add(f"check_json({said}, {data}, {size}, "
                     f"{literal(bytes_of(value))});")
        elif value is None:
            self.add(f"check({said}, {data} == NULL);")
        else:
            self.add(f"check_text({said}, {data}, {size}, "
                     f"{', '.join(text_size(value))});")

    def expect_number(self, where, kind, source, value):
        said = literal(where.encode())
        if is_variable(value) and self.bind("number", value, source):
            return
        if value == "NaN":
            self.add(f"check({said}, isnan({source}));")
        elif kind == "double":
            self.add(f"check_real({said}, {source}, {number(value)});")
        else:
            self.add(f"check_int({said}, (int64_t){source}, "
                     f"(int64_t){number(value)});")

    def expect(self, where, given, source, value):
        """That what is at `source` is as the case says."""
        kind, pointers = given["type"], given["pointers"]
        if kind == "char" and (pointers or "count" in given):
            self.expect_text(where, source, f"length({source})", value)
        elif kind == "phx_text" and not pointers:
            self.expect_text(where, f"{source}.data", f"{source}.size", value)
        elif pointers and value is None:
            self.add(f"check({literal(where.encode())}, {source} == NULL);")
        elif pointers and isinstance(value, list):
            for i, item in enumerate(value):
                self.expect(f"{where}[{i}]", {**given, "pointers": 0},
                            f"{source}[{i}]", item)
        elif kind in STRUCTS:
            fields = {field["name"]: field
                      for field in STRUCTS[kind]["fields"]}
            if pointers:
                self.add(f"if (!check({literal(where.encode())}, {source} != "
                         "NULL)) return;")
            for key, item in value.items():
                self.expect(f"{where}.{key}", fields[key],
                            f"{source}{'->' if pointers else '.'}{key}", item)
        else:
            self.expect_number(where, SCALARS.get(kind, kind), source, value)

    # --- a call -------------------------------------------------------------

    def place(self, given, value, first):
        """A local for what the call writes: (argument, how to read it)."""
        kind, depth = given["type"], given["pointers"]
        if kind in HANDLES:
            name = variable(value) if value is not None else \
                self.new(f"{kind} *%s", "NULL")
            if value is not None:
                self.variables[value] = kind
            return f"&{name}", None
        if kind == "phx_buf":
            name = self.new("phx_buf %s", "PHX_BUF_INIT")
            return f"&{name}", name
        if isinstance(value, list) and depth == 1:
            name = self.new(f"{c_name(kind)} %s[{len(value)}]", "{0}")
            return name, name
        stars = "*" * (depth - 1)
        const = "const " if given["const"] else ""
        name = self.new(f"{const}{c_name(kind)} {stars}%s",
                        "{0}" if kind in STRUCTS and not stars else
                        number(first) if not stars else "NULL")
        return f"&{name}", name

    def call(self, index, name, given, gives):
        function = FUNCTIONS[name]
        where = f"{self.case['name']}: {index} {name}"
        arguments, written = [], []
        for parameter in function["parameters"]:
            key = parameter["name"]
            if key == "err":
                arguments.append("&err")
            elif parameter.get("written"):
                argument, source = self.place(parameter, gives.get(key),
                                              given.get(key, 0))
                arguments.append(argument)
                written.append((parameter, source, key))
            elif parameter.get("counts") and key not in given:
                value = given.get(parameter["counts"])
                arguments.append(
                    str(len(value or ())) if key == "count" else
                    text_size(value)[1] if value is not None else "0")
            else:
                arguments.append(self.argument(parameter, given.get(key)))
        self.finish(where, function, ", ".join(arguments), written, gives)

    def finish(self, where, function, arguments, written, gives):
        called = f"{function['name']}({arguments})"
        returns = function["returns"]
        said = literal(where.encode())
        if function["can_fail"]:
            status = gives.get("status", "PHX_OK")
            self.add(f"if (!check_status({said}, {called}, {status}, &err)) "
                     "return;")
            if "error" in gives:
                self.expect(where, {"type": "phx_error", "pointers": 0},
                            "err", gives["error"])
        elif returns["type"] == "void" and not returns["pointers"]:
            self.add(f"{called};")
        else:
            const = "const " if returns["const"] else ""
            stars = "*" * returns["pointers"]
            name = self.new(f"{const}{returns['type']} {stars}%s", called)
            if "returns" in gives:
                self.expect(where, returns, name, gives["returns"])
            else:
                self.add(f"(void){name};")
        for given, source, key in written:
            self.finish_place(f"{where}: {key}", given, source, gives, key)

    def finish_place(self, where, given, source, gives, key):
        if source is None:
            return
        if given["type"] == "phx_buf":
            if key in gives:
                self.expect_text(where, f"{source}.data", f"{source}.size",
                                 gives[key])
            self.add(f"phx_buf_free(&{source});")
        elif given["type"] == "ArrowArrayStream":
            self.add(f"check({literal(where.encode())}, {source}.release != "
                     f"NULL); {source}.release(&{source});")
        elif key in gives:
            self.expect(where, {**given, "pointers": given["pointers"] - 1}
                        if not isinstance(gives[key], list) or
                        given["pointers"] > 1 else given, source, gives[key])

    def text_of(self, number):
        for index, (name, given, gives) in enumerate(self.case["calls"]):
            self.call(index + 1, name, given, gives)
        declared = []
        for name, kind in self.variables.items():
            declared.append(
                f"char {variable(name)}[256] = \"\";" if kind == "text" else
                f"int64_t {variable(name)} = 0;" if kind == "number" else
                f"{kind} *{variable(name)} = NULL;")
        body = "\n".join("    " + line for line in [
            "phx_error err;", "(void)err;", *declared, *self.lines])
        return f"static void case_{number}(void)\n{{\n{body}\n}}\n"


def main():
    cases = read_cases()
    parts = ["/* Generated from cases.json by write_c.py. */\n"
             '#include "checks.h"\n']
    parts += [Case(case).text_of(i) for i, case in enumerate(cases)]
    calls = "".join(f"    run({literal(case['name'].encode())}, case_{i});\n"
                    for i, case in enumerate(cases))
    parts.append(f"int main(void)\n{{\n{calls}    return tell();\n}}\n")
    Path(sys.argv[1]).write_text("\n".join(parts))


main()
