"""Runs the tests *_test.py of a folder: each.py FOLDER. Ends
"N passed, N failed"."""
import sys
import unittest

folder = sys.argv[1]
suite = unittest.defaultTestLoader.discover(folder, "*_test.py", folder)
result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0).run(suite)
failed = len(result.failures) + len(result.errors)
# Not testsRun: some Pythons count skipped tests in it, others do not.
count = suite.countTestCases()
print(f"{count - failed - len(result.skipped)} passed, "
      f"{failed} failed")
sys.exit(failed > 0)
