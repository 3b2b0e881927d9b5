"""docs/python.md: each block runs, in order, and prints what is below it."""
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

PAGE = Path(__file__).resolve().parents[3] / "docs/python.md"
BLOCK = re.compile(r"^```python(?: needs=(\w+))?\n(.*?)^```\n"
                   r"(?:\n```text\n(.*?)^```\n)?", re.M | re.S)


class DocsTest(unittest.TestCase):
    def test_every_block_prints_what_it_says(self):
        names = {}
        here = os.getcwd()
        ran = 0
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            self.addCleanup(os.chdir, here)
            for needs, code, expected in BLOCK.findall(PAGE.read_text()):
                if needs and not importlib.util.find_spec(needs):
                    continue
                said = io.StringIO()
                with contextlib.redirect_stdout(said):
                    exec(compile(code, str(PAGE), "exec"), names)
                self.assertEqual(said.getvalue(), expected, code)
                ran += 1
            os.chdir(here)
        self.assertGreaterEqual(ran, 6)
        names.clear()
        gc.collect()
        self.assertEqual(_library.alive, {})
