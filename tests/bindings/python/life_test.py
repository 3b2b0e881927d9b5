"""Handles, threads, forks and signals."""
import gc
import os
import signal
import subprocess
import sys
import threading
import traceback
import tracemalloc
import unittest
from functools import partial

from libphoenix import Misuse, Store, Tracer, _library
from sent import StoreTest, span, together

ENDLESS = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
           "SELECT count(*) FROM n")


def fork(work):
    """Has a child do it; what waits for its end, which is to be a good one."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)

    def join():
        status = os.waitpid(child, 0)[1]
        if status != 0:
            raise AssertionError(f"the child ended with {status}")
    return join


class LifeTest(StoreTest):
    def test_rows_outlive_their_store(self):
        self.send(*(span(i + 1) for i in range(5)))
        rows = iter(self.store.spans())
        next(rows)
        self.store.close()
        self.assertEqual(len(_library.alive), 1)
        self.assertEqual(len(list(rows)), 4)
        self.assertEqual(_library.alive, {})

    def test_what_is_dropped_is_closed(self):
        self.send(*(span(i + 1) for i in range(5)))
        for _ in range(3):
            for _ in self.store.spans():
                break
            self.store.sql("SELECT 1")
            with iter(self.store.spans()) as rows:
                next(rows)
            with self.assertRaises(Misuse):
                next(rows)
        del rows
        gc.collect()
        self.assertEqual(len(_library.alive), 1)

    def test_an_exception_that_is_kept_keeps_nothing_open(self):
        kept = []
        for wrong in (lambda: self.store.sql("SELECT"),
                      lambda: self.store.ingest(b"{", "otlp-json"),
                      lambda: list(self.store.sql("SELECT abs(-1 << 63)"))):
            try:
                wrong()
            except Exception as error:
                kept.append(error)
        self.store.close()
        self.assertEqual(len(kept), 3)
        self.assertEqual(_library.alive, {})

    def test_memory_stays_while_spans_are_read(self):
        for i in range(20):
            self.send(*(span(i * 100 + j + 1, attributes={"t": "x" * 5000})
                        for j in range(100)))
        sum(1 for row in self.store.spans(limit=500) if row.attributes)
        tracemalloc.start()
        seen = sum(len(row.attributes["t"]) for row in self.store.spans())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertEqual(seen, 2000 * 5000)
        self.assertLess(peak, 1 << 20)

    def test_what_is_dropped_in_a_call_is_freed_after_it(self):
        rows = [iter(self.store.spans())]
        with rows[0]._watch:
            pointer = rows[0]._handle.owner().pointer
            rows.clear()
            self.assertEqual([dropped for _, dropped in
                              _library.asking.dropped], [pointer])
        self.assertEqual(_library.asking.dropped, [])

    def test_threads_share_a_store(self):
        failures = []

        def work(thread):
            try:
                for i in range(20):
                    self.send(span(thread * 100 + i + 1, trace=thread + 1))
                    list(self.store.spans(limit=5))
                    list(self.store.sql("SELECT count(*) FROM spans"))
            except Exception as error:
                failures.append(error)
        together(*(partial(work, i) for i in range(4)))
        self.assertEqual(failures, [])
        self.assertEqual(self.store.stats()["spans"], 80)

    def test_threads_share_rows(self):
        self.send(*(span(i + 1) for i in range(500)))
        rows = iter(self.store.spans())
        seen = []
        together(*[lambda: seen.extend(row.number for row in rows)] * 4)
        self.assertEqual(sorted(seen), list(range(1, 501)))

    def test_closing_waits_for_calls(self):
        store = Store(self.path)
        began = threading.Event()
        left = []

        def ask():
            try:
                began.set()
                for i in range(1000):
                    store.stats()
            except Misuse as error:
                left.append(str(error))
        thread = threading.Thread(target=ask)
        thread.start()
        began.wait()
        store.close()
        thread.join()
        self.assertIn(left, ([], ["it is closed"]))

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_a_fork_has_no_store(self):
        self.send(span(1), span(2))
        rows = iter(self.store.spans())

        def use_all():
            self.refused(self.store.stats)
            self.refused(lambda: next(rows))
            self.store.close()
            rows.close()
            with Store(":memory:") as own:
                self.assertEqual(len(list(own.projects())), 1)
        fork(use_all)()
        self.assertEqual(len(list(rows)), 2)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_a_fork_has_no_tracer(self):
        tracer = Tracer(self.store)
        root = tracer.span("root")

        def use_all():
            for use in (tracer.flush, root.end, lambda: tracer.span("s"),
                        lambda: root.set_attribute("a", 1)):
                self.refused(use)
            tracer.close()
        fork(use_all)()
        root.end()
        tracer.close()
        self.assertEqual([row.name for row in self.store.spans()], ["root"])

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_a_store_is_the_parent_s_while_a_child_lives(self):
        store = Store(self.path)
        told, tell = os.pipe()

        def open_later():
            os.close(tell)
            os.read(told, 1)
            self.refused(lambda: Store(f"sqlite:{self.path}", read_only=True))
        join = fork(open_later)
        store.close()
        with Store(self.path) as store:
            os.close(tell)
            join()
            self.send(span(1), store=store)
        os.close(told)

    def refused(self, use):
        with self.assertRaisesRegex(Misuse, "before a fork"):
            use()

    def test_interrupt_ends_what_runs(self):
        begun = threading.Event()
        ended = []

        def ask():
            begun.set()
            try:
                list(self.store.sql(ENDLESS))
            except Exception as error:
                ended.append(type(error).__name__)
        thread = threading.Thread(target=ask)
        thread.start()
        begun.wait()
        while thread.is_alive():
            self.store.interrupt()
            thread.join(0.01)
        self.assertEqual(ended, ["Interrupted"])

    def test_control_c_ends_what_runs(self):
        # A shell's job in the background is started with SIGINT ignored.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        timer = threading.Timer(0.2, lambda: signal.pthread_kill(
            threading.main_thread().ident, signal.SIGINT))
        timer.start()
        with self.assertRaises(KeyboardInterrupt):
            list(self.store.sql(ENDLESS, timeout=60))
        timer.join()
        self.assertEqual(list(self.store.sql("SELECT 1")), [(1,)])

    def test_an_end_with_all_open_is_clean(self):
        code = ("import libphoenix, sent\n"
                "store = libphoenix.Store(':memory:')\n"
                "store.ingest(sent.request(sent.span(1), sent.span(2)), "
                "'otlp-json')\n"
                "rows = iter(store.spans()); next(rows)\n"
                "capsule = store.spans().__arrow_c_stream__()\n"
                "result = store.sql('SELECT 1')\n"
                "loop = [store, rows]; loop.append(loop)\n")
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True,
            cwd=os.path.dirname(os.path.abspath(__file__)))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
