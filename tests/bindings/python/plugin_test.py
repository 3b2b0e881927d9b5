"""The pytest plugin, in runs of pytest."""
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SUITE = '''
import pytest

def agent(tracer):
    with tracer.span("agent", "AGENT"):
        tracer.span("answer", "LLM", {"llm.model_name": "m1"}).end()

@pytest.mark.parametrize("number", range(8))
def test_good(spans, number):
    agent(spans.tracer)
    spans.tree("agent\\n  llm")
    assert len(spans) == 2

def test_golden(spans):
    agent(spans.tracer)
    spans.golden("agent.golden")
'''
BAD = '''
def test_bad(spans):
    spans.tracer.span("agent", "AGENT").end()
    spans.one("span_kind == 'LLM'")

def test_worse(spans):
    spans.tracer.span("tool", "TOOL").end()
    assert 1 == 2
'''


@unittest.skipUnless(importlib.util.find_spec("pytest"), "no pytest here")
class PluginTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_suite(self, suite, *options, plugin=(
            "-p", "libphoenix.pytest_plugin"), **environment):
        """pytest's status, and what it prints."""
        (self.folder / "agent_test.py").write_text(suite)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
             *plugin, *options, "agent_test.py"],
            cwd=self.folder, capture_output=True, text=True,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                 **environment})
        return done.returncode, done.stdout + done.stderr

    def test_the_fixture_captures_and_updates(self):
        status, said = self.run_suite(SUITE)
        self.assertEqual(status, 1, said)
        self.assertIn("agent.golden is not there", said)
        self.assertIn("8 passed", said)
        status, said = self.run_suite(SUITE, UPDATE_GOLDENS="yes")
        self.assertEqual(status, 1, said)
        status, said = self.run_suite(SUITE, UPDATE_GOLDENS="1")
        self.assertEqual(status, 0, said)
        (self.folder / "agent.golden").unlink()
        status, said = self.run_suite(SUITE, "--update-goldens")
        self.assertEqual(status, 0, said)
        self.assertIn('"agent" AGENT',
                      (self.folder / "agent.golden").read_text())
        status, said = self.run_suite(SUITE)
        self.assertEqual(status, 0, said)

    def test_the_option_may_be_another_plugin_s(self):
        (self.folder / "other.py").write_text(
            "def pytest_addoption(parser):\n"
            "    parser.addoption('--update-goldens', action='store_true')\n")
        for number, before in enumerate(([], ["-p", "other"])):
            status, said = self.run_suite(SUITE.replace(
                "agent.golden", f"{number}.golden"), *before,
                "-p", "libphoenix.pytest_plugin", "-p", "other",
                "--update-goldens", plugin=[])
            self.assertEqual(status, 0, said)

    def test_a_conftest_may_name_the_plugin(self):
        (self.folder / "conftest.py").write_text(
            "pytest_plugins = ['libphoenix.pytest_plugin']\n")
        status, said = self.run_suite(SUITE, "--update-goldens", plugin=[])
        self.assertEqual(status, 0, said)

    def test_a_store_that_a_test_closed_is_told(self):
        status, said = self.run_suite(
            "def test_closes(spans):\n"
            "    with spans.store:\n"
            "        spans.tracer.span('a').end()\n"
            "        assert 0\n")
        self.assertEqual(status, 1, said)
        self.assertNotIn("INTERNALERROR", said)
        self.assertRegex(said, "Captured spans -+\nit is closed")

    def test_a_failure_shows_the_trees(self):
        status, said = self.run_suite(BAD)
        self.assertEqual(status, 1, said)
        self.assertIn(
            "AssertionError: 0 spans chosen, expected 1: span_kind == 'LLM'"
            "\nE         agent  AGENT", said)
        # Of the traceback, the test's own line alone is shown.
        self.assertNotIn("testing.py", said)
        self.assertRegex(said, r"Captured spans -+\nTrace [0-9a-f]{32}, "
                         r"1 spans, [0-9.]+ ms\nTOOL tool")

    def test_a_typo_is_shown_where_it_is(self):
        status, said = self.run_suite("""
def test_typo(spans):
    spans.store.spans("name ==")
""")
        self.assertEqual(status, 1, said)
        self.assertIn('(line 1, column 8: "name ==")', said)
        self.assertNotIn("libphoenix/", said)

    def test_the_page_s_suite_passes(self):
        page = (ROOT / "docs/testing.md").read_text()
        program, = re.findall(r"^def run_agent.*?(?=^with )", page,
                              re.M | re.S)
        suite, = re.findall(r"^```python suite\n(.*?)^```", page, re.M | re.S)
        for options in (["--update-goldens"], []):
            status, said = self.run_suite(program + suite, *options)
            self.assertEqual(status, 0, said)

    def test_the_example_passes(self):
        for file in (ROOT / "examples/pytest_agent").iterdir():
            if file.is_file():
                shutil.copy(file, self.folder)
        status, said = self.run_suite("", "test_agent.py")
        self.assertEqual(status, 0, said)
        self.assertIn("7 passed", said)

    @unittest.skipUnless(importlib.util.find_spec("xdist"), "no xdist here")
    def test_processes_share_the_tests(self):
        self.run_suite(SUITE, "--update-goldens")
        status, said = self.run_suite(SUITE, "-p", "xdist", "-n", "3")
        self.assertEqual(status, 0, said)
        self.assertTrue(re.search("9 passed", said), said)
