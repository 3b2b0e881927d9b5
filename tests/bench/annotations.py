"""What it takes to annotate many spans."""
import json
import time

import otlp
from measure import Failed

COUNT, BATCH = 10_000, 1000


def send(server, path, body, kind="application/json"):
    """Seconds to the answer."""
    began = time.perf_counter()
    status = server.request("POST", path, body, {"Content-Type": kind})[0]
    if status != 200:
        raise Failed(f"POST {path}: {status}")
    return time.perf_counter() - began


def send_spans(server):
    for first in range(1, COUNT + 1, BATCH):
        send(server, "/v1/traces", otlp.request(
            [otlp.span(first.to_bytes(16, "big"), number.to_bytes(8, "big"))
             for number in range(first, first + BATCH)]),
            "application/x-protobuf")


def judged(name):
    return json.dumps({"data": [
        {"span_id": f"{number:016x}", "name": name, "annotator_kind": "LLM",
         "result": {"label": "good", "score": number / COUNT,
                    "explanation": "what was asked for is in the answer"}}
        for number in range(1, COUNT + 1)]}).encode()


def annotations(bench):
    """In one request, new ones, the same again; then queued ones."""
    path = "/v1/span_annotations"
    with bench.server() as server:
        send_spans(server)
        new = send(server, f"{path}?sync=true", judged("tone"))
        again = send(server, f"{path}?sync=true", judged("tone"))
        queued = send(server, path, judged("other"))
    return [new, again, queued], None, "labels, scores, 35 B of explanation"
