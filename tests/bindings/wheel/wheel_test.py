"""What is in the wheel, and what its library needs of a system."""
import base64
import hashlib
import os
import re
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

WHEEL = Path(os.environ["WHEEL"])
SYSTEM = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2",
          "ld-linux-aarch64.so.1"}


class WheelTest(unittest.TestCase):
    def setUp(self):
        self.archive = zipfile.ZipFile(WHEEL)
        self.names = self.archive.namelist()

    def tearDown(self):
        self.archive.close()

    def text(self, end):
        name, = (name for name in self.names if name.endswith(end))
        return self.archive.read(name).decode()

    def test_the_record_has_every_file(self):
        recorded = {}
        for line in self.text("/RECORD").splitlines():
            path, digest, size = line.split(",")
            recorded[path] = digest, size
        self.assertEqual(sorted(recorded), sorted(self.names))
        for path, (digest, size) in recorded.items():
            if not path.endswith("/RECORD"):
                data = self.archive.read(path)
                found = base64.urlsafe_b64encode(
                    hashlib.sha256(data).digest()).rstrip(b"=").decode()
                self.assertEqual((f"sha256={found}", str(len(data))),
                                 (digest, size))

    def test_tag_types_and_licences(self):
        tag = WHEEL.stem.split("-", 2)[2]
        self.assertIn(f"Tag: {tag}\n", self.text("/WHEEL"))
        self.assertRegex(tag, r"^py3-none-(manylinux_\d+_\d+|linux)_\w+$")
        self.assertIn("libphoenix/py.typed", self.names)
        licences = re.findall(r"License-File: (\S+)", self.text("/METADATA"))
        self.assertIn("LICENSE", licences)
        for name in licences:
            self.assertTrue(self.text(f"/licenses/{name}"))

    def test_pytest_finds_the_plugin(self):
        self.assertEqual(self.text("/entry_points.txt"),
                         "[pytest11]\nlibphoenix = libphoenix.pytest_plugin\n")
        self.assertIn("libphoenix/pytest_plugin.py", self.names)

    def test_the_library_needs_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            library = self.archive.extract("libphoenix/libphoenix.so.0",
                                           folder)
            told = subprocess.run(["readelf", "-dW", "--dyn-syms", library],
                                  capture_output=True, text=True, check=True,
                                  env={**os.environ, "LC_ALL": "C"}).stdout
        needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", told))
        self.assertEqual(needed - SYSTEM, set())
        self.assertNotIn("sqlite3_open", told)
        self.assertNotIn("TEXTREL", told)
