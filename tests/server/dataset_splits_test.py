#!/usr/bin/env python3
"""Splits and labels of datasets over REST, and the spans that examples are from."""
import base64
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
from asking import refused, send, wrong_form
from cases import equal, true
from running import Server


def number(kind, row):
    return base64.b64encode(f"{kind}:{row}".encode()).decode()


def example(row):
    return number("DatasetExample", row)


def put(server, name="d", count=3, **rest):
    status, _, answer = send(server, "POST", "/v1/datasets/upload?sync=true",
                             {"name": name, "action": "update",
                              "inputs": [{"q": i} for i in range(count)], **rest})
    equal(status, 200, answer)
    return answer["data"]


def ids(server, split):
    found = server.get_json(f"/v1/datasets/{number('Dataset', 1)}/examples?{split}")
    return ([row["node_id"] for row in found["data"]["examples"]],
            found["data"]["filtered_splits"])


def test_a_split_is_made_changed_and_deleted(build):
    with Server(build) as server:
        put(server)
        status, kind, made = send(server, "POST", "/v1/datasets/d/splits",
                                  {"name": " mine ", "metadata": {"a": 1},
                                   "example_ids": [example(1), example(3)]})
        equal((status, kind), (201, "application/json"))
        made = made["data"]
        true(made["created_at"] == made["updated_at"], "times of a new one")
        equal({key: made[key] for key in made if not key.endswith("_at")},
              {"id": number("DatasetSplit", 1), "name": "mine",
               "description": None, "color": "#33c5e8", "metadata": {"a": 1},
               "example_count": 2})
        path = f"/v1/datasets/{number('Dataset', 1)}/splits/{made['id']}"
        for body, wanted in (
                ({"description": "x", "color": "red"},
                 {"description": "x", "color": "red"}),
                ({"description": None, "metadata": None},
                 {"description": None, "metadata": {"a": 1}}),
                ({"metadata": {}, "name": "yours"},
                 {"metadata": {}, "name": "yours"}),
                ({"add_example_ids": [example(2), example(2)],
                  "remove_example_ids": [example(1), example(2)]},
                 {"example_count": 1}),
                ({}, {"example_count": 1})):
            status, _, answer = send(server, "PATCH", path, body)
            equal((status, {key: answer["data"][key] for key in wanted}),
                  (200, wanted))
        equal(ids(server, "split=yours"), ([example(3)], ["yours"]))
        equal(ids(server, f"split=%20yours&split={made['id']}"),
              ([example(3)], ["yours", "yours"]))
        equal(send(server, "DELETE", path), (204, None, ""))
        refused(send(server, "DELETE", path), 404)
        refused(send(server, "GET", f"/v1/datasets/{number('Dataset', 1)}"
                                    "/examples?split=yours"), 404, "yours")


def test_splits_that_are_refused(build):
    with Server(build) as server:
        put(server)
        put(server, "e")
        path = "/v1/datasets/d/splits"
        equal(send(server, "POST", path, {"name": "x"})[0], 201)
        one = f"{path}/{number('DatasetSplit', 1)}"
        for body in ({"name": " "}, {"name": "y", "color": " "},
                     {"name": "y", "example_ids": ["mine"]}):
            refused(send(server, "POST", path, body), 422)
        refused(send(server, "POST", path, {"name": "x"}), 409, "x")
        for bad in (9, 4):
            refused(send(server, "POST", path,
                         {"name": "y", "example_ids": [example(bad)]}), 404)
        refused(send(server, "POST", "/v1/datasets/none/splits", {"name": "y"}),
                404, "none")
        wrong_form(send(server, "POST", path, {"metadata": [], "color": 1,
                                               "example_ids": [1]}),
                   ("missing", ("body", "name")),
                   ("string_type", ("body", "color")),
                   ("dict_type", ("body", "metadata")),
                   ("string_type", ("body", "example_ids", 0)))
        for body in ({"name": None}, {"color": None}, {"name": ""}):
            refused(send(server, "PATCH", one, body), 422)
        refused(send(server, "PATCH", one, {"add_example_ids": [example(4)]}),
                404)
        refused(send(server, "PATCH", f"{path}/x", {}), 422)
        refused(send(server, "PATCH", f"{path}/{number('DatasetSplit', 7)}", {}),
                404)
        refused(send(server, "DELETE", f"{path}/{number('Dataset', 1)}"), 422)
        refused(send(server, "DELETE",
                     f"/v1/datasets/none/splits/{number('DatasetSplit', 1)}"),
                404)
        refused(send(server, "GET", f"/v1/datasets/{number('Dataset', 1)}"
                                    "/examples?split=%20"), 422)
        equal(ids(server, "split=x"), ([], ["x"]))


def test_labels(build):
    one = {"name": "a", "color": "#00ff99", "description": "about"}
    with Server(build) as server:
        status, _, made = send(server, "POST", "/v1/dataset_labels", one)
        equal((status, made), (201, {"data": {
            "id": number("DatasetLabel", 1), "name": "a",
            "description": "about", "color": "#00ff99"}}))
        for name in "bc":
            equal(send(server, "POST", "/v1/dataset_labels",
                       {"name": name, "color": "#000000"})[0], 201)
        refused(send(server, "POST", "/v1/dataset_labels", one), 409, "a")
        equal([row["name"] for row in server.pages("/v1/dataset_labels?", 2)],
              ["c", "b", "a"])
        equal(server.get_json("/v1/dataset_labels?limit=2")["next_cursor"],
              number("DatasetLabel", 1))
        refused(send(server, "GET", "/v1/dataset_labels?cursor=" +
                     number("Dataset", 1)), 422)
        wrong_form(send(server, "POST", "/v1/dataset_labels",
                        {"name": "", "color": "#00FF99", "description": 1}),
                   ("string_too_short", ("body", "name")),
                   ("string_pattern_mismatch", ("body", "color")),
                   ("string_type", ("body", "description")))
        path = "/v1/dataset_labels/" + made["data"]["id"]
        equal(server.get_json(path), made)
        for body, wanted in (({"name": "A", "color": None}, {"name": "A"}),
                             ({"description": None}, {"description": None}),
                             ({"color": "#111111"}, {"color": "#111111"})):
            status, _, answer = send(server, "PATCH", path, body)
            equal((status, {key: answer["data"][key] for key in wanted}),
                  (200, wanted))
        for body in ({}, {"name": None}, {"name": None, "color": None}):
            refused(send(server, "PATCH", path, body), 422)
        refused(send(server, "PATCH", path, {"name": "b"}), 409)
        for method in ("GET", "DELETE", "PATCH"):
            body = {"name": "x"} if method == "PATCH" else None
            refused(send(server, method, "/v1/dataset_labels/x", body), 422)
            refused(send(server, method, "/v1/dataset_labels/" +
                         number("DatasetLabel", 9), body), 404)
        equal(send(server, "DELETE", path), (204, None, ""))
        refused(send(server, "GET", path), 404)


def test_labels_of_a_dataset(build):
    with Server(build) as server:
        put(server)
        for name in "abc":
            send(server, "POST", "/v1/dataset_labels",
                 {"name": name, "color": "#000000"})
        path = f"/v1/datasets/{number('Dataset', 1)}/labels"
        label = [number("DatasetLabel", i) for i in range(10)]

        def names(answer):
            equal((answer[0], list(answer[2])), (200, ["data"]))
            return "".join(row["name"] for row in answer[2]["data"])
        equal(names(send(server, "GET", "/v1/datasets/d/labels")), "")
        equal(names(send(server, "PUT", path,
                         {"dataset_label_ids": [label[1], label[3]]})), "ca")
        status, _, answer = send(server, "PUT", f"{path}/{label[2]}")
        equal((status, answer["data"]["name"]), (200, "b"))
        equal(send(server, "PUT", f"{path}/{label[2]}")[0], 200)
        equal(send(server, "DELETE", f"{path}/{label[1]}"), (204, None, ""))
        equal(send(server, "DELETE", f"{path}/{label[9]}"), (204, None, ""))
        equal(names(send(server, "GET", path)), "cb")
        refused(send(server, "PUT", path,
                     {"dataset_label_ids": [label[1], label[9]]}), 404)
        refused(send(server, "PUT", path, {"dataset_label_ids": ["x"]}), 422)
        refused(send(server, "PUT", f"{path}/{label[9]}"), 404)
        refused(send(server, "PUT", f"{path}/x"), 422)
        refused(send(server, "DELETE", f"{path}/x"), 422)
        for method, more, body in (("GET", "", None), ("PUT", "", {}),
                                   ("PUT", "/" + label[1], None),
                                   ("DELETE", "/" + label[1], None)):
            refused(send(server, method, "/v1/datasets/none/labels" + more,
                         body), 404)
        equal(names(send(server, "GET", path)), "cb")
        equal(names(send(server, "PUT", path, {})), "")


def test_examples_give_their_spans_back(build):
    span = {"name": "s", "context": {"trace_id": "0" * 31 + "1",
                                     "span_id": "0" * 15 + "2"},
            "span_kind": "LLM", "start_time": "2024-01-01T00:00:00Z",
            "end_time": "2024-01-01T00:00:01Z", "status_code": "OK"}
    with Server(build) as server:
        equal(send(server, "POST", "/v1/projects/p/spans",
                   {"data": [span]})[0], 202)
        put(server, span_ids=["0" * 15 + "2", "f" * 16, None])
        path = f"/v1/datasets/{number('Dataset', 1)}/examples"
        rows = server.get_json(path)["data"]["examples"]
        equal([row["source"] for row in rows],
              [{"span_id": "0" * 15 + "2", "span_node_id": number("Span", 1)},
               None, None])
        equal(send(server, "DELETE", "/v1/spans/" + number("Span", 1))[0], 204)
        equal([row["source"] for row in
               server.get_json(path)["data"]["examples"]], [None] * 3)


if __name__ == "__main__":
    cases.main(globals())
