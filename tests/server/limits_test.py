#!/usr/bin/env python3
"""A store's limits: the threshold above which nothing is taken in, the bound on
the disk, and the retention policy that a new store begins with."""
import base64
import random
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
import grpc_client
import otlp
from cases import equal, true
from running import Server

TYPE = {"Content-Type": "application/x-protobuf"}
RESOURCE_EXHAUSTED = "8"


def make_request(number):
    """Some 100 kB in one span of a trace of its own."""
    more = otlp.attribute("input.value", otlp.text(
        "".join(f"{number * 7919 + i * 104729:x} " for i in range(12000))))
    return otlp.request([otlp.span(number.to_bytes(16, "big"),
                                   number.to_bytes(8, "big"), "step", more)],
                        "full")


def figure(server, name):
    text = server.request("GET", "/metrics")[2].decode()
    return [float(line.split()[-1]) for line in text.splitlines()
            if line.startswith(name + " ")][0]


WRITING = (
    ("POST", "/v1/projects"), ("PUT", "/v1/projects/full"),
    ("POST", "/v1/traces/transfer"), ("POST", "/v1/span_annotations"),
    ("POST", "/v1/trace_notes"), ("POST", "/v1/annotation_configs"),
    ("PUT", "/v1/projects/full/annotation_configs"),
    ("POST", "/v1/datasets/upload"), ("PATCH", "/v1/dataset_labels/1"),
    ("POST", "/v1/prompts"), ("POST", "/v1/prompt_versions/1/tags"),
    ("PATCH", "/v1/experiments/1"), ("POST", "/v1/experiments/1/runs"),
    ("POST", "/v1/experiments/1/tags"), ("POST", "/v1/experiment_evaluations"))


def wait_until_blocked(server, blocked):
    end = time.monotonic() + 20
    while figure(server, "database_insertions_blocked") != blocked:
        true(time.monotonic() < end, f"blocked is never {blocked}")
        time.sleep(0.05)


def test_past_the_threshold_nothing_is_taken_in(build):
    with Server(build, {
            "PHOENIX_DATABASE_ALLOCATED_STORAGE_CAPACITY_GIBIBYTES": "0.004",
            "PHOENIX_DATABASE_USAGE_INSERTION_BLOCKING_THRESHOLD_PERCENTAGE":
            "50"}) as server:
        for number in range(1, 61):
            status = server.request("POST", "/v1/traces",
                                    make_request(number), TYPE)[0]
            true(status in (200, 507), f"status {status}")
        wait_until_blocked(server, 1)
        status, headers, body = server.request("POST", "/v1/traces",
                                               make_request(99), TYPE)
        equal(status, 507)
        equal(headers["content-type"], "text/plain; charset=utf-8")
        true(b"delete traces" in body, body)
        true("retry-after" not in headers, "it does not pass by itself")
        answer = grpc_client.export(server.grpc_port, make_request(99))
        equal(answer["headers"]["grpc-status"], RESOURCE_EXHAUSTED)
        for method, path in WRITING:
            equal(server.request(method, path, b"{}",
                                 {"Content-Type": "application/json"})[0], 507)
        equal(server.request("GET", "/v1/projects/full/spans")[0], 200)
        equal(server.request("DELETE", "/v1/projects/full")[0], 204)
        wait_until_blocked(server, 0)
        equal(server.request("POST", "/v1/traces", make_request(99),
                             TYPE)[0], 200)


def test_large_requests_keep_to_the_bound(build):
    """Fewer than it takes for young blocks to be made lasting ones."""
    size, mebi = 10 << 20, 1 << 20
    text = base64.b64encode(random.Random(1).randbytes(size)).decode()
    more = otlp.attribute("input.value", otlp.text(text))
    with Server(build, {"PHOENIX_MAX_DISK": "256MiB"}) as server:
        for number in range(1, 61):
            span = otlp.span(number.to_bytes(16, "big"),
                             number.to_bytes(8, "big"), "step", more)
            status = server.request("POST", "/v1/traces",
                                    otlp.request([span], "full"), TYPE)[0]
            equal(status, 200)
            time.sleep(0.15)
            used = server.store.stat().st_size
            true(used < 448 * mebi, f"{used // mebi} MiB of 256")


cases.main(globals())
