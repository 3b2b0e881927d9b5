"""What Phoenix's client makes of experiments, in a program of its own: runs with
the client installed, prints {method: what is wrong, or null} as JSON.

    tried.py URL
"""
import contextlib
import datetime
import json
import sys

from phoenix.client import Client

NOW = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r:.300} instead of {wanted!r:.300}")


def dataset_of(client, name):
    """A dataset of three examples, two with external ids."""
    client._client.post("v1/datasets/upload?sync=true", json={
        "action": "update", "name": name,
        "inputs": [{"q": i} for i in range(3)],
        "outputs": [{"a": i} for i in range(3)],
        "example_ids": ["x", None, "y"]}).raise_for_status()
    return client.datasets.get_dataset(dataset=name)


def double(input):
    return input["q"] * 2


def small(output):
    return output < 4


def even(output, expected):
    return {"score": float(output == expected["a"]), "label": "l",
            "explanation": "e", "metadata": {"n": 9007199254740993}}


def run(client, name, **more):
    return client.experiments.run_experiment(
        dataset=dataset_of(client, name), task=double, print_summary=False,
        retries=0, **more)


def counts(client, experiment):
    row = client.experiments.get(experiment_id=experiment)
    return [row[f"{key}_run_count"] for key in
            ("successful", "failed", "missing")]


def evaluations(client, experiment):
    """{(name, label, score): how many} of what is said."""
    rows = client.experiments.get_experiment(experiment_id=experiment)
    found = {}
    for row in rows["evaluation_runs"]:
        result = row.result or {}
        key = (row.name, result.get("label"), result.get("score"))
        found[key] = found.get(key, 0) + 1
    return found


def run_experiment(client):
    done = run(client, "run", evaluators={"small": small, "even": even},
               experiment_name="first", experiment_metadata={"m": 1},
               repetitions=2)
    equal(counts(client, done["experiment_id"]), [6, 0, 0])
    equal(sorted(row["output"] for row in done["task_runs"]),
          [0, 0, 2, 2, 4, 4])
    equal(evaluations(client, done["experiment_id"]),
          {("small", "True", 1.0): 4, ("small", "False", 0.0): 2,
           ("even", "l", 1.0): 2, ("even", "l", 0.0): 4})
    row = client.experiments.get(experiment_id=done["experiment_id"])
    equal((row["name"], row["metadata"], row["repetitions"]),
          ("first", {"m": 1}, 2))
    names = [row["name"] for row in client.projects.list()]
    equal(row["project_name"] in names, False)


def a_task_that_fails(client):
    def task(input):
        if input["q"] == 1:
            raise ValueError("not this one")
        return input["q"]
    done = client.experiments.run_experiment(
        dataset=dataset_of(client, "fails"), task=task, print_summary=False,
        retries=0)
    equal(counts(client, done["experiment_id"]), [2, 1, 0])
    client.experiments.resume_experiment(
        experiment_id=done["experiment_id"], task=double,
        evaluators={"even": even}, print_summary=False)
    equal(counts(client, done["experiment_id"]), [3, 0, 0])
    found = client.experiments.get_experiment(
        experiment_id=done["experiment_id"])
    equal(sorted(row["output"] for row in found["task_runs"]), [0, 2, 2])
    equal(len(found["evaluation_runs"]), 3)


def resume_experiment(client):
    dataset = dataset_of(client, "resume")
    made = client.experiments.create(
        dataset_id=dataset.id, dataset_version_id=dataset.version_id,
        experiment_name="later", repetitions=2)
    equal(counts(client, made["id"]), [0, 0, 6])
    client.experiments.resume_experiment(
        experiment_id=made["id"], task=double, print_summary=False)
    equal(counts(client, made["id"]), [6, 0, 0])


def resume_evaluation(client):
    def broken(output):
        raise ValueError("broken")
    done = run(client, "judged", evaluators={"even": broken})
    experiment = done["experiment_id"]
    equal(evaluations(client, experiment), {})
    client.experiments.resume_evaluation(
        experiment_id=experiment, evaluators={"even": even, "small": small},
        print_summary=False)
    equal(evaluations(client, experiment),
          {("even", "l", 1.0): 1, ("even", "l", 0.0): 2,
           ("small", "True", 1.0): 2, ("small", "False", 0.0): 1})


def evaluate_experiment(client):
    done = run(client, "evaluate")
    client.experiments.evaluate_experiment(
        experiment=done, evaluators=[small], print_summary=False)
    equal(evaluations(client, done["experiment_id"]),
          {("small", "True", 1.0): 2, ("small", "False", 0.0): 1})


def get_experiment(client):
    dataset = dataset_of(client, "empty")
    made = client.experiments.create(dataset_id=dataset.id)
    found = client.experiments.get_experiment(experiment_id=made["id"])
    equal((found["task_runs"], found["evaluation_runs"]), ([], []))


def list_(client):
    dataset = dataset_of(client, "listed")
    made = [client.experiments.create(dataset_id=dataset.id)["id"]
            for _ in range(60)]
    equal([row["id"] for row in
           client.experiments.list(dataset_id=dataset.id)], made[::-1])


def delete(client):
    done = run(client, "gone")
    row = client.experiments.get(experiment_id=done["experiment_id"])
    client.experiments.delete(experiment_id=done["experiment_id"],
                              delete_project=True)
    equal(row["project_name"] in
          [row["name"] for row in client.projects.list()], False)
    for ask in (client.experiments.get, client.experiments.delete,
                client.experiments.get_experiment):
        try:
            ask(experiment_id=done["experiment_id"])
            raise AssertionError("it is still there")
        except ValueError:
            pass


def log_run(client):
    dataset = dataset_of(client, "logged")
    made = client.experiments.create(dataset_id=dataset.id)
    example = dataset.examples[0]
    given = {"experiment_id": made["id"], "start_time": NOW, "end_time": NOW,
             "dataset_example_id": example.get("node_id", example["id"])}
    failed = client.experiments.log_run(output=None, error="boom", **given)
    again = client.experiments.log_run(output={"n": 9007199254740993}, **given)
    equal(again["id"], failed["id"])
    said = [client.experiments.log_evaluation(
        experiment_run_id=again["id"], name="n", score=score, label="l")
        for score in (0.0, 1.0)]
    equal(said[0]["id"], said[1]["id"])
    equal(evaluations(client, made["id"]), {("n", "l", 1.0): 1})


METHODS = [run_experiment, a_task_that_fails, resume_experiment,
           resume_evaluation, evaluate_experiment, get_experiment, list_,
           delete, log_run]


def wrong(method, client):
    try:
        return method(client)
    except Exception as error:  # one must not hide the others
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    asked = Client(base_url=sys.argv[1])
    with contextlib.redirect_stdout(sys.stderr):  # it tells how it goes on
        told = {"experiments." + method.__name__.strip("_"):
                wrong(method, asked) for method in METHODS}
    json.dump(told, sys.stdout)
