#!/usr/bin/env python3
"""What a capture of spans takes a test: to have its store, and in all, with a
span and an expectation; prints one line of JSON."""
import json
import time

from libphoenix.testing import capture

TIMES = 200


def take():
    began = time.process_time()
    with capture() as spans:
        spans.store
        opened = time.process_time()
        spans.tracer.span("s").end()
        spans.one("name == 's'")
    return (opened - began) * 1e3, (time.process_time() - began) * 1e3


opened, whole = (min(taken) for taken in zip(*(take() for _ in range(TIMES))))
print(json.dumps({"open_ms": opened, "whole_ms": whole}))
