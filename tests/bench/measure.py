"""Servers under load, and what the kernel says of them."""
import http.client
import json
import os
import platform
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from running import Server

TICK = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20
QUIET_S = 0.5         # without work: the compaction has ended
SETTLE_S = 90         # wait no longer for that
LOAD_S = 900


class Failed(Exception):
    """A figure that could not be taken, in one line."""


# --- /proc --------------------------------------------------------------------

def process_cpu_s(pid):
    """User and system time of a process and the children it waited for."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, words[11:15])) / TICK


def memory_mib(pid, name):
    """VmRSS or VmHWM."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    raise Failed(f"no {name} of process {pid}")


def machine_cpu_s():
    """Busy time of all processors since the start."""
    words = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _, _, irq, softirq, steal = map(int, words[:8])
    return (user + nice + system + irq + softirq + steal) / TICK


def folder_bytes(folder):
    """Of the store's files: the database, its log, its index of the log."""
    return sum(path.stat().st_size for path in Path(folder).glob("*.db*"))


def machine():
    """One line about where this runs."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return (f"{model}, {os.cpu_count()} cores, {memory / (1 << 30):.0f} GiB, "
            f"{platform.system()} {platform.release()}")


# --- servers ------------------------------------------------------------------

class Measured(Server):
    """A server of ours with its store on the disk of the checkout."""

    def __init__(self, build):
        top = Path(build).resolve() / "bench"
        top.mkdir(parents=True, exist_ok=True)
        super().__init__(build, folder=tempfile.mkdtemp(dir=top))
        self.own_folder = True

    def launch(self):
        """Starts it without waiting; returns when that was."""
        with open(self.folder / "log", "ab") as log:
            began = time.perf_counter()
            self.process = subprocess.Popen(
                [self.program, "serve"], env=self.environment, stdout=log,
                stderr=log, stdin=subprocess.DEVNULL)
        return began

    def first_answer(self, ask, patience=30.0):
        """Milliseconds from the launch until ask(connection) returns 200."""
        began = self.launch()
        while time.perf_counter() - began < patience:
            connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                    timeout=patience)
            try:
                if ask(connection) == 200:
                    return (time.perf_counter() - began) * 1e3
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.0005)
            finally:
                connection.close()
        raise Failed(f"no first answer: {self.log()[-200:]}")

    def cpu_s(self):
        return process_cpu_s(self.process.pid)

    def memory(self, name):
        return memory_mib(self.process.pid, name)

    def young_blocks(self):
        text = self.request("GET", "/metrics")[2].decode()
        for line in text.splitlines():
            if line.startswith("phoenix_store_young_blocks "):
                return int(line.split()[1])
        return 0

    def settle(self):
        """Waits until compaction has nothing left to do."""
        end = time.monotonic() + SETTLE_S
        while time.monotonic() < end:
            before = self.cpu_s()
            time.sleep(QUIET_S)
            if self.cpu_s() == before and self.young_blocks() == 0:
                return
        raise Failed(f"still busy {SETTLE_S} s after the load")


class Reader:
    """One kept connection; times its requests."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port,
                                                     timeout=120)
        self.size = 0         # of the last body
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP,
                                        socket.TCP_NODELAY, 1)

    def get(self, path):
        """(milliseconds, body)"""
        began = time.perf_counter()
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        body = answer.read()
        ms = (time.perf_counter() - began) * 1e3
        if answer.status != 200:
            raise Failed(f"GET {path[:80]}: {answer.status} {body[:80]!r}")
        self.size = len(body)
        return ms, body

    def page(self, path):
        """(milliseconds, rows, next cursor)"""
        ms, body = self.get(path)
        answer = json.loads(body)
        return ms, answer["data"], answer["next_cursor"]

    def close(self):
        self.connection.close()


# --- load ---------------------------------------------------------------------

def run_json(*words, timeout=LOAD_S):
    """Runs a program that prints one line of JSON."""
    run = subprocess.run([str(word) for word in words], capture_output=True,
                         timeout=timeout)
    try:
        return json.loads(run.stdout)
    except ValueError:
        raise Failed(f"{Path(words[0]).name} ended with {run.returncode}: "
                     f"{run.stderr.decode().strip()[-200:]}") from None


def run_load(build, protocol, port, **options):
    """What tests/bench/load.c prints."""
    words = [Path(build) / "load", protocol, "--port", port]
    for name, value in options.items():
        words += ["--" + name.replace("_", "-"), value]
    result = run_json(*words)
    if result["acknowledged"] != result["spans"]:
        raise Failed(f"{result['spans'] - result['acknowledged']} spans "
                     f"refused, statuses {result['statuses']}")
    return result


class Others:
    """How many processors others kept busy since; the server, this process
    and the loads it waited for are no others."""

    def __init__(self, server):
        self.server, self.began = server, time.monotonic()
        self.busy, self.ours = machine_cpu_s(), self.our_cpu_s()

    def our_cpu_s(self):
        return self.server.cpu_s() + sum(os.times()[:4])

    def cores(self):
        busy = machine_cpu_s() - self.busy - (self.our_cpu_s() - self.ours)
        return max(0.0, busy / (time.monotonic() - self.began))


# --- arithmetic ---------------------------------------------------------------

def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def loopback_ms(size, rounds):
    """What it takes to be sent so many bytes over a local socket, each time
    after a request of one byte."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        child = os.fork()
        if child == 0:
            send_rounds(listener, size)
        times = []
        with socket.create_connection(listener.getsockname()) as client:
            room = bytearray(max(size, 1))
            for _ in range(rounds):
                began = time.perf_counter()
                client.sendall(b"?")
                left = memoryview(room)
                while left:
                    left = left[client.recv_into(left):]
                times.append((time.perf_counter() - began) * 1e3)
        os.waitpid(child, 0)
    return times


def send_rounds(listener, size):
    try:
        peer, _ = listener.accept()
        data = bytes(max(size, 1))
        while peer.recv(1):
            peer.sendall(data)
    finally:
        os._exit(0)


def stripped_bytes(path):
    """Size of a program without its symbols."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "stripped"
        if shutil.which("strip") is None:
            raise Failed("no strip here")
        subprocess.run(["strip", "-o", out, Path(path).resolve()], check=True)
        return out.stat().st_size
