"""Figures of the bindings: a process that imports the library, calls it, sends
it spans, and takes a DataFrame from it."""
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "senders"))

from measure import Failed, percentile
from report import number
from toolchains import Missing, Toolchains

PACKAGES = ("pandas==3.1.1", "pyarrow==26.0.1", "opentelemetry-sdk==1.45.2",
            "opentelemetry-exporter-otlp-proto-http==1.45.2")
STARTS = 15
FRAME_SPANS = 100_000
IMPORT = ("import time; t = time.perf_counter(); import libphoenix; "
          "print(time.perf_counter() - t)")


def environment(bench):
    library = Path(bench.build).resolve() / "libphoenix.so.0"
    return {**os.environ, "LIBPHOENIX": str(library),
            "PYTHONPATH": str(ROOT / "bindings/python"), "NO_PROXY": "*"}


def run(bench, *words):
    """The JSON that a script or a statement prints, with the packages there."""
    try:
        python = Toolchains(bench.build).venv("bench", *PACKAGES) / "python"
    except Missing as why:
        raise Failed(f"the packages of the bindings: {why}")
    return said([python, *words], environment(bench))


def said(command, env):
    """The JSON that a program prints."""
    done = subprocess.run(list(map(str, command)), capture_output=True,
                          text=True, env=env)
    if done.returncode:
        raise Failed(f"{command[1]}: {done.stderr.strip()[-200:]}")
    return json.loads(done.stdout)


def imported(bench):
    """Modules compiled before, as where they are installed."""
    run(bench, "-c", IMPORT)
    took = [run(bench, "-c", IMPORT) * 1e3 for _ in range(STARTS)]
    return ([percentile(took, 0.5)], None,
            f"Python, median of {STARTS}; worst {number(max(took))}")


def called(bench):
    found = run(bench, HERE / "calls.py")
    return ([found["bare_ns"], found["store_us"]], None,
            "phx_status_name and Store.stats()")


def captured(bench):
    found = run(bench, HERE / "captures.py")
    return ([found["open_ms"], found["whole_ms"]], None, "CPU, best of 200")


def exported(bench):
    """The SDK's spans to a store in this process, and over HTTP to a server
    with a store of its own."""
    with bench.server() as server:
        server.start()
        found = run(bench, HERE / "exporters.py", server.port,
                    Path(bench.build).resolve() / "bench")
    direct, sent = found["store"], found["http"]
    return ([direct["cpu_us"], direct["us"] / sent["us"]], None,
            f"{found['spans']:,} spans of {found['attributes']} attributes, "
            f"512 a call; {number(direct['us'])} us of time; OTLP/HTTP "
            f"{number(sent['us'])}, its client's CPU {number(sent['cpu_us'])}")


def exported_by_node(bench):
    """The same of the SDK for Node, and spans read again."""
    tools = Toolchains(bench.build)
    packages = tools.folder / "bindings/node_modules"
    if not packages.exists():
        raise Failed("the packages of Node are not there: make check-bindings")
    try:
        node, senders, version = tools.node()
    except Missing as why:
        raise Failed(f"Node: {why}")
    paths = f"{packages}:{senders / 'node_modules'}"
    with bench.server() as server:
        server.start()
        found = said([node, HERE / "exporters.js", server.port,
                      Path(bench.build).resolve() / "bench"],
                     {**environment(bench), "NODE_PATH": paths})
    direct, sent = found["store"], found["http"]
    return ([direct["cpu_us"], direct["us"] / sent["us"], found["read_us"]],
            None, f"Node {version}; {number(direct['us'])} us of time; "
            f"OTLP/HTTP {number(sent['us'])}, its client's CPU "
            f"{number(sent['cpu_us'])}")


def framed(bench):
    server = bench.filled()
    found = run(bench, HERE / "notebook.py", "store", server.store, "",
                FRAME_SPANS)
    return ([found["seconds"], found["mib"]], None,
            f"{found['rows']:,} rows; CPU {number(found['cpu'])} s")
