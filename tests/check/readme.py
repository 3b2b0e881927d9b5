#!/usr/bin/env python3
"""The README keeps its word.

    readme.py BUILD    compiles its C example against BUILD/libphoenix.a and
                       runs it; every file it links to must exist
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ["-lsqlite3", "-lzstd", "-lpcre2-8", "-lm", "-pthread"]


def run_example(build, code):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "example.c"
        source.write_text(code)
        subprocess.run(
            [os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra",
             "-Werror", f"-I{ROOT / 'include'}", "-o", "example", source,
             build / "libphoenix.a", *LIBRARIES], cwd=folder, check=True)
        return subprocess.run(["./example"], cwd=folder, check=True,
                              capture_output=True, text=True).stdout


def main():
    build = Path(sys.argv[1]).resolve()
    text = (ROOT / "README.md").read_text()
    passed, failed = 0, 0
    for page in re.findall(r"\]\(([^)#:]+)\)", text):
        if (ROOT / page).exists():
            passed += 1
        else:
            failed += 1
            print(f"README.md links to {page}, which does not exist")
    for code in re.findall(r"```c\n(.*?)```", text, re.S):
        try:
            output = run_example(build, code)
        except subprocess.CalledProcessError as error:
            output = f"{error} {error.stderr or ''}"
        if output == "1 span is on disk\n":
            passed += 1
        else:
            failed += 1
            print(f"README.md: the example printed {output!r}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
