#!/usr/bin/env python3
"""What a call from Python takes: a bare one by ctypes, and one that reads
the figures of a store; prints one line of JSON."""
import json
import time

import libphoenix
from libphoenix._library import library

BARE, READ = 200_000, 20_000


def each(count, call):
    """Seconds a call."""
    began = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - began) / count


with libphoenix.Store(":memory:") as store:
    name = library.phx_status_name
    print(json.dumps({"bare_ns": each(BARE, lambda: name(0)) * 1e9,
                      "store_us": each(READ, store.stats) * 1e6}))
