"""Builds the wheel, as PEP 517 has it: `make` makes the library with all that
it needs inside, and a zip archive is written around it. Needs what `make`
needs, and no Python package.

    pip install ./bindings/python       BUILD of make: $PHOENIX_BUILD or build
"""
import base64
import hashlib
import os
import platform
import re
import subprocess
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Linked into the library, and so given on; their licences go along.
INSIDE = ("libsqlite3-dev", "libzstd-dev", "libpcre2-dev", "libsodium-dev",
          "libxxhash-dev")
EXTRAS = {"arrow": ["pyarrow"], "pandas": ["pandas", "pyarrow"],
          "polars": ["polars"], "otel": ["opentelemetry-sdk"],
          "pytest": ["pytest>=7"]}
ENTRY_POINTS = """[pytest11]
libphoenix = libphoenix.pytest_plugin
"""


def version():
    text = (ROOT / "Makefile").read_text()
    return re.search(r"^VERSION := (\S+)", text, re.M).group(1)


def tag():
    """By the C library here: an older one may lack what the linker chose."""
    kind, libc = platform.libc_ver()
    machine = platform.machine()
    if kind != "glibc":
        return f"py3-none-linux_{machine}"
    return f"py3-none-manylinux_{libc.replace('.', '_')}_{machine}"


def make_library():
    build = Path(os.environ.get("PHOENIX_BUILD", ROOT / "build")).resolve()
    library = build / "carried/libphoenix.so.0"
    # A make that this one runs below has nothing to say to it.
    apart = {name: value for name, value in os.environ.items()
             if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    subprocess.run(["make", "-s", f"BUILD={build}", "carried"], cwd=ROOT,
                   env=apart, check=True)
    return library


def licences():
    """(name, text) of what is in the wheel."""
    yield "LICENSE", (ROOT / "LICENSE").read_bytes()
    for package in INSIDE:
        path = Path("/usr/share/doc") / package / "copyright"
        if path.exists():
            yield f"{package.removesuffix('-dev')}.txt", path.read_bytes()
        else:
            print(f"{path} is not here: the wheel lacks that licence")


def metadata():
    lines = ["Metadata-Version: 2.4", "Name: libphoenix",
             f"Version: {version()}",
             "Summary: Takes in, keeps and gives back the traces of LLM "
             "programs", "Requires-Python: >=3.9",
             "License-Expression: Apache-2.0 AND blessing AND BSD-3-Clause "
             "AND BSD-2-Clause"]
    lines += [f"License-File: {name}" for name, _ in licences()]
    for extra, packages in EXTRAS.items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {package}; extra == "{extra}"'
                  for package in packages]
    return "\n".join(lines) + "\n"


def contents():
    """(path in the wheel, bytes, whether it is the library)."""
    info = f"libphoenix-{version()}.dist-info"
    for path in sorted((HERE / "libphoenix").glob("*")):
        if path.suffix == ".py" or path.name == "py.typed":
            yield f"libphoenix/{path.name}", path.read_bytes(), False
    yield "libphoenix/libphoenix.so.0", make_library().read_bytes(), True
    for name, text in licences():
        yield f"{info}/licenses/{name}", text, False
    yield f"{info}/METADATA", metadata().encode(), False
    yield f"{info}/entry_points.txt", ENTRY_POINTS.encode(), False
    yield f"{info}/WHEEL", (
        "Wheel-Version: 1.0\nGenerator: libphoenix\n"
        f"Root-Is-Purelib: false\nTag: {tag()}\n").encode(), False


def add(archive, path, data, is_library=False):
    """The same bytes give the same archive, whenever it is made."""
    entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
    entry.external_attr = (0o100755 if is_library else 0o100644) << 16
    archive.writestr(entry, data, zipfile.ZIP_DEFLATED)


def build_wheel(wheel_directory, config_settings=None,
                metadata_directory=None):
    name = f"libphoenix-{version()}-{tag()}.whl"
    record = f"libphoenix-{version()}.dist-info/RECORD"
    lines = []
    with zipfile.ZipFile(Path(wheel_directory) / name, "w") as archive:
        for path, data, is_library in contents():
            add(archive, path, data, is_library)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
            lines.append(f"{path},sha256={digest.rstrip(b'=').decode()},"
                         f"{len(data)}\n")
        add(archive, record, "".join([*lines, f"{record},,\n"]).encode())
    return name


def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError("the package is built in a checkout only")
