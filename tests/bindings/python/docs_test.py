"""docs/python.md and docs/testing.md: each block of Python runs, in order, and
prints what is below it."""
import contextlib
import gc
import importlib.util
import io
import os
import re
import tempfile
import unittest
from pathlib import Path

from libphoenix import _library

DOCS = Path(__file__).resolve().parents[3] / "docs"
BLOCK = re.compile(r"^```python(?: needs=(\w+))?\n(.*?)^```\n"
                   r"(?:\n```text\n(.*?)^```\n)?",
                   re.M | re.S)


class DocsTest(unittest.TestCase):
    def test_every_block_prints_what_it_says(self):
        self.run_page("python.md", 6)
        self.run_page("testing.md", 2)

    def run_page(self, page, least):
        names = {}
        here = os.getcwd()
        ran = 0
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            self.addCleanup(os.chdir, here)
            for needs, code, expected in BLOCK.findall(
                    (DOCS / page).read_text()):
                if needs and not importlib.util.find_spec(needs):
                    continue
                said = io.StringIO()
                with contextlib.redirect_stdout(said):
                    exec(compile(code, page, "exec"), names)
                self.assertEqual(said.getvalue(), expected, code)
                ran += 1
            os.chdir(here)
        self.assertGreaterEqual(ran, least)
        names.clear()
        gc.collect()
        self.assertEqual(_library.alive, {})
