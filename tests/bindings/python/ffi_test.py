"""The generated ctypes layer and what every call goes through."""
import ctypes
import json
import os
import pickle
import unittest
from pathlib import Path

import libphoenix
from libphoenix import _ffi, _library, errors

API = json.loads((Path(__file__).resolve().parents[3] /
                  "bindings/api.json").read_text())


class FfiTest(unittest.TestCase):
    def test_every_struct_has_the_layout_it_has_in_c(self):
        for struct in API["structs"]:
            made = getattr(_ffi, struct["name"])
            self.assertEqual(ctypes.sizeof(made), struct["size"])
            for field in struct["fields"]:
                self.assertEqual(getattr(made, field["name"]).offset,
                                 field["offset"], (struct["name"], field))

    def test_every_function_is_bound(self):
        self.assertEqual(list(_ffi.FUNCTIONS),
                         [function["name"] for function in API["functions"]])

    def test_options_begin_with_their_defaults(self):
        options = _ffi.phx_store_options(flags=1)
        self.assertEqual((options.size, options.flags, options.busy_timeout),
                         (ctypes.sizeof(options), 1, 5000))
        self.assertEqual(_ffi.phx_frame_query().limit, -1)

    def test_every_failure_has_an_exception(self):
        failures = {value["name"]: value["value"] for value in
                    API["enums"][0]["values"] if value["value"] < 0}
        self.assertEqual(set(errors.OF_STATUS), set(failures.values()))
        for name, status in failures.items():
            kind = errors.OF_STATUS[status]
            wanted = "".join(word.capitalize() for word in
                             name.split("_")[1:]).replace("Io", "IO")
            self.assertEqual(kind.__name__, wanted)
            self.assertIs(getattr(libphoenix, wanted), kind)
            self.assertTrue(issubclass(kind, libphoenix.Error))

    def test_exceptions_pass_between_processes(self):
        error = pickle.loads(pickle.dumps(libphoenix.Invalid("no", 7, 2)))
        self.assertEqual((str(error), error.offset, error.os_code),
                         ("no", 7, 2))

    def test_the_version_is_the_library_s(self):
        major, minor, patch = map(int, libphoenix.__version__.split("."))
        self.assertEqual(major * 1000000 + minor * 1000 + patch,
                         _ffi.PHX_VERSION)

    def test_a_wheel_brings_its_library(self):
        place = os.environ.get("EXPECT_CARRIED")
        if place:
            self.assertTrue(_library.find_library().startswith(place))
