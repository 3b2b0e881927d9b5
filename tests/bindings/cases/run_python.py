"""The cases by ctypes: the generated layer, without the package on top of it.

    LIBPHOENIX=.../libphoenix.so.0 run_python.py
"""
import ctypes
import json
import math
import os
import sys
import tempfile

from read import (API, CONSTANTS, FUNCTIONS, HERE, STRUCTS, bytes_of,
                  is_variable, read_cases)

sys.path.insert(0, str(HERE.parents[2] / "bindings/python/libphoenix"))
import _ffi

HANDLES = {handle["name"] for handle in API["handles"]}


class Wrong(Exception):
    pass


def address_of(data):
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value


class Case:
    def __init__(self, library):
        self.library, self.variables, self.kept = library, {}, []

    def number(self, value):
        if is_variable(value):
            return self.variables[value]
        if not isinstance(value, str):
            return value
        return CONSTANTS[value] if value in CONSTANTS else int(value)

    def bytes(self, value):
        """Kept until the case is over; None for none."""
        if value is None:
            return None
        data = self.variables[value].encode() if is_variable(value) \
            else bytes_of(value)
        self.kept.append(data)
        return data

    def text(self, value):
        data = self.bytes(value)
        return _ffi.phx_text() if data is None else \
            _ffi.phx_text(address_of(data), len(data))

    # --- what is given ------------------------------------------------------

    def struct(self, kind, value):
        made = getattr(_ffi, kind)()
        for field in STRUCTS[kind]["fields"]:
            name = field["name"]
            if name in value:
                setattr(made, name, self.field(made, field, value[name]))
            elif field.get("counts") in value:
                setattr(made, name, len(value[field["counts"]]))
        return made

    def field(self, made, given, value):
        if given["type"] == "char":
            return self.bytes(value)
        if given["pointers"]:
            return self.array(dict(made._fields_)[given["name"]], given, value)
        return self.item(given, value)

    def item(self, given, value):
        kind = given["type"]
        if kind == "phx_text":
            return self.text(value)
        return self.struct(kind, value) if kind in STRUCTS else \
            self.number(value)

    def array(self, pointer, given, items):
        made = (pointer._type_ * len(items))(
            *(self.item(given, item) for item in items))
        self.kept.append(made)
        return made

    def argument(self, wanted, given, value):
        kind = given["type"]
        if value is None:
            return None if given["pointers"] else \
                wanted() if kind.endswith("_fn") else 0
        if kind in ("char", "void"):
            return self.bytes(value)
        if isinstance(value, list):
            return self.array(wanted, given, value)
        return ctypes.byref(self.struct(kind, value)) if kind in STRUCTS \
            else self.number(value)

    # --- what comes back ----------------------------------------------------

    def expect(self, where, actual, expected):
        """`actual` is a value of Python, or a struct or a pointer."""
        if is_variable(expected):
            expected = self.variables.setdefault(expected, actual)
        elif expected == "NaN":
            actual, expected = math.isnan(actual), True
        elif isinstance(actual, ctypes.Structure) and \
                not isinstance(actual, _ffi.phx_text):
            for name, item in expected.items():
                self.expect(f"{where}.{name}", getattr(actual, name), item)
            return
        elif isinstance(actual, ctypes._Pointer):
            return self.expect_behind(where, actual, expected)
        elif isinstance(actual, ctypes.Array):
            return self.expect_all(where, actual, expected)
        elif isinstance(actual, (bytes, _ffi.phx_text)):
            return self.expect_text(where, actual, expected)
        else:
            expected = self.number(expected)
        if actual != expected:
            raise Wrong(f"{where}: {actual!r}, not {expected!r}")

    def expect_behind(self, where, pointer, expected):
        if not pointer or expected is None:
            if bool(pointer) != (expected is not None):
                raise Wrong(f"{where}: it is not as expected")
        elif isinstance(expected, list):
            self.expect_all(where, pointer, expected)
        else:
            self.expect(where, pointer.contents, expected)

    def expect_all(self, where, items, expected):
        for i, item in enumerate(expected):
            self.expect(f"{where}[{i}]", items[i], item)

    def expect_text(self, where, actual, expected):
        if isinstance(actual, _ffi.phx_text):
            actual = None if actual.data is None else \
                ctypes.string_at(actual.data, actual.size)
        if actual is None or expected is None:
            holds = actual is expected
        elif isinstance(expected, dict) and set(expected) == {"has"}:
            holds = expected["has"].encode() in actual
        elif isinstance(expected, str):
            holds = actual == bytes_of(expected)
        else:
            holds = json.loads(actual) == expected
        if not holds:
            raise Wrong(f"{where}: {actual!r}, not {expected!r}")

    # --- a call -------------------------------------------------------------

    def place(self, wanted, given, gives, first):
        """What the call writes to: (argument, how to read it)."""
        target = wanted._type_
        if isinstance(gives, list) and not issubclass(
                target, ctypes._Pointer):
            made = (target * len(gives))()
            return made, lambda: made
        made = target()
        if issubclass(target, ctypes._SimpleCData) and \
                given["type"] not in HANDLES and first:
            made.value = first
        return ctypes.byref(made), lambda: made.value if issubclass(
            target, ctypes._SimpleCData) else made

    def call(self, name, given, gives):
        function = FUNCTIONS[name]
        called = getattr(self.library, name)
        arguments, written = [], []
        for parameter, wanted in zip(function["parameters"], called.argtypes):
            key = parameter["name"]
            if parameter.get("written"):
                argument, read = self.place(wanted, parameter, gives.get(key),
                                            given.get(key))
                written.append((key, parameter, read))
            elif parameter.get("counts") and key not in given:
                value = given.get(parameter["counts"])
                argument = 0 if value is None else len(value) \
                    if isinstance(value, list) and parameter["name"] == \
                    "count" else len(self.bytes(value))
            else:
                argument = self.argument(wanted, parameter, given.get(key))
            arguments.append(argument)
        result = called(*arguments)
        read = {key: reads for key, _, reads in written}
        if function["can_fail"]:
            status = CONSTANTS[gives.get("status", "PHX_OK")]
            if result != status:
                raise Wrong(f"{name}: {result}, not {status} "
                            f"{read['err']().message}")
        elif "returns" in gives:
            self.expect_returned(name, function, result, gives["returns"])
        for key, parameter, reads in written:
            self.finish(f"{name}: {key}", parameter, reads(), gives.get(
                "error" if key == "err" else key, self))

    def expect_returned(self, name, function, result, expected):
        if function["returns"]["type"] == "char" and not is_variable(expected):
            self.expect_text(name, result, expected)
        else:
            self.expect(name, result.decode() if isinstance(result, bytes)
                        else result, expected)

    def finish(self, where, given, actual, expected):
        """`expected` is the case itself if nothing is."""
        if given["type"] in HANDLES and expected is not self:
            self.variables[expected] = actual
        elif given["type"] == "phx_buf":
            if expected is not self:
                self.expect(where, _ffi.phx_text(actual.data, actual.size),
                            expected)
            self.library.phx_buf_free(ctypes.byref(actual))
        elif given["type"] == "ArrowArrayStream":
            actual.release(ctypes.byref(actual))
        elif expected is not self:
            self.expect(where, actual, expected)


def alive(library):
    """Blocks of memory that the library holds, if it was built to tell."""
    try:
        count = library.test_blocks
    except AttributeError:
        return 0
    count.restype = ctypes.c_int64
    return count()


def main():
    library = _ffi.bind(os.environ["LIBPHOENIX"])
    failed, cases = 0, read_cases()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for case in cases:
            run, before, at = Case(library), alive(library), 0
            try:
                for at, call in enumerate(case["calls"], 1):
                    run.call(*call)
                left = alive(library) - before
                if left:
                    raise Wrong(f"{left} blocks of memory are left")
            except Wrong as wrong:
                failed += 1
                print(f"{case['name']}: {at} {wrong}")
        os.chdir("/")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
