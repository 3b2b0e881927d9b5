"""Runs test cases of a whole server: functions named test_*, in order.

    cases.main(globals())

Prints one line a failure and "N passed, N failed".
"""
import argparse
import sys
import traceback


def main(names):
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--only", help="part of a test's name")
    given = parser.parse_args()
    passed, failed = 0, 0
    for name, test in list(names.items()):
        if not name.startswith("test_") or (given.only or "") not in name:
            continue
        try:
            test(given.build)
            passed += 1
        except Exception as error:  # one must not hide the others
            failed += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"{name}: {where.name}:{where.lineno}: "
                  f"{type(error).__name__}: {error}"[:2000])
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


def equal(found, wanted, what=""):
    if found != wanted:
        raise AssertionError(f"{what} is {found!r:.300}, "
                             f"wanted {wanted!r:.300}")


def true(condition, what):
    if not condition:
        raise AssertionError(what)
