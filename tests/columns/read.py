"""Columns read back. Made-up ones, written by the arrow room: every value must
be the one that the maker printed as JSON. The spans of a store, by its C
stream, its files and SQL: every value must be that of its JSON lines. And frames of
POST /v1/spans: in Arrow and in JSON they must be the same to pandas.

    read.py --build BUILD [--seeds N]

Runs in an environment with what requirements.txt lists.
"""
import argparse
import ctypes
import datetime
import io
import json
import math
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.ipc
import pyarrow.parquet

TESTS = Path(__file__).resolve().parents[1]
GOLDEN = TESTS / "golden"
sys.path[:0] = [str(TESTS / name) for name in ("clients", "server")]

import world
from running import Server

IPC, PARQUET = 0, 1
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Stream:
    """One of the library's streams, as readers of capsules take it."""

    def __init__(self, fill):
        self.fill = fill

    def __arrow_c_stream__(self, requested_schema=None):
        new = ctypes.pythonapi.PyCapsule_New
        new.restype = ctypes.py_object
        new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        self.struct = (ctypes.c_void_p * 5)()
        if self.fill(self.struct) != 0:
            raise RuntimeError("no stream")
        return new(ctypes.addressof(self.struct), b"arrow_array_stream", None)


# --- values ----------------------------------------------------------------


def plain(value, kind):
    """A value as the maker's JSON has it; times in the unit of their type."""
    if value is None:
        return None
    if pyarrow.types.is_dictionary(kind):
        return plain(value, kind.value_type)
    if pyarrow.types.is_struct(kind):
        return {field.name: plain(value[field.name], field.type)
                for field in kind}
    if pyarrow.types.is_list(kind) or pyarrow.types.is_large_list(kind):
        return [plain(item, kind.value_type) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, pandas.Timestamp):
        return value.as_unit(kind.unit).value
    if isinstance(value, datetime.datetime):
        return (value - EPOCH) // datetime.timedelta(microseconds=1)
    return value


def expect(value, wanted, found):
    """A value of JSON; its times are cut to the unit that a reader has."""
    if value is None:
        return None
    if pyarrow.types.is_dictionary(wanted):
        wanted = wanted.value_type
    if pyarrow.types.is_struct(wanted):
        return {field.name: expect(value[field.name], field.type,
                                   found.field(i).type)
                for i, field in enumerate(wanted)}
    if pyarrow.types.is_list(wanted):
        return [expect(item, wanted.value_type, found.value_type)
                for item in value]
    if pyarrow.types.is_timestamp(wanted) and wanted.unit != found.unit:
        assert (wanted.unit, found.unit) == ("ns", "us")
        return value // 1000
    return value


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return (math.isnan(a) and math.isnan(b)) or \
            (a == b and math.copysign(1, a) == math.copysign(1, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


def compare(table, schema, rows, json_columns=()):
    """Why a reader's table is not what was made, or nothing."""
    if table.schema.names != schema.names:
        return f"columns {table.schema.names}, not {schema.names}"
    if table.num_rows != len(rows):
        return f"{table.num_rows} rows, not {len(rows)}"
    for name in schema.names:
        wanted, found = schema.field(name).type, table.schema.field(name).type
        values = table.column(name).to_pylist()
        for i, (value, row) in enumerate(zip(values, rows)):
            expected = expect(row[name], wanted, found)
            if name in json_columns:
                value = json.loads(value)
            if not same(plain(value, found), expected):
                return (f"row {i}, {name} {wanted} as {found}: {value!r:.200},"
                        f" not {expected!r:.200}")
    return None


# --- readers ---------------------------------------------------------------


def restored(table, schema):
    """The types and metadata are there again, not just the values. Parquet has
    a name of its own for the items of a list, which is not compared."""
    if not table.schema.equals(schema) or \
            table.schema.metadata != schema.metadata:
        raise AssertionError(f"{table.schema} is not {schema}")
    return table


def read_ipc(path):
    with pyarrow.ipc.open_stream(path) as reader:
        return reader.read_all()


def through_pandas(table):
    frame = table.to_pandas(types_mapper=pandas.ArrowDtype)
    return pyarrow.Table.from_pandas(frame, preserve_index=False)


def pandas_parquet(path):
    frame = pandas.read_parquet(path, dtype_backend="pyarrow")
    return pyarrow.Table.from_pandas(frame, preserve_index=False)


def duckdb_of(source):
    return duckdb.from_arrow(source).to_arrow_table()


def duckdb_parquet(path):
    return duckdb.read_parquet(str(path)).to_arrow_table()


READERS = {
    "pyarrow, IPC": lambda ipc, parquet, stream, schema: read_ipc(ipc),
    "pyarrow, C stream": lambda ipc, parquet, stream, schema: restored(
        pyarrow.RecordBatchReader.from_stream(stream).read_all(), schema),
    "pyarrow, Parquet": lambda ipc, parquet, stream, schema: restored(
        pyarrow.parquet.read_table(parquet), schema),
    "polars, IPC": lambda ipc, parquet, stream, schema:
        polars.read_ipc_stream(ipc).to_arrow(),
    "polars, C stream": lambda ipc, parquet, stream, schema:
        polars.DataFrame(stream).to_arrow(),
    "polars, Parquet": lambda ipc, parquet, stream, schema:
        polars.read_parquet(parquet).to_arrow(),
    "DuckDB, IPC": lambda ipc, parquet, stream, schema: duckdb_of(
        pyarrow.ipc.open_stream(ipc)),
    "DuckDB, C stream": lambda ipc, parquet, stream, schema: duckdb_of(
        pyarrow.RecordBatchReader.from_stream(stream)),
    "DuckDB, Parquet": lambda ipc, parquet, stream, schema:
        duckdb_parquet(parquet),
    "pandas, IPC": lambda ipc, parquet, stream, schema: through_pandas(
        read_ipc(ipc)),
    "pandas, C stream": lambda ipc, parquet, stream, schema: through_pandas(
        pyarrow.table(stream)),
    "pandas, Parquet": lambda ipc, parquet, stream, schema:
        pandas_parquet(parquet),
}


# --- cases -----------------------------------------------------------------


def bytes_of(seed):
    """Any schema; of every tenth no rows, of some many."""
    make = random.Random(seed)
    data = make.randbytes(60)
    size = {0: 0, 1: 60_000}.get(seed % 10, make.randrange(4000))
    return data + make.randbytes(size) if size else data[:1 + seed % 3]


def read_all(ipc, parquet, fill, rows, json_columns=()):
    """(reader, why what it read is wrong or nothing)."""
    table = read_ipc(ipc)
    table.validate(full=True)
    for name, read in READERS.items():
        try:
            found = read(ipc, parquet, Stream(fill), table.schema)
            found.validate(full=True)
            yield name, compare(found, table.schema, rows, json_columns)
        except Exception as why:  # one must not hide the others
            yield name, f"{type(why).__name__}: {why}"


def run_made(library, seed, folder):
    data = bytes_of(seed)
    ipc, parquet = folder / "made.arrow", folder / "made.parquet"
    told = folder / "made.json"
    for status in (
            library.columns_write(data, len(data), IPC, bytes(ipc)),
            library.columns_write(data, len(data), PARQUET, bytes(parquet)),
            library.columns_json(data, len(data), bytes(told))):
        assert status == 0
    rows = [json.loads(line) for line in told.read_text().split("\n") if line]
    yield from read_all(ipc, parquet, lambda out: library.columns_stream(
        data, len(data), out), rows)


def ns_of(text):
    """Of "1970-01-01T00:00:00.000000000Z", without a double."""
    if text is None:
        return None
    second, fraction = text.rstrip("Z").split(".")
    whole = datetime.datetime.fromisoformat(second + "+00:00") - EPOCH
    return whole // datetime.timedelta(seconds=1) * 10**9 + int(fraction)


def compare_sql(text, rows):
    """Why the answer to SPANS_SQL is not these rows, or nothing. SQL has times
    of events as SQLite prints them."""
    def printed(time):
        time = time.removesuffix("+00:00").replace("T", " ")
        return time if "." in time else time + ".000000"

    found = json.loads(text)
    if len(found) != len(rows):
        return f"{len(found)} rows, not {len(rows)}"
    for i, (row, wanted) in enumerate(zip(found, rows)):
        for name in ("attributes", "events"):
            row[name] = json.loads(row[name])
        wanted = {**wanted, "events": [
            {**event, "timestamp": printed(event["timestamp"])}
            for event in wanted["events"]]}
        for name, value in wanted.items():
            if not same(row[name], value):
                return f"row {i}, {name}: {row[name]!r:.200}, not {value!r:.200}"
    return None


SPANS_SQL = """
SELECT span_id, trace_id, parent_id, project, session_id, name, span_kind,
       status_code, status_message, start_ns AS start_time, end_ns AS end_time,
       latency_ms, prompt_tokens, completion_tokens, attributes, events
FROM spans ORDER BY id
"""


def run_store(build, folder):
    """What phoenix-server takes in and exports, and the library's stream."""
    def server(*words):
        return subprocess.run(
            [build / "phoenix-server", *words, "--working-dir", folder],
            check=True, stdout=subprocess.PIPE).stdout

    server("import", *sorted(GOLDEN.glob("*/*.pb")))
    for name in ("arrow", "parquet", "jsonl"):
        server("export", "--format", name, "-o", folder / f"spans.{name}")
    lines = (folder / "spans.jsonl").read_text().split("\n")
    rows = [json.loads(line) for line in lines if line]
    for row in rows:
        for key in ("start_time", "end_time"):
            row[key] = ns_of(row[key])
    yield "SQL", compare_sql(server("sql", "--format", "json", "--limit", "0",
                                    SPANS_SQL), rows)
    library = ctypes.CDLL(str(build / "libphoenix.so"))
    store = ctypes.c_void_p()
    assert library.phx_store_open(f"sqlite:{folder}/phoenix.db".encode(), None,
                                  ctypes.byref(store), None) == 0
    # size, five fields of eight bytes, order: the oldest first, attributes
    query = struct.pack("6q2i", 56, 0, 0, 0, 0, 0, 1, 0)
    yield from read_all(
        folder / "spans.arrow", folder / "spans.parquet",
        lambda out: library.phx_store_export_arrow(
            store, query, None, ctypes.c_size_t(0), out, None),
        rows, ("attributes", "events"))
    library.phx_store_close(store)


FRAMES = {
    "whole": {},
    "selected": {"select": {name: {"key": name} for name in (
        "name", "start_time", "latency_ms", "cumulative_token_count.total",
        "metadata", "llm.model_name", "numbers", "mixed", "none")}},
    "exploded": {"explode": {"key": "retrieval.documents"}},
    "concatenated": {"concat": {"key": "retrieval.documents",
                                "kwargs": {"all": "document.content"}}},
    "of vectors": {"explode": {
        "key": "embedding.embeddings",
        "kwargs": {"vector": "embedding.vector", "n": "none"}}},
    "of an index": {"select": {"name": {"key": "name"}},
                    "index": {"key": "llm.token_count.total"}},
    "of no rows": {"filter": {"condition": "name == 'nobody'"}},
}


def cell(value):
    """As a cell of JSON; members that are null may lack."""
    if isinstance(value, dict):
        return {key: cell(member) for key, member in value.items()
                if member is not None}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return [cell(item) for item in value]
    if value is None or isinstance(value, float) and math.isnan(value) or \
            value is pandas.NaT:
        return None
    if isinstance(value, pandas.Timestamp):
        return value.as_unit("us").value
    return value


def same_cell(arrow, table):
    if isinstance(arrow, str) and not isinstance(table, str):
        return cell(json.loads(arrow)) == table
    return arrow == table


def compare_frames(arrow, table):
    names = [name.split("_", 1)[1] for name in
             [*table.index.names, *table.columns]]
    if names != [*arrow.index.names, *arrow.columns]:
        return f"names {[*arrow.index.names, *arrow.columns]}, not {names}"
    arrow, table = (frame.reset_index(allow_duplicates=True)
                    for frame in (arrow, table))
    if len(arrow) != len(table):
        return f"{len(arrow)} rows, not {len(table)}"
    for i, name in enumerate(names):
        found, wanted = ([cell(value) for value in frame.iloc[:, i]]
                         for frame in (arrow, table))
        for a, b in zip(found, wanted):
            if not same_cell(a, b):
                return f"{name}: {a!r:.200}, not {b!r:.200}"
    return None


def run_frames(build):
    """Each form of a query, in both forms of an answer."""
    with Server(str(build)) as server:
        server.request("POST", "/v1/traces", world.request(),
                       {"Content-Type": "application/x-protobuf"})
        for name, query in FRAMES.items():
            body = json.dumps({"queries": [query, {}], "limit": -1}).encode()
            path = f"/v1/spans?project_name={world.PROJECT}"
            answers = [server.request("POST", path, body, {
                "Content-Type": "application/json", "Accept": accept})[2]
                for accept in ("*/*", "application/json")]
            stream = pyarrow.BufferReader(answers[0])
            for part in answers[1].decode().split("\r\n\r\n")[1:]:
                table = pandas.read_json(
                    io.StringIO(part.split("\r\n")[0]), orient="table",
                    precise_float=True)
                arrow = pyarrow.ipc.open_stream(stream).read_pandas()
                yield f"a frame {name}", compare_frames(arrow, table)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--seeds", type=int, default=60)
    given = parser.parse_args()
    build = Path(given.build).resolve()
    library = ctypes.CDLL(str(build / "columns.so"))
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        cases = [(f"seed {seed}", run_made(library, seed, folder))
                 for seed in range(given.seeds)]
        for title, case in [*cases, ("a store", run_store(build, folder)),
                            ("a server", run_frames(build))]:
            for name, why in case:
                passed += why is None
                failed += why is not None
                if why:
                    print(f"{title}, {name}: {why:.600}")
    alive = library.columns_alive()
    if alive:
        print(f"{alive} streams were not released")
    print(f"{passed} passed, {failed + alive} failed")
    return failed + alive > 0


raise SystemExit(main())
