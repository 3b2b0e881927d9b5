#!/usr/bin/env python3
"""The command line: what each command prints, leaves behind and ends with."""
import csv
import gzip
import io
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
from cases import equal, true
from running import Server

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
AGENTS = sorted((GOLDEN / "openai-agents").glob("*.pb"))
DONE, FAILED, MISUSED = 0, 1, 2


def one_line(run, what):
    """The command failed with one line of reason."""
    lines = run.stderr.decode().strip().splitlines()
    true(run.returncode not in (0, -11, -6),
         f"{what}: status {run.returncode}")
    true(len(lines) == 1, f"{what}: {len(lines)} lines: {run.stderr!r:.300}")
    return lines[0]


def refuses_to_serve(build, environment, part):
    server = Server(build, environment)
    try:
        run = subprocess.run([server.program, "serve"], timeout=10,
                             env=server.environment, capture_output=True)
        line = one_line(run, str(environment))
        true(part.lower() in line.lower(), f"'{line}' does not say '{part}'")
    finally:
        server.__exit__()


def test_help_and_version_go_to_standard_output(build):
    server = Server(build)
    for words in (["--help"], ["serve", "--help"], ["--version"]):
        run = server.run(*words)
        equal(run.returncode, DONE, words)
        true(run.stdout and not run.stderr, f"{words}: {run}")
    server.__exit__()


def test_help_names_every_flag_of_the_docs(build):
    page = GOLDEN.parents[1] / "docs" / "configuration.md"
    server = Server(build)
    told = server.run("--help").stdout.decode()
    flags = set(re.findall(r"--[a-z][a-z-]+", page.read_text()))
    true(len(flags) > 15, f"few flags in the page: {flags}")
    equal([flag for flag in sorted(flags) if flag not in told], [], "--help")
    server.__exit__()


def test_misuse_is_status_2(build):
    server = Server(build)
    for words in ([], ["dance"], ["verify", "--wrong"], ["backup"],
                  ["import"], ["export", "--format", "xml"]):
        run = server.run(*words)
        equal(run.returncode, MISUSED, words)
        true(run.stderr, f"{words} says nothing")
    server.__exit__()


def test_an_unknown_command_is_named(build):
    server = Server(build)
    true("'dance'" in one_line(server.run("dance"), "dance"), "no name")
    server.__exit__()


def test_a_malformed_setting_is_misuse_for_every_command(build):
    server = Server(build, {"PHOENIX_PORT": "http"})
    for words in (["verify"], ["stats"], ["export"], ["backup", "copy.db"],
                  ["import", str(AGENTS[0])]):
        run = server.run(*words)
        equal(run.returncode, MISUSED, words)
        true("PHOENIX_PORT" in one_line(run, words), run.stderr)
    server.__exit__()


def test_import_makes_the_folder_of_the_store(build):
    server = Server(build, {"PHOENIX_SQL_DATABASE_URL": ""})
    folder = server.folder / "new" / "one"
    run = server.run("import", "--working-dir", str(folder), str(AGENTS[0]))
    equal(run.returncode, DONE, run.stderr)
    true((folder / "phoenix.db").exists(), "no store")
    server.__exit__()


def test_a_malformed_value_stops_the_start_with_one_line(build):
    for name, value in (("PORT", "http"), ("PORT", "70000"),
                        ("GRPC_PORT", "-1"), ("HOST", "no such host!"),
                        ("MAX_SPANS_QUEUE_SIZE", "many"),
                        ("LOGGING_MODE", "loud"),
                        ("SQL_DATABASE_URL", "mysql://x/y")):
        refuses_to_serve(build, {f"PHOENIX_{name}": value}, name)


def test_every_address_of_a_host_is_listened_on(build):
    """One or more of them: what this machine says localhost is."""
    addresses = {found[4][0] for found in
                 socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)}
    with Server(build, {"PHOENIX_HOST": "localhost"}) as server:
        for address in addresses:
            for port in server.port, server.grpc_port:
                socket.create_connection((address, port), 5).close()


def test_what_promises_protection_is_refused(build):
    for name, value in (("ENABLE_AUTH", "true"), ("SECRET", "x" * 40),
                        ("TLS_ENABLED", "true"),
                        ("SQL_DATABASE_URL", "postgresql://x/y")):
        refuses_to_serve(build, {f"PHOENIX_{name}": value}, "")


def test_other_names_without_effect_are_warned_of(build):
    with Server(build, {"PHOENIX_ROOT_URL": "http://x"}) as server:
        true("ROOT_URL" in server.log(), f"no warning: {server.log()}")


def test_a_second_server_on_a_store_is_told_who_has_it(build):
    with Server(build) as server:
        second = Server(build, {"PHOENIX_SQL_DATABASE_URL": server.url})
        run = subprocess.run([second.program, "serve"], timeout=20,
                             env=second.environment, capture_output=True)
        true(run.returncode != 0, "it started")
        true(str(server.process.pid) in run.stderr.decode(),
             f"no process id in {run.stderr!r}")
        second.__exit__()


def test_a_file_that_is_no_store_is_left_alone(build):
    server = Server(build)
    junk = b"this is not a database, but a diary " * 300
    server.store.write_bytes(junk)
    for words in (["serve"], ["verify"], ["stats"], ["import",
                                                     str(AGENTS[0])]):
        run = server.run(*words)
        equal(run.returncode, FAILED, words)
        equal(server.store.read_bytes(), junk, "the file")
    server.__exit__()


def test_import_export_and_back_keep_every_span(build):
    first, second = Server(build), Server(build)
    run = first.run("import", *map(str, AGENTS))
    equal(run.returncode, DONE, run.stderr)
    for words, name in ((["--format", "protobuf"], "all.pb"),
                        (["--format", "json"], "all.json")):
        out = first.folder / name
        run = first.run("export", *words, "-o", str(out))
        equal(run.returncode, DONE, run.stderr)
        true(out.stat().st_size > 1000, f"{name} is small")
    packed = first.folder / "packed.pb.gz"
    packed.write_bytes(gzip.compress((first.folder / "all.pb").read_bytes()))
    run = second.run("import", str(packed))
    equal(run.returncode, DONE, run.stderr)
    for server in (first, second):
        run = server.run("stats", "--json")
        equal(run.returncode, DONE, run.stderr)
        equal(json.loads(run.stdout)["spans"], 33, "spans")
    first.start()
    second.start()
    for server in (first, second):
        rows = server.get_json("/v1/projects/openai-agents/spans?limit=1000")
        server.rows = {row["context"]["span_id"]: {**row, "id": 0}
                       for row in rows["data"]}
    equal(first.rows, second.rows, "spans")
    first.__exit__()
    second.__exit__()


def test_export_writes_columns(build):
    server = Server(build)
    equal(server.run("import", *map(str, AGENTS)).returncode, DONE, "import")
    wanted = {"arrow": b"\xff\xff\xff\xff", "parquet": b"PAR1",
              "jsonl": b'{"span_id":', "csv": b"span_id,trace_id,"}
    written = {}
    for name, begin in wanted.items():
        run = server.run("export", "--format", name)
        equal(run.returncode, DONE, run.stderr)
        true(run.stdout.startswith(begin), f"{name}: {run.stdout[:20]!r}")
        written[name] = run.stdout
    rows = [json.loads(line) for line in written["jsonl"].splitlines()]
    table = list(csv.DictReader(io.StringIO(written["csv"].decode(),
                                            newline="")))
    equal(len(rows), 33, "rows")
    equal([row["span_id"] for row in table],
          [row["span_id"] for row in rows], "ids")
    equal([json.loads(row["attributes"]) for row in table],
          [row["attributes"] for row in rows], "attributes")
    server.__exit__()


def test_export_takes_a_condition(build):
    server = Server(build)
    equal(server.run("import", *map(str, AGENTS)).returncode, DONE, "import")
    run = server.run("export", "--format", "jsonl", "--filter",
                     "span_kind == 'LLM'")
    equal(run.returncode, DONE, run.stderr)
    kinds = [json.loads(line)["span_kind"] for line in run.stdout.splitlines()]
    true(kinds, "no rows")
    equal(set(kinds), {"LLM"})
    run = server.run("export", "--filter", "span_kind ==")
    equal(run.returncode, FAILED)
    true(run.stderr.startswith(b"phoenix-server: cannot export: "), run.stderr)
    server.__exit__()


def test_lint_says_what_breaks_the_conventions(build):
    server = Server(build)
    run = server.run("lint", *map(str, AGENTS))
    equal(run.returncode, DONE, "warnings")
    line, = run.stdout.decode().splitlines()
    true("warning: attribute-required: span 33de14cafefeb723" in line, line)
    equal(run.stderr.decode().split(":")[1], " 0 errors, 1 warnings, 0 notes\n",
          "the sum")
    bad = server.folder / "bad.json"
    bad.write_text(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [
        {"traceId": "01", "spanId": "a1", "name": "n", "parentSpanId": "a2",
         "startTimeUnixNano": "2", "endTimeUnixNano": "1"},
        {"traceId": "01", "spanId": "a2", "name": "n"}]}]}]}))
    run = server.run("lint", "--format", "json", str(bad))
    equal(run.returncode, FAILED, "an error")
    found = [json.loads(line) for line in run.stdout.splitlines()]
    equal([(row["rule"], row["severity"], row["span_id"]) for row in found],
          [("kind-missing", "warning", "a1"), ("time-order", "error", "a1"),
           ("kind-missing", "warning", "a2"), ("time-missing", "error", "a2"),
           ("time-missing", "error", "a2")], "findings")
    equal(found[0]["path"], "openinference.span.kind", "path")
    equal(found[1]["path"], None, "no path")
    equal(server.run("lint").returncode, MISUSED, "no file")
    equal(server.run("lint", "--format", "xml", str(bad)).returncode, MISUSED,
          "format")
    run = server.run("lint", str(server.folder / "absent.pb"))
    equal(run.returncode, FAILED, "absent")
    true("absent.pb" in one_line(run, "absent"), "the file is not named")
    server.__exit__()


def test_import_of_what_is_not_otlp_fails_and_names_the_file(build):
    server = Server(build)
    bad = server.folder / "bad.pb"
    bad.write_bytes(b"\xff" * 100)
    run = server.run("import", str(bad), str(server.folder / "absent.pb"))
    equal(run.returncode, FAILED, "status")
    true(b"bad.pb" in run.stderr, f"no name in {run.stderr!r}")
    server.__exit__()


def test_backup_of_a_store_in_use_is_a_store(build):
    with Server(build) as server:
        for path in AGENTS:
            server.request("POST", "/v1/traces", path.read_bytes(),
                           {"Content-Type": "application/x-protobuf"})
        copy = server.folder / "copy.db"
        run = server.run("backup", str(copy))
        equal(run.returncode, DONE, run.stderr)
        true(server.run("backup", str(copy)).returncode == FAILED,
             "an existing file was overwritten")
        environment = {**server.environment,
                       "PHOENIX_SQL_DATABASE_URL": f"sqlite:///{copy}"}
        for words in (["verify"], ["stats", "--json"]):
            run = subprocess.run([server.program, *words], env=environment,
                                 capture_output=True)
            equal(run.returncode, DONE, run.stderr)
        equal(json.loads(run.stdout)["spans"], 33, "spans")


def test_an_archive_goes_from_store_to_store(build):
    """Written beside a server that serves it."""
    with Server(build) as server, Server(build) as other:
        for path in AGENTS:
            server.request("POST", "/v1/traces", path.read_bytes(),
                           {"Content-Type": "application/x-protobuf"})
        whole, some = server.folder / "all.phx", server.folder / "some.phx"
        run = server.run("export", "--archive", str(whole))
        equal(run.returncode, DONE, run.stderr)
        equal(server.run("export", "--archive", str(whole)).returncode, FAILED,
              "an existing file was overwritten")
        run = server.run("export", "--archive", str(some), "--filter",
                         "span_kind == 'LLM'")
        equal(run.returncode, DONE, run.stderr)
        equal(server.run("export", "--archive", "x", "-o", "y").returncode,
              MISUSED, "two files")
        other.stop()
        for path in (some, whole, whole):
            run = other.run("import", str(path))
            equal(run.returncode, DONE, run.stderr)
        true(b"spans: 0 stored, 33 known already" in run.stdout, run.stdout)
        true(b"keep their projects" in other.run(
            "import", "--project", "p", str(whole)).stderr, "a project")
        left, right = (each.run("export", "--format", "jsonl").stdout
                       for each in (server, other))
        equal(sorted(left.splitlines()), sorted(right.splitlines()), "spans")


def test_verify_notices_a_flipped_byte(build):
    server = Server(build)
    equal(server.run("import", *map(str, AGENTS)).returncode, DONE, "import")
    equal(server.run("verify").returncode, DONE, "verify of a good store")
    good = server.store.read_bytes()
    # Bytes of free room in a page belong to nobody; they are mostly zero.
    places = [at for at in range(4096, len(good)) if good[at]]
    missed = []
    places = places[::len(places) // 60]
    for at in places:
        bad = bytearray(good)
        bad[at] ^= 0x10
        server.store.write_bytes(bytes(bad))
        run = server.run("verify")
        true(run.returncode in (DONE, FAILED), f"status {run.returncode}")
        if run.returncode == DONE:
            missed.append(f"page {at // 4096 + 1} byte {at % 4096}")
    true(len(missed) * 20 <= len(places),
         f"{len(missed)} of {len(places)} were missed: {missed[:5]}")
    server.__exit__()


def test_a_term_signal_ends_the_server_well(build):
    server = Server(build, {"PHOENIX_LOGGING_MODE": "structured"})
    server.start()
    equal(server.stop(), 0, "status")
    for line in server.log().splitlines():
        json.loads(line)
    server.__exit__()


if __name__ == "__main__":
    os.environ.pop("PHOENIX_PORT", None)
    cases.main(globals())
