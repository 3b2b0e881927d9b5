#!/usr/bin/env python3
"""Annotation configs over REST: made, replaced, deleted, given to projects;
every refusal with its status and form."""
import base64
import sys
import threading
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
from asking import refused, send, wrong_form
from cases import equal
from running import Server

CONFIGS = "/v1/annotation_configs"
GIVEN = "/v1/projects/default/annotation_configs"
CATEGORICAL = {"name": "tone", "type": "CATEGORICAL", "description": None,
               "optimization_direction": "MAXIMIZE",
               "values": [{"label": "good", "score": 1.0},
                          {"label": "bad", "score": None}]}
CONTINUOUS = {"name": "grade", "type": "CONTINUOUS", "description": "0 to 1",
              "optimization_direction": "MINIMIZE", "lower_bound": 0.0,
              "upper_bound": None}
FREEFORM = {"name": "words", "type": "FREEFORM", "description": None,
            "optimization_direction": None, "threshold": 0.5,
            "lower_bound": None, "upper_bound": 2.0}


def make(server, config, **more):
    """Its id."""
    answer = send(server, "POST", CONFIGS, {**config, **more})
    equal(answer[:2], (200, "application/json"), f"answer {answer[2]!r:.200}")
    found = dict(answer[2]["data"])
    id_ = found.pop("id")
    equal(found, {**config, **more}, "config")
    equal(list(answer[2]["data"])[:3], ["name", "type", "description"], "keys")
    return id_


def id_of(text):
    return base64.b64encode(text.encode()).decode()


def names(server, path=CONFIGS):
    return [row["name"] for row in server.get_json(path)["data"]]


def test_each_type_is_made_found_replaced_deleted(build):
    with Server(build) as server:
        ids = [make(server, config)
               for config in (CATEGORICAL, CONTINUOUS, FREEFORM)]
        equal(ids, [id_of("CategoricalAnnotationConfig:1"),
                    id_of("ContinuousAnnotationConfig:2"),
                    id_of("FreeformAnnotationConfig:3")], "ids")
        equal(names(server), ["words", "grade", "tone"], "names")
        page = server.get_json(f"{CONFIGS}?limit=2")
        equal(page["next_cursor"], ids[0], "cursor")
        equal([row["id"] for row in server.pages(CONFIGS, 1)], ids[::-1],
              "ids of pages")
        for key in (ids[0], "tone", id_of("FreeformAnnotationConfig:1")):
            equal(server.get_json(f"{CONFIGS}/{key}")["data"],
                  {**CATEGORICAL, "id": ids[0]}, "config")
        changed = send(server, "PUT", f"{CONFIGS}/{ids[0]}",
                       {**FREEFORM, "name": "tone"})
        equal(changed[2]["data"],
              {**FREEFORM, "name": "tone",
               "id": id_of("FreeformAnnotationConfig:1")}, "what it became")
        gone = send(server, "DELETE", f"{CONFIGS}/{ids[0]}")
        equal(gone, (200, "application/json", changed[2]), "a delete")
        equal(names(server), ["words", "grade"], "names")
        equal(make(server, CATEGORICAL),
              id_of("CategoricalAnnotationConfig:4"), "the next id")
        server.kill()
        server.start()
        equal(names(server), ["tone", "words", "grade"], "names")
        equal(server.stop(), 0, "status")
        equal(server.run("verify").returncode, 0, "verify")


def test_what_is_no_config_is_refused(build):
    where = ("body", "CATEGORICAL")
    bad_values = [
        [], [{"label": ""}], [{"label": "a"}, {"label": "a"}],
        [{"label": "a", "score": 1}, {"label": "b"}, {"label": "a"}]]
    with Server(build) as server:
        def post(config):
            return send(server, "POST", CONFIGS, config)

        def but(config, **more):
            return {**config, **more}
        kept = make(server, CATEGORICAL)
        make(server, CONTINUOUS)
        refused(post(CATEGORICAL), 409, "tone")
        refused(post(but(FREEFORM, name="note")), 409, "note")
        refused(send(server, "PUT", f"{CONFIGS}/{kept}",
                     but(FREEFORM, name="note")), 409, "note")
        refused(send(server, "PUT", f"{CONFIGS}/{kept}", CONTINUOUS), 409,
                "grade")
        for values in bad_values:
            refused(post(but(CATEGORICAL, name="x", values=values)), 400)
        for config in (CONTINUOUS, FREEFORM):
            refused(post(but(config, name="x", lower_bound=2,
                             upper_bound=2)), 400, "bound")
        refused(post(but(CONTINUOUS, name="")), 400, "name")
        refused(post(but(CONTINUOUS, name="n" * 5000)), 413, "name")
        wrong_form(post({"name": "x"}), ("union_tag_not_found", ["body"]))
        answer = post({"name": "x", "type": "categorical"})
        wrong_form(answer, ("union_tag_invalid", ["body"]))
        equal(answer[2]["detail"][0]["ctx"],
              {"discriminator": "'type'", "tag": "categorical",
               "expected_tags": "'CATEGORICAL', 'CONTINUOUS', 'FREEFORM'"},
              "context")
        wrong_form(post({"type": "CATEGORICAL"}),
                   ("missing", (*where, "name")),
                   ("missing", (*where, "optimization_direction")),
                   ("missing", (*where, "values")))
        wrong_form(post(but(CATEGORICAL, name=1, description=2,
                            optimization_direction="UP",
                            values=[1, {}, {"label": 3, "score": "x"}])),
                   ("string_type", (*where, "name")),
                   ("string_type", (*where, "description")),
                   ("enum", (*where, "optimization_direction")),
                   ("model_attributes_type", (*where, "values", 0)),
                   ("missing", (*where, "values", 1, "label")),
                   ("string_type", (*where, "values", 2, "label")),
                   ("float_parsing", (*where, "values", 2, "score")))
        wrong_form(post(but(CATEGORICAL, values={})),
                   ("list_type", (*where, "values")))
        wrong_form(post(but(CONTINUOUS, optimization_direction=None,
                            lower_bound=[])),
                   ("enum", ("body", "CONTINUOUS", "optimization_direction")),
                   ("float_type", ("body", "CONTINUOUS", "lower_bound")))
        wrong_form(post(but(FREEFORM, threshold="high")),
                   ("float_parsing", ("body", "FREEFORM", "threshold")))
        wrong_form(post([]), ("model_attributes_type", ["body"]))
        wrong_form(send(server, "GET", f"{CONFIGS}?limit=0"),
                   ("greater_than", ("query", "limit")))
        refused(send(server, "GET", f"{CONFIGS}?cursor=x"), 400, "x")
        refused(send(server, "GET", f"{CONFIGS}?cursor={id_of('Span:1')}"),
                400)
        for key in ("none", id_of("FreeformAnnotationConfig:9"),
                    id_of("FreeformAnnotationConfig:0")):
            refused(send(server, "GET", f"{CONFIGS}/{key}"), 404)
        for method, body in (("PUT", FREEFORM), ("DELETE", None)):
            refused(send(server, method, f"{CONFIGS}/tone", body), 422)
            refused(send(server, method, f"{CONFIGS}/{id_of('Span:1')}",
                         body), 400)
            refused(send(server, method,
                         f"{CONFIGS}/{id_of('FreeformAnnotationConfig:9')}",
                         body), 404)
        equal(names(server), ["grade", "tone"], "names")


def test_projects_have_configs(build):
    with Server(build) as server:
        ids = [make(server, FREEFORM, name=f"c{i}") for i in range(4)]
        equal(send(server, "POST", "/v1/projects", {"name": "p"})[0], 200,
              "status")
        other = "/v1/projects/p/annotation_configs"
        equal(names(server, GIVEN), [], "names")
        for _ in range(2):
            answer = send(server, "PUT", f"{GIVEN}/c1")
            equal((answer[0], answer[2]["data"]["id"]), (200, ids[1]),
                  "an assignment")
        send(server, "PUT", f"{other}/{ids[1]}")
        answer = send(server, "PUT", GIVEN,
                      {"annotation_config_ids": [ids[0], ids[2], ids[0]]})
        equal((answer[0], [row["id"] for row in answer[2]["data"]],
               answer[2]["next_cursor"]), (200, [ids[2], ids[0]], None), "set")
        equal(names(server, other), ["c1"], "names")
        equal([row["name"] for row in server.pages(GIVEN, 1)], ["c2", "c0"],
              "names of pages")
        for _ in range(2):
            equal(send(server, "DELETE", f"{GIVEN}/c0"), (204, None, ""),
                  "an end")
        equal(names(server, GIVEN), ["c2"], "names")
        send(server, "DELETE", f"{CONFIGS}/{ids[2]}")
        equal(names(server, GIVEN), [], "names")
        body = {"annotation_config_ids": ["c1"]}
        refused(send(server, "PUT", GIVEN, body), 422, "c1")
        refused(send(server, "PUT", "/v1/projects/no/annotation_configs",
                     body), 422, "c1")
        refused(send(server, "PUT", GIVEN,
                     {"annotation_config_ids": [ids[0], ids[2]]}), 422)
        equal(names(server, GIVEN), [], "names")
        wrong_form(send(server, "PUT", GIVEN, {}),
                   ("missing", ("body", "annotation_config_ids")))
        wrong_form(send(server, "PUT", GIVEN,
                        {"annotation_config_ids": [1]}),
                   ("string_type", ("body", "annotation_config_ids", 0)))
        wrong_form(send(server, "GET", f"{GIVEN}?limit=x"),
                   ("int_parsing", ("query", "limit")))
        refused(send(server, "GET", f"{GIVEN}?cursor=x"), 400)
        for method in ("PUT", "DELETE"):
            refused(send(server, method, f"{GIVEN}/none"), 404)
            refused(send(server, method,
                         "/v1/projects/no/annotation_configs/c1"), 404, "no")
        refused(send(server, "GET", "/v1/projects/no/annotation_configs"),
                404, "no")
        refused(send(server, "PUT", "/v1/projects/no/annotation_configs",
                     {"annotation_config_ids": []}), 404, "no")
        equal(send(server, "DELETE", "/v1/projects/p")[0], 204, "status")
        equal(names(server), ["c3", "c1", "c0"], "names")
        equal(send(server, "POST", "/v1/projects", {"name": "p"})[0], 200,
              "status")
        equal(names(server, other), [], "names")
        equal(server.stop(), 0, "status")
        equal(server.run("verify").returncode, 0, "verify")


def test_of_many_who_make_one_name_one_does(build):
    with Server(build) as server:
        statuses = []

        def write():
            statuses.append(send(server, "POST", CONFIGS, FREEFORM)[0])
        writers = [threading.Thread(target=write) for _ in range(32)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        equal(sorted(statuses), [200] + [409] * 31, "statuses")
        equal(names(server), ["words"], "names")


if __name__ == "__main__":
    cases.main(globals())
