"""Requests to send, and a test that ends with no handle alive."""
import gc
import json
import tempfile
import threading
import unittest
from pathlib import Path

from libphoenix import Store, _library

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
BASE = 1_760_000_000_000_000_000  # ns


def attribute(key, value):
    kind = {bool: "boolValue", int: "intValue", float: "doubleValue"}.get(
        type(value), "stringValue")
    return {"key": key, "value": {kind: value}}


def span(number, trace=1, parent=None, name="step", kind="CHAIN", **more):
    """A span as OTLP/JSON, its attributes below `attributes`."""
    attributes = {"openinference.span.kind": kind, **more.pop(
        "attributes", {})}
    return {"traceId": f"{trace:032x}", "spanId": f"{number:016x}",
            **({"parentSpanId": f"{parent:016x}"} if parent else {}),
            "name": name, "startTimeUnixNano": str(BASE + number * 1_000_001),
            "endTimeUnixNano": str(BASE + number * 1_000_001 + 250_000_000),
            "attributes": [attribute(*pair) for pair in attributes.items()],
            **more}


def request(*spans):
    return json.dumps({"resourceSpans": [{"scopeSpans": [
        {"spans": list(spans)}]}]}).encode()


def together(*works):
    """Runs them in threads beside each other."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class StoreTest(unittest.TestCase):
    """Has a store in memory, or one in a folder."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "traces.db"
        self.store = Store(":memory:")

    def tearDown(self):
        self.store.close()
        self.folder.cleanup()
        gc.collect()
        self.assertEqual(_library.alive, {})

    def send(self, *spans, store=None):
        return (store or self.store).ingest(request(*spans), "otlp-json",
                                            project="town")
