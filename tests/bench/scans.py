"""Figures of what looks at all spans: SQL, roll-ups, exports, dataframes."""
import json
import os
import subprocess
import time
from pathlib import Path

from measure import Failed, Others, percentile, run_json
from report import number, numbers

# --- SQL ------------------------------------------------------------------------

TENANT = "span_attributes('metadata.tenant')"
GROUPED = (
    "SELECT span_kind, count(*), sum(prompt_tokens) FROM spans GROUP BY 1",
    "SELECT value, count(*) FROM span_attributes('llm.model_name') GROUP BY 1",
    "SELECT attr(ref, 'llm', 'model_name'), count(*) FROM spans GROUP BY 1",
)


def asked(bench, sql, times):
    """Medians, in ms: of the time and of the CPU. A process of its own asks,
    which reads the file while the server has it."""
    result = run_json(Path(bench.build) / "ask", bench.filled().store, times,
                      sql)
    return percentile(result["ms"], 0.5), percentile(result["cpu_ms"], 0.5)


def asked_all(bench, statements, times):
    """Times, and a note of the CPU."""
    others = Others(bench.filled())
    both = [asked(bench, sql, times) for sql in statements]
    return ([ms for ms, _ in both],
            f"{bench.stored:,} stored; CPU "
            f"{numbers([cpu for _, cpu in both])} ms; others used "
            f"{others.cores():.1f} cores")


def grouped(bench):
    values, note = asked_all(bench, GROUPED, 3)
    return [ms / 1e3 for ms in values], None, note


def rare(bench):
    """The tenant of the fewest spans; then SQLite alone tests each value."""
    found = bench.filled().run(
        "sql", "--format", "csv", f"SELECT value, count(*) FROM {TENANT}"
        " GROUP BY 1 ORDER BY 2, 1 LIMIT 1").stdout.decode().split()[1]
    tenant, spans = found.split(",")
    values, note = asked_all(bench, [
        f"SELECT id FROM {TENANT} WHERE {column} = '{tenant}'"
        for column in ("value", "+value")], 11)
    return values, None, f"{spans} spans of {note}"


def scanned(bench):
    """A value that one span of twenty has, so that all columns are read."""
    bench.filled()
    spans = bench.stored
    ms, cpu = asked(bench, "SELECT count(*) FROM spans WHERE attr_is(ref,"
                    " attr_test('m3', 'llm', 'model_name'))", 11)
    return ([spans / cpu * 1e3], None,
            f"of CPU; {number(spans / ms / 1e3)} M/s of time")


def rolled_up(bench):
    bench.filled()
    spans = bench.stored
    ms, cpu = asked(bench, ".rollup", 7)
    return ([spans / cpu * 1e3], None,
            f"{spans:,} stored; {number(spans / ms / 1e3)} M/s of time")


# --- whole stores out ---------------------------------------------------------

EXPORTS = ("arrow", "jsonl", "parquet")
FRAME_SPANS = 50_000


def export_one(server, kind):
    """Spans/s of CPU and of time, and MiB at the most, of the command."""
    began = time.monotonic()
    child = subprocess.Popen(
        [server.program, "export", "--format", kind], env=server.environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = status
    if status != 0:
        raise Failed(f"export of {kind} ended with {status}")
    return (used.ru_utime + used.ru_stime, time.monotonic() - began,
            used.ru_maxrss / 1024)


def exported(bench):
    """All spans with their attributes."""
    server = bench.filled()
    found = [export_one(server, kind) for kind in EXPORTS]
    bench.export_peaks = [peak for _, _, peak in found]
    return ([bench.stored / cpu for cpu, _, _ in found], None,
            f"of CPU; {bench.stored:,} stored; it took "
            f"{numbers([took for _, took, _ in found])} s")


def export_peak(bench):
    if not bench.export_peaks:
        exported(bench)
    return bench.export_peaks, None, None


def framed(bench):
    """Whole spans as POST /v1/spans answers get_spans_dataframe, with a server
    that has answered nothing yet: in Arrow, then as the JSON of pandas."""
    server = bench.filled()
    server.stop()
    server.start()
    before, cpu, took = server.memory("VmRSS"), [], []
    for accept in ("*/*", "application/json"):
        used, began = server.cpu_s(), time.monotonic()
        status, _, body = server.request(
            "POST", "/v1/spans?project_name=bench-0",
            json.dumps({"queries": [{}], "limit": FRAME_SPANS}).encode(),
            {"Content-Type": "application/json", "Accept": accept})
        if status != 200:
            raise Failed(f"POST /v1/spans is answered with {status}")
        cpu.append(server.cpu_s() - used)
        took.append(time.monotonic() - began)
    return ([*cpu, server.memory("VmHWM") - before], None,
            f"took {numbers(took)} s; {len(body) / 1e6:.0f} MB of JSON")
