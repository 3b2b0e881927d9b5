#!/usr/bin/env python3
"""POST /v1/traces/transfer, and routes of users where nobody logs in."""
import base64
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
import otlp
from asking import refused, send, wrong_form
from cases import equal
from running import Server

TRANSFER = "/v1/traces/transfer"
A, B, C = ("a1" * 16, "b2" * 16, "c3" * 16)


def fill(server):
    """Traces A and B of the project one, C of two."""
    for number, (trace, project) in enumerate(
            ((A, "one"), (B, "one"), (C, "two"))):
        body = otlp.request([otlp.span(bytes.fromhex(trace),
                                       bytes([number + 1]) * 8, "step")],
                            project)
        status = server.request("POST", "/v1/traces", body,
                                {"Content-Type": "application/x-protobuf"})[0]
        equal(status, 200, "status")


def ids(server, project, list_="traces", key="trace_id"):
    path = f"/v1/projects/{project}/{list_}"
    return sorted(row[key] for row in server.get_json(path)["data"])


def global_id(kind, number):
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def body(traces, project="two"):
    return {"trace_identifiers": traces,
            "destination_project_identifier": project}


def test_traces_move_to_another_project(build):
    with Server(build) as server:
        fill(server)
        two = server.get_json("/v1/projects/two")["data"]["id"]
        answer = send(server, "POST", TRANSFER, body([A]))
        equal(answer, (200, "application/json", {"data": {
            "transferred_trace_count": 1, "destination_project_id": two}}),
            "answer")
        equal((ids(server, "one"), ids(server, "two")), ([B], [A, C]),
              "traces")
        spans = server.get_json("/v1/projects/two/spans")["data"]
        equal(sorted(span["context"]["trace_id"] for span in spans), [A, C],
              "spans")
        everything = [A, global_id("Trace", 1), C]
        answer = send(server, "POST", TRANSFER,
                      body(everything, global_id("Project", 2)))
        equal(answer[2], {"data": {"transferred_trace_count": 2,
                                   "destination_project_id":
                                       global_id("Project", 2)}}, "answer")
        equal(ids(server, "one"), sorted([A, B, C]), "traces")
        server.kill()
        server.start()
        equal(ids(server, "one"), sorted([A, B, C]), "traces")
        equal(server.stop(), 0, "status")
        equal(server.run("verify").returncode, 0, "verify")


def test_what_cannot_move_is_refused(build):
    with Server(build) as server:
        fill(server)
        for wanted, found in (
                ((404, "nowhere"), body([A], "nowhere")),
                ((404, "nowhere"), body(["ff"], "nowhere")),
                ((404, "ffff"), body([A, "ffff"])),
                ((404, "99"), body([A, global_id("Trace", 99)])),
                ((404, "nothing"), body(["nothing"])),
                ((422, "more than one project"), body([A, C], "default"))):
            refused(send(server, "POST", TRANSFER, found), *wanted)
        list_, project = (("body", "trace_identifiers"),
                          ("body", "destination_project_identifier"))
        for found, *problems in (
                (body([]), ("too_short", list_)),
                (body([A, 7]), ("string_type", (*list_, 1))),
                (body("x"), ("list_type", list_)),
                (body([A], None), ("string_type", project)),
                ({}, ("missing", list_), ("missing", project))):
            wrong_form(send(server, "POST", TRANSFER, found), *problems)
        equal(ids(server, "one"), [A, B], "traces")
        refused(send(server, "GET", TRANSFER), 405, "Method Not Allowed")


def test_nobody_logs_in(build):
    with Server(build) as server:
        equal(send(server, "GET", "/v1/user"),
              (200, "application/json",
               {"data": {"auth_method": "ANONYMOUS"}}), "the viewer")
        equal(send(server, "GET", "/v1/users?limit=5"),
              (200, "application/json", {"data": [], "next_cursor": None}),
              "users")
        wrong_form(send(server, "GET", "/v1/users?limit=0"),
                   ("greater_than", ("query", "limit")))
        refused(send(server, "GET", "/v1/users?cursor=x"), 422, "cursor")
        for method, path in (("GET", "/v1/users/api_keys"),
                             ("GET", "/v1/user/api_keys"),
                             ("POST", "/v1/user/api_keys"),
                             ("DELETE", "/v1/user/api_keys/x"),
                             ("GET", "/v1/system/api_keys"),
                             ("POST", "/v1/system/api_keys"),
                             ("DELETE", "/v1/system/api_keys/x")):
            refused(send(server, method, path), 403, "disabled")
        for method, path in (("POST", "/v1/users"),
                             ("DELETE", "/v1/users/x"),
                             ("PUT", "/v1/secrets")):
            refused(send(server, method, path), 501, path.split("/x")[0])


def test_every_answer_tells_the_version(build):
    with Server(build) as server:
        for method, path, wanted in (
                ("GET", "/arize_phoenix_version", 200),
                ("GET", "/v1/user", 200), ("GET", "/v1/nothing", 404),
                ("POST", "/v1/user/api_keys", 403), ("PUT", "/v1/secrets", 501),
                ("DELETE", "/v1/spans/00", 404)):
            status, headers, _ = server.request(method, path)
            equal((status, headers.get("x-phoenix-server-version"),
                   headers.get("x-colab-notebook-cache-control")),
                  (wanted, "20.3.0", "no-cache"), f"{method} {path}")
        equal(server.request("GET", "/arize_phoenix_version")[2], b"20.3.0",
              "the version")


cases.main(globals())
