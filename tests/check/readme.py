#!/usr/bin/env python3
"""The README and docs/testing.md keep their word.

    readme.py BUILD    compiles their C examples against BUILD/libphoenix.a and
                       runs them: what they print is told here, or in the page;
                       every file that a page links to must exist
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRINTED = ["1 span is on disk\n"]
LIBRARIES = ["-lsqlite3", "-lzstd", "-lpcre2-8", "-lsodium", "-lm", "-pthread"]


def run_example(build, code):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "example.c"
        source.write_text(code)
        subprocess.run(
            [os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra",
             "-Werror", f"-I{ROOT / 'include'}", "-o", "example", source.name,
             build / "libphoenix.a", *LIBRARIES], cwd=folder, check=True)
        return subprocess.run(["./example"], cwd=folder,
                              capture_output=True, text=True).stdout


def check(build, page):
    """What does not hold of a page, and how much was looked at."""
    text = page.read_text()
    wrong = [f"links to {target}, which does not exist"
             for target in re.findall(r"\]\(([^)#:]+)\)", text)
             if not (page.parent / target).exists()]
    examples = re.findall(r"```c\n(.*?)```", text, re.S)
    for code in examples:
        try:
            output = run_example(build, code)
        except subprocess.CalledProcessError as error:
            output = f"{error} {error.stderr or ''}"
        if output not in PRINTED and output not in text.replace(code, ""):
            wrong.append(f"the example printed {output!r}")
    return wrong, len(examples) + len(re.findall(r"\]\(([^)#:]+)\)", text))


def main():
    build = Path(sys.argv[1]).resolve()
    passed, failed = 0, 0
    for page in (ROOT / "README.md", ROOT / "docs/testing.md"):
        wrong, count = check(build, page)
        for sentence in wrong:
            print(f"{page.relative_to(ROOT)}: {sentence}")
        failed += len(wrong)
        passed += count - len(wrong)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
