#!/usr/bin/env python3
"""Datasets over REST: lists in pages, refusals, files of lines, and clients that
upload at once. What uploads mean is in the vectors of dataset_flow."""
import base64
import json
import sys
import threading
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
from cases import equal, true
from running import Server

JSON = {"Content-Type": "application/json"}


def number(kind, row):
    return base64.b64encode(f"{kind}:{row}".encode()).decode()


def upload(server, body, headers=JSON, sync="?sync=true"):
    """(status, data or text)"""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, found, answer = server.request(
        "POST", "/v1/datasets/upload" + sync, raw, headers)
    if found["content-type"] == "application/json":
        answer = json.loads(answer)
        return status, answer["data"] if answer and status == 200 else answer
    return status, answer.decode()


def put(server, name, inputs, action="update", **rest):
    status, data = upload(server, {"name": name, "action": action,
                                   "inputs": inputs, **rest})
    equal(status, 200, data)
    return data


def test_lists_are_in_pages(build):
    with Server(build) as server:
        for i in range(12):
            put(server, f"d{i}", [{"q": i}])
        for i in range(11):
            put(server, "d0", [{"q": 0, "i": i}])
        equal(len(server.get_json("/v1/datasets")["data"]), 10)
        rows = server.pages("/v1/datasets?", 5)
        equal([row["name"] for row in rows], [f"d{i}" for i in range(11, -1, -1)])
        page = server.get_json("/v1/datasets?limit=2")
        equal(page["next_cursor"], number("Dataset", 10))
        equal(server.get_json("/v1/datasets?name=none")["data"], [])
        path = f"/v1/datasets/{number('Dataset', 1)}/versions?"
        equal(len(server.pages(path, 5)), 12)
        equal(len(server.get_json(path)["data"]), 10)
        for bad in ("cursor=x", "limit=0", f"cursor={number('Dataset', 1)}"):
            equal(server.request("GET", path + bad)[0], 422, bad)


def test_bodies_of_another_form_are_refused(build):
    one = {"name": "d", "inputs": [{"q": 1}]}
    with Server(build) as server:
        equal(upload(server, one, {})[0], 400)
        equal(upload(server, one, {"Content-Type": "text/csv"})[0], 422)
        for body in ([], 1, b"", b"{", {**one, "name": None},
                     {**one, "name": [None, None]}, {**one, "action": 1},
                     {**one, "action": None}, {**one, "description": 1},
                     {**one, "inputs": None}, {**one, "inputs": [1]},
                     {**one, "outputs": [{}, {}]}, {**one, "outputs": "x"},
                     {**one, "outputs": [[]]}, {**one, "metadata": [1]},
                     {**one, "example_ids": [1]},
                     {**one, "example_ids": ["a", "b"]},
                     {**one, "example_ids": [""]},
                     {**one, "example_ids": [number("DatasetExample", -1)]},
                     {**one, "span_ids": [1]}, {**one, "splits": [[1]]},
                     {**one, "splits": "x"}):
            equal(upload(server, body)[0], 422, body)
        equal(server.get_json("/v1/datasets")["data"], [])
        for body in ({**one, "splits": [None]}, {**one, "splits": None},
                     {**one, "outputs": [], "metadata": None,
                      "action": "append"}):
            equal(upload(server, body)[0], 200 if body.get("action") or
                  body["splits"] else 409, body)


def test_without_sync_the_answer_is_null(build):
    with Server(build) as server:
        equal(upload(server, {"name": "d", "inputs": [{"q": 1}]}, sync=""),
              (200, None))
        equal(len(server.get_json("/v1/datasets")["data"]), 1)
        equal(upload(server, {"name": "d", "inputs": []}, sync="")[0], 409)
        equal(upload(server, {"name": "d", "inputs": []},
                     sync="?sync=perhaps")[0], 422)


def test_examples_of_a_version(build):
    many = [{"q": i, "text": "x" * 1000} for i in range(2000)]
    with Server(build) as server:
        dataset = put(server, "d", many)["dataset_id"]
        last = put(server, "d", many[1:])["version_id"]
        path = f"/v1/datasets/{dataset}/examples"
        equal([row["input"] for row in server.get_json(path)["data"]["examples"]],
              many[1:])
        first = server.get_json(path + "?version_id=" +
                                number("DatasetVersion", 1))["data"]
        equal(len(first["examples"]), 2000)
        equal(first["filtered_splits"], [])
        equal(server.get_json(path)["data"]["version_id"], last)
        for version, status in ((number("DatasetVersion", 9), 404),
                                (number("Dataset", 1), 404), ("x", 422)):
            equal(server.request("GET", f"{path}?version_id={version}")[0],
                  status, version)


def test_lines_for_training_and_for_evaluation(build):
    ask = {"role": "user", "content": "q"}
    told = {"role": "assistant", "content": "a"}
    inputs = [{"messages": [ask], "tools": [{"t": 1}]}, {"messages": [ask],
              "tools": []}, {"messages": "no"}, {}]
    outputs = [{"messages": [told]}, {"messages": [told, {"content": 1}]},
               {"messages": {}}, {}]
    with Server(build) as server:
        dataset = put(server, "a/b \u20ac", inputs, outputs=outputs,
                      example_ids=["x", None, None, None])["dataset_id"]

        def lines(form):
            status, headers, body = server.request(
                "GET", f"/v1/datasets/{dataset}/jsonl{form}")
            equal(status, 200)
            equal(headers["content-disposition"],
                  "attachment; filename*=UTF-8''a%2Fb%20%E2%82%AC.jsonl")
            return [json.loads(line) for line in body.splitlines()]
        equal(lines("/openai_ft"),
              [{"messages": [ask, told], "tools": [{"t": 1}]},
               {"messages": [ask, told, {"content": 1}]},
               {"messages": []}, {"messages": []}])
        equal(lines("/openai_evals"),
              [{"messages": [ask], "ideal": "a"},
               {"messages": [ask], "ideal": ""},
               {"messages": "no", "ideal": ""}, {"messages": [], "ideal": ""}])
        equal([row["id"] for row in lines("")],
              ["x"] + [number("DatasetExample", i) for i in (2, 3, 4)])
        path = f"/v1/datasets/{dataset}/jsonl?version_id="
        equal(server.request("GET", path + number("DatasetVersion", 9))[2], b"")
        equal(server.request("GET", path + "x")[0], 422)
        equal(server.request("GET", "/v1/datasets/"
                             + number("Dataset", 9) + "/jsonl")[0], 422)


def test_uploads_at_once_lose_nothing(build):
    """Each of 16 clients appends its own, and one that all of them have."""
    with Server(build) as server:
        def client(i):
            for j in range(5):
                put(server, "d", [{"q": [i, j]}, {"same": True}], "append",
                    example_ids=[None, "same"])
        threads = [threading.Thread(target=client, args=(i,))
                   for i in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rows = server.get_json(f"/v1/datasets/{number('Dataset', 1)}/examples")
        rows = rows["data"]["examples"]
        equal(sorted(row["input"]["q"] for row in rows if row["id"] != "same"),
              [[i, j] for i in range(16) for j in range(5)])
        equal(sum(row["id"] == "same" for row in rows), 1)
        true(len({row["node_id"] for row in rows}) == 81, "numbers are given once")


if __name__ == "__main__":
    cases.main(globals())
