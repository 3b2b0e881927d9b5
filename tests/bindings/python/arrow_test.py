"""Spans as columns: by hand through the capsule, and by its readers."""
import ctypes
import gc
import unittest

from libphoenix import TooBig, _ffi, arrow
from sent import StoreTest, span

try:
    import pandas
    import polars
    import pyarrow
except ImportError:
    pyarrow = None


def names_and_rows(capsule):
    """Column names and the count of rows, as a reader finds them."""
    address = arrow.pointer_of(id(capsule), arrow.NAME)
    stream = _ffi.ArrowArrayStream.from_address(address)
    schema, array = _ffi.ArrowSchema(), _ffi.ArrowArray()
    assert stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)) == 0
    names = [schema.children[i].contents.name.decode()
             for i in range(schema.n_children)]
    schema.release(ctypes.byref(schema))
    rows = 0
    while True:
        assert stream.get_next(ctypes.byref(stream), ctypes.byref(array)) == 0
        if not array.release:
            return names, rows
        rows += array.length
        array.release(ctypes.byref(array))


class ArrowTest(StoreTest):
    def setUp(self):
        super().setUp()
        self.send(*(span(i + 1, kind="LLM", attributes={
            "llm.model_name": f"m{i % 3}", "n": i}) for i in range(100)))

    def test_a_capsule_is_a_stream(self):
        spans = self.store.spans("n >= 40", columns={"n": int})
        capsule = spans.__arrow_c_stream__()
        names, rows = names_and_rows(capsule)
        self.assertEqual((names[0], names[-1], rows),
                         ("span_id", "attributes.n", 60))
        self.assertEqual(len(arrow.held), 1)
        del capsule
        self.assertEqual(arrow.held, {})

    def test_a_capsule_that_nobody_reads_is_released(self):
        capsule = self.store.spans().__arrow_c_stream__()
        self.store.close()
        self.assertEqual(names_and_rows(capsule)[1], 100)
        del capsule
        gc.collect()
        self.assertEqual(arrow.held, {})

    def test_what_cannot_be_columns_says_so(self):
        with self.assertRaises(TooBig):
            self.store.spans(columns={f"c{i}": str for i in range(5000)}
                             ).__arrow_c_stream__()
        with self.assertRaisesRegex(ValueError, "type is one of str, int"):
            self.store.spans(columns={"n": list})

    @unittest.skipUnless(pyarrow, "no pyarrow, pandas and polars here")
    def test_tables(self):
        spans = self.store.spans(order="oldest", columns={
            "llm.model_name": str, "n": int})
        table = spans.to_arrow()
        self.assertEqual(table.column("attributes.n").to_pylist(),
                         list(range(100)))
        self.assertEqual(pyarrow.table(spans), table)
        frame = spans.to_pandas()
        self.assertIsInstance(frame, pandas.DataFrame)
        self.assertEqual(frame["attributes.llm.model_name"][4], "m1")
        self.assertEqual(frame["start_time"][0].value,
                         self.store.span(f"{1:016x}").start_ns)
        frame = spans.to_polars()
        self.assertIsInstance(frame, polars.DataFrame)
        self.assertEqual(frame["attributes.n"].to_list(), list(range(100)))
        self.assertEqual(arrow.held, {})
