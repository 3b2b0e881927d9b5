"""The reader of phoenix.h: what it makes of a header, and what it refuses."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bindings"))

from generate.header import Fault, read_header
from generate.layout import lay_out

STATUSES = """
typedef int32_t phx_status;
enum { PHX_OK = 0, PHX_IO = -9 /* the disk */ };
typedef struct phx_error { phx_status status; char message[4]; } phx_error;
typedef struct phx_thing phx_thing; /* a handle */
"""


def read(text):
    return read_header(STATUSES + "\n" + text)


class ReaderTest(unittest.TestCase):
    def refuses(self, text, words):
        with self.assertRaises(Fault) as raised:
            read(text)
        self.assertIn(words, str(raised.exception))

    def test_a_comment_speaks_up_to_the_blank_line(self):
        api = read("/* Both. Errors: IO. */\n"
                   "PHX_CALL phx_a(phx_error *err);\n"
                   "PHX_CALL phx_b(phx_error *err);\n\n"
                   "PHX_API void phx_thing_free(phx_thing *thing);\n"
                   "PHX_API int32_t phx_c(void); /* beside */\n")
        told = {f["name"]: (f["doc"], f["errors"]) for f in api["functions"]}
        self.assertEqual(told, {
            "phx_a": ("Both. Errors: IO.", ["PHX_IO"]),
            "phx_b": ("Both. Errors: IO.", ["PHX_IO"]),
            "phx_thing_free": ("", []), "phx_c": ("beside", [])})

    def test_values_and_fields_have_their_comments(self):
        api = read("typedef struct phx_row {\n"
                   "    int32_t a; /* one;\n"
                   "                  two */\n"
                   "    const char *b; /* three */\n"
                   "} phx_row;\n"
                   "#define PHX_ROW_INIT {7, NULL}\n")
        self.assertEqual(api["enums"][0]["values"][1],
                         {"name": "PHX_IO", "value": -9, "doc": "the disk"})
        row = api["structs"][-1]
        self.assertEqual([field["doc"] for field in row["fields"]],
                         ["one; two", "three"])
        self.assertEqual(row["init"], {"a": 7})

    def test_layouts_have_their_gaps(self):
        api = read("typedef struct phx_row { int32_t a; double b; char c[3];\n"
                   "    phx_error d; } phx_row;")
        lay_out(api)
        row = api["structs"][-1]
        self.assertEqual([field["offset"] for field in row["fields"]],
                         [0, 8, 16, 20])
        self.assertEqual(row["size"], 32)

    def test_what_bindings_cannot_carry_is_refused(self):
        self.refuses("/* No such. Errors: FIRE. */\n"
                     "PHX_CALL phx_a(phx_error *err);", "PHX_FIRE")
        self.refuses("/* Cannot tell. */\nPHX_CALL phx_a(int32_t a);",
                     "ends in phx_error")
        self.refuses("/* By value. */\nPHX_API void phx_a(phx_error a);",
                     "by value")
        self.refuses("PHX_API void phx_a(void);", "no comment")
        self.refuses("/* Odd. */\nPHX_API void phx_a(long a);", "unknown")
        self.refuses("union phx_a { int32_t a; double b; };", "grammar")
        self.refuses("/* Many. */\nPHX_API void phx_a(int32_t a, ...);",
                     "no declaration")


if __name__ == "__main__":
    unittest.main()
