#!/usr/bin/env python3
"""SQL: the command, and the extension in the sqlite3 shell and in Python.

Every example of docs/sql.md runs in all three, which must agree.
"""
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
import otlp
from cases import equal, true
from running import Server

ROOT = Path(__file__).resolve().parents[2]
RECORDED = sorted(ROOT.glob("tests/golden/*/*.pb"))
PAGE = (ROOT / "docs/sql.md").read_text()
DONE, FAILED, MISUSED = 0, 1, 2
ENDLESS = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
           " SELECT count(*) FROM n")
NOBODY = 65534

# Runs statements, one a line, on a store; a line of JSON for each: its rows,
# or the error.
PYTHON = """
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1], uri=True)
db.enable_load_extension(True)
db.load_extension(sys.argv[2])
for line in sys.stdin:
    try:
        rows = db.execute(line)
        names = [column[0] for column in rows.description]
        print(json.dumps([dict(zip(names, row)) for row in rows]))
    except sqlite3.Error as error:
        print(json.dumps(str(error)))
    sys.stdout.flush()
db.close()
"""


def loading_python():
    """An interpreter whose sqlite3 loads extensions; not every build's does."""
    for program in (sys.executable, "/usr/bin/python3"):
        run = subprocess.run([program, "-c", "import sqlite3; sqlite3.connect("
                              "':memory:').enable_load_extension(True)"],
                             capture_output=True)
        if run.returncode == 0:
            return program
    raise RuntimeError("no Python here has a sqlite3 that loads extensions")


def extension(build):
    return str(Path(build).resolve() / "libphoenix_sqlite")


def beside(build, **names):
    """The environment of programs that load the extension: a sanitizer it was
    built with has to be there first, and their own leaks are theirs."""
    linked = subprocess.run(["ldd", extension(build) + ".so"], check=True,
                            capture_output=True, text=True).stdout
    runtimes = re.findall(r"(/\S*lib(?:asan|tsan)\S*)", linked)
    if runtimes:
        names["LD_PRELOAD"] = " ".join(runtimes)
        names["ASAN_OPTIONS"] = "detect_leaks=0"
    return {**os.environ, **names}


def read_only(server):
    return f"file:{server.store}?mode=ro"


def filled(build):
    server = Server(build)
    run = server.run("import", *map(str, RECORDED))
    equal(run.returncode, DONE, run.stderr)
    return server


def by_command(server, sql):
    run = server.run("sql", "--format", "json", sql)
    equal(run.returncode, DONE, run.stderr)
    return json.loads(run.stdout)


def in_shell(build, database, *lines):
    return subprocess.run(
        ["sqlite3", "-batch", "-json", database], timeout=60,
        env=beside(build),
        input="\n".join([f".load {extension(build)}", *lines]),
        capture_output=True, text=True)


def by_shell(build, server, sql):
    run = in_shell(build, read_only(server), sql)
    equal((run.returncode, run.stderr), (0, ""), sql)
    return json.loads(run.stdout or "[]")


def by_python(build, database, *statements):
    run = subprocess.run([loading_python(), "-c", PYTHON, database,
                          extension(build)], timeout=60, text=True,
                         env=beside(build),
                         input="".join(" ".join(sql.split()) + "\n"
                                       for sql in statements),
                         capture_output=True)
    equal((run.returncode, run.stderr), (0, ""), statements)
    return [json.loads(line) for line in run.stdout.splitlines()]


def near(rows):
    """The shell prints fifteen digits of a real."""
    return [{name: float(f"{value:.13g}") if isinstance(value, float)
             else value for name, value in row.items()} for row in rows]


def test_every_example_of_the_page_agrees_in_all_ways(build):
    examples = re.findall(r"```sql\n(.*?)```", PAGE, re.S)
    true(len(examples) >= 8, f"{len(examples)} examples")
    server = filled(build)
    before = hashlib.sha256(server.store.read_bytes()).digest()
    found = by_python(build, read_only(server), *examples)
    for sql, rows in zip(examples, found, strict=True):
        true(rows and isinstance(rows, list), f"{sql}: {rows}")
        equal(near(by_command(server, sql)), near(rows), sql)
        equal(near(by_shell(build, server, sql)), near(rows), sql)
    after = hashlib.sha256(server.store.read_bytes()).digest()
    equal(after, before, "the file")
    server.__exit__()


def test_costs_alone_have_a_snapshot_on_any_connection(build):
    server = filled(build)
    found = by_python(build, read_only(server),
                      "SELECT count(*) AS n FROM span_cost(NULL)",
                      "SELECT count(*) AS n FROM span_cost(1)",
                      "SELECT c.n FROM (SELECT count(*) AS n FROM "
                      "span_cost((SELECT ref FROM spans LIMIT 1))) AS c")
    equal(found[0], [{"n": 0}])
    true(isinstance(found[1], str), "there is no such row")
    true(isinstance(found[2], list), found[2])
    server.__exit__()


def test_every_column_of_the_page_is_there(build):
    server = filled(build)
    hidden = {"start_ns", "end_ns", "ref", "costs"}
    wanted = {}
    for name, text in re.findall(r"^\*\*(\w+)\*\*: (.*?)\n\n", PAGE,
                                 re.M | re.S):
        text = re.sub(r"\(.*?\)", "", text, flags=re.S).split(".")[0]
        wanted[name] = [column.strip()
                        for column in text.split(":")[-1].split(",")]
    equal(sorted(wanted), ["annotations", "costs", "events", "projects",
                           "sessions", "spans", "traces"], "tables")
    part = PAGE[PAGE.index("**spans**"):PAGE.index("**span_attributes")]
    wanted["spans"] = [name.strip() for names in
                       re.findall(r"^\| ([a-z_, ]+) \|", part, re.M)[1:]
                       for name in names.split(",") if name.strip()]
    for name, columns in wanted.items():
        shown = [c for c in columns if c not in hidden]
        rows = by_command(server, f"SELECT * FROM {name} LIMIT 1")
        true(all(name in columns for name in shown), shown)
        for row in rows:
            equal(sorted(row), sorted(shown), name)
        by_command(server, f"SELECT {', '.join(columns)} FROM {name} LIMIT 1")
    server.__exit__()


def test_the_program_of_the_page_runs(build):
    server = filled(build)
    code = re.search(r"```python\n(.*?)```", PAGE, re.S).group(1)
    run = subprocess.run([loading_python(), "-c", code], timeout=20,
                         cwd=server.folder, capture_output=True, text=True,
                         env=beside(build, LD_LIBRARY_PATH=str(
                             Path(build).resolve())))
    equal(run.returncode, 0, run.stderr)
    equal(len(run.stdout.splitlines()), 2, run.stdout)
    server.__exit__()


def test_the_extension_keeps_rows_behind_sorts_and_copies(build):
    """attr() of a row whose block may be closed, two cursors, no cursor."""
    statements = [
        "SELECT attr(ref, 'llm', 'model_name') AS m FROM"
        " (SELECT ref FROM spans ORDER BY name, id DESC LIMIT 20)",
        "WITH x AS MATERIALIZED (SELECT ref, id FROM spans)"
        " SELECT attr(ref, 'llm', 'model_name') AS m FROM x ORDER BY id",
        "SELECT p.name, (SELECT attr(ref, 'input', 'mime_type') FROM spans s"
        " WHERE s.project = p.name ORDER BY id DESC LIMIT 1) AS m"
        " FROM projects p ORDER BY p.id",
        "SELECT span_kind, max(attr(ref, 'llm', 'token_count', 'prompt')) AS m"
        " FROM spans GROUP BY span_kind ORDER BY span_kind",
        "SELECT count(*) AS n FROM spans a JOIN spans b"
        " ON b.trace_id = a.trace_id AND attr(a.ref, 'llm') IS NOT NULL"
        " AND attr(b.ref, 'llm') IS NULL",
        "SELECT attr(ref, 'llm', 'model_name') AS m FROM spans UNION"
        " SELECT attr(ref, 'input', 'mime_type') FROM spans ORDER BY 1",
        "SELECT hex(attr_test(1, 'x')) AS t, attr(NULL, 'x') AS n",
    ]
    server = filled(build)
    found = by_python(build, read_only(server), *statements)
    for sql, rows in zip(statements, found, strict=True):
        equal(rows, by_command(server, sql), sql)
        true(rows, sql)
    message, = by_python(build, read_only(server), "SELECT attr(1 << 40, 'x')")
    true("ref" in message, message)
    server.__exit__()


def test_the_extension_says_what_is_no_store(build):
    server = Server(build)
    for database in (":memory:", f"file:{server.folder}/other.db"):
        message, again = by_python(build, database, "SELECT * FROM spans",
                                   "SELECT 1 AS one")
        true("store" in message, message)
        equal(again, [{"one": 1}], database)
    run = in_shell(build, f"{server.folder}/other.db", "CREATE TABLE t (x);",
                   "SELECT * FROM spans;")
    true("no store of libphoenix" in run.stderr, run.stderr)
    server.__exit__()


def test_a_store_is_asked_while_it_is_served(build):
    """What has come is there, what is deleted is not."""
    question = "SELECT count(*) AS n FROM spans WHERE name = 'step'"
    with Server(build) as server:
        shell = subprocess.Popen(
            [loading_python(), "-c", PYTHON, read_only(server),
             extension(build)], stdin=subprocess.PIPE, text=True,
            stdout=subprocess.PIPE, env=beside(build))
        for count in range(1, 40):
            body = otlp.request([otlp.span(count.to_bytes(16, "big"),
                                           count.to_bytes(8, "big"))])
            status = server.request("POST", "/v1/traces", body, {
                "Content-Type": "application/x-protobuf"})[0]
            equal(status, 200, count)
            shell.stdin.write(question + "\n")
            shell.stdin.flush()
            equal(json.loads(shell.stdout.readline()), [{"n": count}], "shell")
            if count % 13 == 0:
                equal(by_command(server, question), [{"n": count}], "command")
        for count in (13, 26, 39):
            trace = f"{count:032x}"
            status = server.request("DELETE", f"/v1/traces/{trace}")[0]
            equal(status, 204, trace)
            shell.stdin.write("SELECT count(*) AS n FROM spans"
                              f" WHERE trace_id = '{trace}' OR name = ''\n")
            shell.stdin.flush()
            equal(json.loads(shell.stdout.readline()), [{"n": 0}], trace)
        equal(by_command(server, question), [{"n": 36}], "command")
        shell.stdin.close()
        equal(shell.wait(10), 0, "shell")


def test_formats_show_every_value(build):
    server = filled(build)
    sql = ("SELECT 1 AS i, -0.5 AS r, 9e999 AS inf, NULL AS n, '' AS e,"
           " 'a,\"b' || char(10) || char(27) || 'c' AS t, x'00ff' AS b,"
           " 'é' AS u")
    table = server.run("sql", sql).stdout.decode().splitlines()
    equal(len(table), 3, table)
    true("\\n\\x1bc" in table[2] and "<2 bytes>" in table[2] and
         "Infinity" in table[2], table[2])
    equal(by_command(server, sql),
          [{"i": 1, "r": -0.5, "inf": None, "n": None, "e": "",
            "t": 'a,"b\n\x1bc', "b": "AP8=", "u": "é"}], "json")
    run = server.run("sql", "--format=csv", sql).stdout.decode()
    equal(list(csv.reader(io.StringIO(run, newline=""))),
          [["i", "r", "inf", "n", "e", "t", "b", "u"],
           ["1", "-0.5", "Infinity", "", "", 'a,"b\n\x1bc', "00ff", "é"]],
          "csv")
    true(',,"",' in run, run)
    for form, empty in (("table", "x\n-\n"), ("json", "[]\n"),
                        ("csv", "x\r\n")):
        equal(server.run("sql", "--format", form,
                         "SELECT 1 AS x WHERE 0").stdout.decode(), empty, form)
    server.__exit__()


def test_an_error_is_marked_in_its_line(build):
    server = filled(build)
    run = server.run("sql", "SELECT id\nFROM spans WHERE\té = nmae;")
    equal(run.returncode, FAILED, run.stderr)
    lines = run.stderr.decode().splitlines()
    equal(lines[1:], ["  FROM spans WHERE\té = nmae;",
                      "                  \t^"], "the mark")
    run = server.run("sql", "SELECT " + "1 + " * 500 + "nmae")
    lines = run.stderr.decode().splitlines()
    true(len(lines[1]) < 110, lines[1])
    equal(lines[1][lines[2].index("^"):], "nmae", "what is marked")
    for sql in ("DELETE FROM trace", "PRAGMA journal_mode = DELETE",
                "ATTACH 'x' AS x", "SELECT secret FROM counter", "VACUUM",
                "SELECT 1; SELECT 2", ""):
        run = server.run("sql", sql)
        equal((run.returncode, run.stdout), (FAILED, b""), sql)
    equal(server.run("verify").returncode, DONE, "verify")
    server.__exit__()


def test_bounds_hold(build):
    server = filled(build)
    began = time.monotonic()
    run = server.run("sql", "--timeout", "1", ENDLESS)
    equal(run.returncode, FAILED, run.stderr)
    true(b"1000 ms" in run.stderr, run.stderr)
    true(time.monotonic() - began < 30, "it took long")
    run = server.run("sql", "--memory", "8",
                     ENDLESS.replace("count(*)", "json_group_array(i)"))
    true(b"memory" in run.stderr, run.stderr)
    run = server.run("sql", "--limit", "3", "SELECT id FROM spans")
    equal(len(run.stdout.splitlines()), 5, run.stdout)
    true(b"more than 3 rows" in run.stderr, run.stderr)
    grouped = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
               " WHERE i < 1000000) SELECT count(*) AS n FROM (SELECT"
               " i * 7919 % 1000003 AS k FROM n GROUP BY k)")
    run = server.run("sql", "--memory", "24", "--format", "csv", grouped)
    equal((run.returncode, run.stdout), (DONE, b"n\r\n1000000\r\n"), run.stderr)
    for words in (["--limit", "x", "SELECT 1"], ["--timeout", "-1", "x"],
                  ["--format", "xml", "SELECT 1"], [], ["a", "b"]):
        equal(server.run("sql", *words).returncode, MISUSED, words)
    server.__exit__()


def test_a_store_on_a_medium_that_is_only_read_is_asked(build):
    server = filled(build)
    os.chmod(server.store, 0o444)
    os.chmod(server.folder, 0o555)
    words = {"user": NOBODY, "group": NOBODY, "extra_groups": []} \
        if os.geteuid() == 0 else {}
    try:
        run = subprocess.run(
            [server.program, "sql", "--format", "csv",
             "SELECT count(*) AS n FROM spans"], capture_output=True,
            env=server.environment, timeout=20, cwd="/", **words)
    except PermissionError:  # nobody may not reach what was built
        run = None
    os.chmod(server.folder, 0o755)
    if run is not None:
        equal((run.returncode, run.stdout), (DONE, b"n\r\n62\r\n"), run.stderr)
    server.__exit__()


if __name__ == "__main__":
    cases.main(globals())
