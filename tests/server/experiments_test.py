#!/usr/bin/env python3
"""Experiments over REST: every operation, every refusal, files, and clients that
write the same runs at once."""
import csv
import io
import json
import sys
import threading
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
from cases import equal, true
from datasets_test import JSON, number, put
from running import Server

TIMES = {"start_time": "2024-01-01T00:00:00.500000+00:00",
         "end_time": "2024-01-01T02:00:01+02:00"}
NONE = number("Experiment", 9)


def call(server, method, path, body=None):
    """(status, JSON or text)"""
    raw = body if isinstance(body, bytes) else \
        b"" if body is None else json.dumps(body).encode()
    status, headers, answer = server.request(
        method, "/v1/" + path, raw, {} if body is None else JSON)
    if headers.get("content-type") == "application/json":
        return status, json.loads(answer)
    return status, answer.decode()


def done(server, method, path, body=None):
    """The data of an answer that there must be."""
    status, answer = call(server, method, path, body)
    equal(status, 200, answer)
    return answer["data"]


def make(server, dataset=1, **more):
    return done(server, "POST",
                f"datasets/{number('Dataset', dataset)}/experiments", more)


def run(example=1, output=None, repetition=1, **more):
    return {"dataset_example_id": number("DatasetExample", example),
            "output": output, "repetition_number": repetition, **TIMES, **more}


def said(run=1, name="right", **more):
    return {"experiment_run_id": number("ExperimentRun", run), "name": name,
            "annotator_kind": "CODE", **TIMES, **more}


def three(server):
    put(server, "my data", [{"q": 1}, {"q": 2}, {"q": 3}],
        outputs=[{"a": 1}, {"a": "\u00e9"}, {}],
        example_ids=["mine", None, None])


def test_an_experiment_is_made_and_changed(build):
    with Server(build) as server:
        three(server)
        put(server, "my data", [{"q": 4}], action="append")
        row = make(server, repetitions=2, metadata={"n": 9007199254740993},
                   version_id=number("DatasetVersion", 1), splits=[])
        equal(row["name"][:8], "my-data-")
        true(row["project_name"].startswith("Experiment-"), row)
        equal({key: row[key] for key in row if key not in (
            "name", "project_name", "created_at", "updated_at")},
            {"id": number("Experiment", 1),
             "dataset_id": number("Dataset", 1),
             "dataset_version_id": number("DatasetVersion", 1),
             "description": None, "repetitions": 2,
             "metadata": {"n": 9007199254740993}, "example_count": 3,
             "successful_run_count": 0, "failed_run_count": 0,
             "missing_run_count": 6})
        equal(make(server, name="n", description="d", splits=None,
                   version_id=None, metadata=None)["example_count"], 4)
        path = f"experiments/{number('Experiment', 2)}"
        equal(done(server, "GET", path)["description"], "d")
        done(server, "POST", path + "/runs", run(4))
        done(server, "POST", path + "/runs", run(1, error=""))
        row = done(server, "PATCH", path, {"name": "m", "description": None,
                                           "metadata": {"a": 1}})
        equal([row[key] for key in ("name", "description", "metadata")],
              ["m", None, {"a": 1}])
        equal([row[f"{key}_run_count"] for key in
               ("successful", "failed", "missing")], [1, 1, 2])
        equal(done(server, "PATCH", path, {"metadata": {}})["name"], "m")
        for body in ({}, {"name": None}, {"metadata": None}, {"name": 1},
                     {"description": []}, b"{", {"other": 1}):
            equal(call(server, "PATCH", path, body)[0], 422, body)


def test_an_experiment_is_made_of_splits(build):
    with Server(build) as server:
        three(server)
        here = f"datasets/{number('Dataset', 1)}"
        train = call(server, "POST", here + "/splits", {
            "name": "train", "example_ids": [number("DatasetExample", 1),
                                             number("DatasetExample", 3)]}
                     )[1]["data"]
        equal(call(server, "POST", here + "/splits", {"name": "none"})[0], 201)
        equal(make(server, splits=["none", " train "])["example_count"], 2)
        equal(make(server, splits=[train["id"]])["example_count"], 2)
        equal(make(server, splits=["none"])["example_count"], 0)
        equal(call(server, "DELETE", f"{here}/splits/{train['id']}")[0], 204)
        left = call(server, "GET", f"experiments/{number('Experiment', 1)}"
                                   "/incomplete-runs")[1]["data"]
        equal([row["dataset_example"]["node_id"] for row in left],
              [number("DatasetExample", 1), number("DatasetExample", 3)])
        equal(call(server, "GET", f"experiments/{number('Experiment', 3)}"
                                  "/incomplete-runs"),
              (200, {"data": [], "next_cursor": None}))


def test_what_cannot_be_made_is_told(build):
    with Server(build) as server:
        three(server)
        put(server, "other", [{"q": 1}])
        here = f"datasets/{number('Dataset', 1)}/experiments"
        for body, status in (
                ({"repetitions": 0}, 422), ({"repetitions": False}, 422),
                ({"repetitions": 10001}, 422),
                ({"repetitions": None}, 422), ({"repetitions": "x"}, 422),
                ({"name": 1}, 422), ({"metadata": []}, 422),
                ({"splits": "x"}, 422), ({"splits": [1]}, 422),
                ({"splits": ["train"]}, 404), ({"splits": [" "]}, 422), ({"version_id": "x"}, 422),
                ({"version_id": number("Dataset", 1)}, 404),
                ({"version_id": number("DatasetVersion", 2)}, 404),
                ({"version_id": number("DatasetVersion", 9)}, 404),
                ({"version_id": number("DatasetVersion", 0)}, 404),
                ([], 422), (b"{", 422), (b"", 422)):
            equal(call(server, "POST", here, body)[0], status, body)
        for dataset, status in (("x", 422), (number("Project", 1), 404),
                                (number("Dataset", 9), 404)):
            equal(call(server, "POST", f"datasets/{dataset}/experiments",
                       {})[0], status, dataset)
        equal(call(server, "GET", here),
              (200, {"data": [], "next_cursor": None}))
        equal(len(server.get_json("/v1/projects?"
                                  "include_experiment_projects=1")["data"]), 1)


def test_lists_are_in_pages(build):
    with Server(build) as server:
        three(server)
        put(server, "other", [{"q": 1}])
        for i in range(60):
            make(server, 1 + i % 2)
        here = f"/v1/datasets/{number('Dataset', 1)}/experiments?"
        equal(len(server.get_json(here)["data"]), 30)
        equal([row["id"] for row in server.pages(here, 7)],
              [number("Experiment", i) for i in range(59, 0, -2)])
        for bad in ("cursor=x", f"cursor={number('Dataset', 1)}", "limit=0"):
            equal(server.request("GET", here + bad)[0], 422, bad)
        for dataset, status in (("x", 422), (number("Project", 1), 404)):
            equal(call(server, "GET", f"datasets/{dataset}/experiments")[0],
                  status)
        equal(call(server, "GET",
                   f"datasets/{number('Dataset', 9)}/experiments"),
              (200, {"data": [], "next_cursor": None}))


def test_projects_of_experiments_are_hidden(build):
    def names(query=""):
        return [row["name"] for row in
                server.pages("/v1/projects?" + query, 2)]
    with Server(build) as server:
        three(server)
        call(server, "POST", "projects", {"name": "mine"})
        made = [make(server)["project_name"] for _ in range(5)]
        call(server, "POST", "projects", {"name": "yours"})
        equal(names(), ["yours", "mine", "default"])
        equal(len(names("include_experiment_projects=true&")), 8)
        equal(call(server, "DELETE",
                   f"experiments/{number('Experiment', 1)}"), (204, ""))
        equal(names(), ["yours", made[0], "mine", "default"])
        equal(call(server, "DELETE", f"experiments/{number('Experiment', 2)}"
                   "?delete_project=true"), (204, ""))
        equal(len(names("include_experiment_projects=true&")), 7)
        equal(call(server, "DELETE", "experiments/"
                   f"{number('Experiment', 3)}?delete_project=maybe")[0], 422)
        equal(call(server, "DELETE",
                   "datasets/" + number("Dataset", 1)), (204, ""))
        equal(len(names()), 7)


def test_ids_of_another_kind_are_refused(build):
    other = number("Dataset", 1)
    with Server(build) as server:
        three(server)
        make(server)
        for method, path, kind, missing, body in (
                ("GET", "", 404, 404, None), ("PATCH", "", 404, 404,
                                              {"name": "n"}),
                ("DELETE", "", 404, 404, None),
                ("GET", "/json", 422, 404, None),
                ("GET", "/csv", 422, 404, None),
                ("GET", "/runs", 404, 200, None),
                ("POST", "/runs", 404, 404, run()),
                ("GET", "/incomplete-runs", 404, 404, None),
                ("GET", "/incomplete-evaluations?evaluation_name=a", 404, 404,
                 None),
                ("GET", "/tags", 422, 404, None),
                ("POST", "/tags", 422, 404, {"name": "a"}),
                ("DELETE", "/tags/a", 422, 404, None)):
            for given, status in (("x", 422), (other, kind), (NONE, missing)):
                status_, answer = call(server, method,
                                       f"experiments/{given}{path}", body)
                equal(status_, status, (method, path, given))
                if status >= 400:
                    true(isinstance(answer, str), answer)
        equal(call(server, "GET", f"experiments/{NONE}/runs"),
              (200, {"data": [], "next_cursor": None}))


def test_runs_come_and_go(build):
    with Server(build) as server:
        three(server)
        make(server, repetitions=2)
        path = f"experiments/{number('Experiment', 1)}"
        exact = b'{"n":9007199254740993,"x":NaN}'
        body = json.dumps(run(1, "@", id="x", experiment_id="y")).encode()
        equal(call(server, "POST", path + "/runs",
                   body.replace(b'"@"', exact)),
              (200, {"data": {"id": number("ExperimentRun", 1)}}))
        equal(call(server, "POST", path + "/runs", run(1))[0], 409)
        failed = done(server, "POST", path + "/runs",
                      run(2, error="boom", trace_id="0af7"))
        equal(done(server, "POST", path + "/runs", run(2, [1])), failed)
        equal(call(server, "POST", path + "/runs", run(2, [2]))[0], 409)
        done(server, "POST", path + "/runs", run(3, "t", repetition=2))
        done(server, "POST", path + "/runs", run(3, error="boom"))
        rows = server.get_json(f"/v1/{path}/runs")
        equal([row["output"] for row in rows["data"]],
              [None, "t", [1], {"n": 9007199254740993, "x": None}])
        equal(rows["next_cursor"], None)
        equal(rows["data"][1], {
            **run(3, "t", 2), "id": number("ExperimentRun", 3),
            "experiment_id": number("Experiment", 1), "trace_id": None,
            "error": None, "end_time": "2024-01-01T00:00:01+00:00"})
        equal(server.pages(f"/v1/{path}/runs?", 3), rows["data"])
        left = server.get_json(f"/v1/{path}/incomplete-runs")["data"]
        equal([row["repetition_numbers"] for row in left], [[2], [2], [1]])
        equal(left[0]["dataset_example"]["id"], number("DatasetExample", 1))
        equal(server.pages(f"/v1/{path}/incomplete-runs?", 2), left)
        for bad in ("cursor=x", f"cursor={number('Dataset', 1)}", "limit=0"):
            equal(call(server, "GET", f"{path}/incomplete-runs?{bad}")[0], 422)
        equal(call(server, "GET", f"{path}/runs?cursor=x")[0], 422)
        for more, status in (
                ({"dataset_example_id": "x"}, 422),
                ({"dataset_example_id": ""}, 422),
                ({"dataset_example_id": number("Dataset", 1)}, 404),
                ({"dataset_example_id": number("DatasetExample", 9)}, 404),
                ({"repetition_number": 0}, 422),
                ({"repetition_number": "x"}, 422), ({"end_time": 0}, 422),
                ({"start_time": "noon"}, 422), ({"error": 1}, 422),
                ({"trace_id": 1}, 422)):
            equal(call(server, "POST", path + "/runs",
                       {**run(2), **more})[0], status, more)
        for missing in ("dataset_example_id", "output", "repetition_number",
                        "start_time", "end_time"):
            body = {key: value for key, value in run(2).items()
                    if key != missing}
            status, answer = call(server, "POST", path + "/runs", body)
            equal((status, answer["detail"][0]["loc"]),
                  (422, ["body", missing]))


def test_runs_are_evaluated(build):
    with Server(build) as server:
        three(server)
        make(server)
        path = f"experiments/{number('Experiment', 1)}"
        for body in (run(1, 1), run(2, 2), run(3, error="boom")):
            done(server, "POST", path + "/runs", body)
        first = done(server, "POST", "experiment_evaluations",
                     said(result={"score": 1, "label": "l"}))
        equal(first, {"id": number("ExperimentEvaluation", 1)})
        equal(done(server, "POST", "experiment_evaluations",
                   said(error="broke")), first)
        done(server, "POST", "experiment_evaluations",
             said(2, result={}, error=None, trace_id="a", metadata={"m": 1}))

        def left(query):
            return [(row["experiment_run"]["id"], row["evaluation_names"])
                    for row in server.pages(
                        f"/v1/{path}/incomplete-evaluations?{query}", 1)]
        names = "evaluation_name=tox&evaluation_name=%20right&" \
                "evaluation_name=tox&"
        one, two = (number("ExperimentRun", i) for i in (1, 2))
        equal(left(names), [(one, ["right", "tox"]), (two, ["tox"])])
        done(server, "POST", "experiment_evaluations",
             said(result={"explanation": "e"}))
        equal(left("evaluation_name=right&"), [])
        row = server.get_json(f"/v1/{path}/incomplete-evaluations?{names}")
        equal(row["data"][0]["dataset_example"]["input"], {"q": 1})
        for query, status in (("", 400), ("evaluation_name=%20", 400),
                              (names + "cursor=x", 422),
                              (names + f"cursor={number('Dataset', 1)}", 422),
                              (names + "limit=0", 422)):
            equal(call(server, "GET",
                       f"{path}/incomplete-evaluations?{query}")[0], status)
        for more, status in (
                ({"experiment_run_id": "x"}, 422),
                ({"experiment_run_id": ""}, 422),
                ({"experiment_run_id": number("Dataset", 1)}, 404),
                ({"experiment_run_id": number("ExperimentRun", 9)}, 404),
                ({"annotator_kind": "DOG"}, 422), ({"name": 1}, 422),
                ({"name": ""}, 422), ({"result": 1}, 422),
                ({"result": {"score": "x"}}, 422), ({"result": None}, 422),
                ({"metadata": 1}, 422), ({"end_time": 0}, 422)):
            equal(call(server, "POST", "experiment_evaluations",
                       {**said(result={}), **more})[0], status, more)


def test_tags_move(build):
    with Server(build) as server:
        three(server)
        for _ in range(2):
            make(server)
        one, two = (f"experiments/{number('Experiment', i)}/tags"
                    for i in (1, 2))
        tag = done(server, "POST", one, {"name": "best", "description": "d"})
        equal(tag, {"id": number("ExperimentTag", 1), "name": "best",
                    "description": "d"})
        done(server, "POST", one, {"name": "baseline"})
        equal([row["name"] for row in done(server, "GET", one)],
              ["baseline", "best"])
        equal(done(server, "POST", two, {"name": "best"}),
              {**tag, "description": None})
        equal([row["name"] for row in done(server, "GET", one)], ["baseline"])
        for name in ("best", tag["id"], number("ExperimentTag", 9), "none"):
            equal(call(server, "DELETE", f"{one}/{name}"), (204, ""))
        equal(done(server, "GET", two), [{**tag, "description": None}])
        equal(call(server, "DELETE", f"{two}/{tag['id']}"), (204, ""))
        equal(done(server, "GET", two), [])
        equal(call(server, "DELETE", f"{two}/Bad")[0], 422)
        for body in ({}, {"name": "Bad"}, {"name": ""}, {"name": "a-"},
                     {"name": 1}, {"name": "a", "description": 1}):
            equal(call(server, "POST", two, body)[0], 422, body)


def test_an_experiment_is_a_file(build):
    with Server(build) as server:
        three(server)
        make(server, name="a/b \u20ac")
        path = f"/v1/experiments/{number('Experiment', 1)}"
        for form in ("/json", "/csv"):
            status, headers, body = server.request("GET", path + form)
            equal((status, body), (404, b"Experiment has no runs"))
        done(server, "POST", path[4:] + "/runs", run(2, ["it's", 1.5, None]))
        done(server, "POST", path[4:] + "/runs", run(1, {"e": "\u00e9,"}))
        done(server, "POST", path[4:] + "/runs", run(3, 7, trace_id="0af7"))
        done(server, "POST", "experiment_evaluations",
             said(2, result={"score": 1, "label": "l\"\n"}))
        status, headers, body = server.request("GET", path + "/json")
        equal((status, headers["content-type"]), (200, "application/json"))
        equal(headers["content-disposition"],
              "attachment; filename*=UTF-8''a%2Fb%20%E2%82%AC.json")
        rows = json.loads(body)
        equal([row["example_id"] for row in rows],
              [number("DatasetExample", i) for i in (1, 2, 3)])
        equal(rows[0], {
            "example_id": number("DatasetExample", 1), "repetition_number": 1,
            "input": {"q": 1}, "reference_output": {"a": 1},
            "output": {"e": "\u00e9,"}, "error": None, "latency_ms": 500.0,
            "start_time": TIMES["start_time"],
            "end_time": "2024-01-01T00:00:01+00:00", "trace_id": None,
            "prompt_token_count": None, "completion_token_count": None,
            "annotations": [{
                "name": "right", "annotator_kind": "CODE", "label": "l\"\n",
                "score": 1.0, "explanation": None, "trace_id": None,
                "error": None, "metadata": {},
                "start_time": TIMES["start_time"],
                "end_time": "2024-01-01T00:00:01+00:00"}]})
        status, headers, body = server.request("GET", path + "/csv")
        equal((status, headers["content-type"]), (200, "text/csv"))
        rows = list(csv.DictReader(io.StringIO(body.decode())))
        equal([row["output"] for row in rows],
              ['{"e": "\\u00e9,"}', '["it\'s", 1.5, None]', "7"])
        equal(rows[1]["reference_output"], '{"a": "\\u00e9"}')
        equal([row["annotation_right_label"] for row in rows],
              ["l\"\n", "", ""])
        equal(rows[0]["annotation_right_score"], "1.0")
        equal(rows[0]["annotation_right_metadata"], "{}")


def test_whole_numbers_are_reals_beside_gaps(build):
    with Server(build) as server:
        three(server)
        make(server)
        path = f"/v1/experiments/{number('Experiment', 1)}"
        done(server, "POST", path[4:] + "/runs", run(1, 1))
        done(server, "POST", path[4:] + "/runs", run(2, None))
        rows = csv.DictReader(io.StringIO(
            server.request("GET", path + "/csv")[2].decode()))
        equal([row["output"] for row in rows], ["1.0", ""])


def test_clients_at_once_make_no_duplicate(build):
    """32 of them write the same runs and evaluations."""
    with Server(build) as server:
        three(server)
        make(server)
        path = f"experiments/{number('Experiment', 1)}"
        failures, codes = [], []

        def work(which):
            try:
                for example in (1, 2, 3):
                    status, _ = call(server, "POST", path + "/runs",
                                     run(example, which))
                    codes.append(status)
                    done(server, "POST", "experiment_evaluations",
                         said(1, f"n{example}", result={"score": which}))
            except Exception as error:  # told below
                failures.append(error)
        done(server, "POST", path + "/runs", run(1, error="first"))
        threads = [threading.Thread(target=work, args=(i,)) for i in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(failures, [])
        equal((codes.count(200), codes.count(409)), (3, 93))
        rows = server.get_json(f"/v1/{path}/json")
        equal(len(rows), 3)
        equal(sorted(len(row["annotations"]) for row in rows), [0, 0, 3])


if __name__ == "__main__":
    cases.main(globals())
