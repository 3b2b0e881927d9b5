#!/usr/bin/env python3
"""Trajectories of agents as files: the spans that Phoenix's client for Python
makes of the same (atif.json), and the trajectories back as they were."""
import copy
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
from asking import send
from cases import equal, true
from running import Server

GIVEN = json.loads(Path(__file__).with_name("atif.json").read_text())
WHOLE = "atif.trajectory"


def bring(server, trajectories, name="runs.json", project="agents"):
    """Imports them with the server stopped, as a list or a line each."""
    file = server.folder / name
    file.write_text(json.dumps(trajectories) if name.endswith(".json") else
                    "".join(json.dumps(one) + "\n" for one in trajectories))
    return server.run("import", "--format", "atif", "--project", project,
                      str(file))


def seen(server):
    """{span id: span} as REST has them, but for what is ours alone."""
    spans = {}
    for span in server.pages("/v1/projects/agents/spans", 100):
        del span["id"]
        span["attributes"].pop(WHOLE, None)
        spans[span["context"]["span_id"]] = span
    return spans


def back(server):
    done = server.run("export", "--format", "atif")
    equal(done.returncode, 0, "status")
    return [json.loads(line) for line in done.stdout.splitlines()]


def sorted_all(trajectories):
    return sorted(trajectories, key=json.dumps)


def test_spans_are_those_of_the_client(build):
    # Ids of 1.7 are our own.
    known = [one for one in GIVEN["trajectories"]
             if one["schema_version"] != "ATIF-v1.7"]
    with Server(build) as theirs:
        answer = send(theirs, "POST", "/v1/projects/agents/spans",
                      {"data": GIVEN["spans"]})
        equal(answer[0], 202, f"answer {answer[2]!r:.200}")
        wanted = seen(theirs)
    for name in ("runs.json", "runs.jsonl"):
        with Server(build) as server:
            server.stop()
            done = bring(server, known, name)
            equal(done.returncode, 0, done.stderr)
            server.start()
            found = seen(server)
        for id_, span in found.items():
            true(id_ in wanted, f"span {span['name']} {id_} is not theirs")
            equal(span["attributes"], wanted[id_]["attributes"],
                  f"attributes of {span['name']}")
            equal(span, wanted[id_], f"span {id_}")
        session = "attributes", "session.id"
        equal(sorted(found), sorted(
            id_ for id_, span in wanted.items()
            if span[session[0]][session[1]] != "zero"), "ids")


def test_trajectories_come_back_as_they_were(build):
    with Server(build) as server:
        server.stop()
        for _ in range(2):
            done = bring(server, GIVEN["trajectories"])
            equal(done.returncode, 0, done.stderr)
        true(b"spans: 0 stored" in done.stdout, done.stdout)
        found = back(server)
        equal(sorted_all(found), sorted_all(GIVEN["trajectories"]), "they")
        equal(server.run("verify").returncode, 0, "verify")
    with Server(build) as server:
        server.stop()
        equal(bring(server, found, "again.jsonl").returncode, 0, "status")
        equal(sorted_all(back(server)), sorted_all(found), "they")


def test_those_inside_of_others_hang_below_their_call(build):
    inner = {"schema_version": "ATIF-v1.7", "trajectory_id": "in",
             "session_id": "s", "agent": {"name": "inner", "version": "1"},
             "steps": [{"step_id": 1, "source": "agent", "message": "x"}]}
    outer = {**inner, "trajectory_id": "out",
             "agent": {"name": "outer", "version": "1"},
             "subagent_trajectories": [inner],
             "steps": [{"step_id": 1, "source": "agent", "message": "y",
                        "tool_calls": [{"tool_call_id": "c",
                                        "function_name": "ask",
                                        "arguments": {}}],
                        "observation": {"results": [
                            {"source_call_id": "c",
                             "subagent_trajectory_ref": [
                                 {"trajectory_id": "in"}]}]}}]}
    with Server(build) as server:
        server.stop()
        equal(bring(server, outer).returncode, 0, "status")
        equal(back(server), [outer], "it")
        server.start()
        spans = {span["name"]: span for span in seen(server).values()
                 if span["span_kind"] != "LLM"}
        equal(spans["inner"]["parent_id"],
              spans["ask"]["context"]["span_id"], "the parent")
        equal(len({span["context"]["trace_id"] for span in spans.values()}),
              1, "traces")


def test_what_is_no_trajectory_is_refused(build):
    one = GIVEN["trajectories"][0]
    with Server(build) as server:
        server.stop()
        for wrong, words in (
                ({"schema_version": "ATIF-v2.0"}, b"schema_version"),
                ({"schema_version": None}, b"schema_version"),
                ({"session_id": None}, b"session_id"),
                ({"session_id": 7}, b"session_id"),
                ({"agent": {"name": "a"}}, b"agent"), ({"steps": []}, b"steps"),
                ({"steps": [{"step_id": 2, "source": "user"}]}, b"step_id"),
                ({"steps": [{"step_id": 1, "source": "x"}]}, b"source"),
                ({"steps": [{"step_id": 1, "source": "user",
                             "timestamp": "soon"}]}, b"short"),
                ({"steps": [{"step_id": 1, "source": "agent",
                             "metrics": {"cost_usd": True}}]}, b"cost_usd"),
                ({"steps": [{"step_id": 1, "source": "agent",
                             "tool_calls": [{}]}]}, b"tool_call_id"),
                ({"schema_version": "ATIF-v1.7",
                  "steps": [{"step_id": 1, "source": "user"}]}, b"message")):
            changed = {**copy.deepcopy(one), **wrong}
            done = bring(server, [one, changed])
            equal(done.returncode, 1, f"status of {wrong}")
            true(words in done.stderr, f"{words}: {done.stderr}")
        done = server.run("import", "--format", "json", "x")
        equal(done.returncode, 2, "status")
        equal(back(server), [], "what is there")


cases.main(globals())
