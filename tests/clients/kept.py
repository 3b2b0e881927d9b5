"""What Phoenix's client keeps in datasets, in a program of its own: runs with
the client installed, prints {method: what is wrong, or null} as JSON.

    kept.py URL
"""
import json
import sys
import tempfile
from pathlib import Path

import pandas as pd
from phoenix.client import Client
from phoenix.client.resources.datasets import DatasetUploadError

import world

SPAN = world.span_id(0).hex()
FRAME = pd.DataFrame({
    "q": ["a", "b,\n\"c\"", "d"], "answer": ["x", None, "é"], "n": [1, 2, 3],
    "part": ["train", '["train", "test"]', None],
    "span": [SPAN, "ffffffffffffffff", None], "key": ["k1", None, "k3"]})
KEYS = {"input_keys": ["q"], "output_keys": ["answer"], "metadata_keys": ["n"]}


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r:.200} instead of {wanted!r:.200}")


def inputs(dataset):
    return [example["input"] for example in dataset.examples]


def create_dataset(client):
    made = client.datasets.create_dataset(
        name="lists", inputs=[{"q": 1}, {"q": {"r": [None, 2.5]}}],
        outputs=[{"a": 1}, {}], metadata=[{}, {"m": "é"}],
        dataset_description="about")
    equal(inputs(made), [{"q": 1}, {"q": {"r": [None, 2.5]}}])
    equal((made.name, made.description, made.example_count),
          ("lists", "about", 2))
    again = client.datasets.create_dataset(
        name="lists", inputs=[{"q": 1}], outputs=[{"a": 1}])
    equal((inputs(again), again.example_count), ([{"q": 1}], 1))
    equal(again.version_id == made.version_id, False)


def create_dataset_of_examples(client):
    made = client.datasets.create_dataset(name="rows", examples=[
        {"input": {"q": 1}, "output": {"a": 2}, "splits": ["train"],
         "id": "mine", "span_id": SPAN},
        {"input": {"q": 2}, "output": {}, "metadata": {"m": 1}}])
    equal(made.examples[0]["id"], "mine")
    again = client.datasets.create_dataset(name="rows",
                                           examples=list(made.examples))
    equal(again.version_id, made.version_id)
    equal([row["id"] for row in client.datasets.get_dataset(
        dataset="rows", splits=["train"]).examples], ["mine"])


def create_dataset_of_a_frame(client):
    made = client.datasets.create_dataset(
        name="frame", dataframe=FRAME, split_key="part", span_id_key="span",
        example_id_key="key", **KEYS)
    equal([(row["input"], row["output"], row["metadata"])
           for row in made.examples],
          [({"q": "a"}, {"answer": "x"}, {"n": "1"}),
           ({"q": 'b,\n"c"'}, {}, {"n": "2"}),
           ({"q": "d"}, {"answer": "é"}, {"n": "3"})])
    equal([row["id"] for row in made.examples][::2], ["k1", "k3"])
    equal([(row["source"] or {}).get("span_id") for row in made.examples],
          [SPAN, None, None])
    for split, count in (("train", 2), ("test", 1)):
        found = client.datasets.get_dataset(dataset="frame", splits=[split])
        equal(len(found), count)
    frame = made.to_dataframe()
    equal((list(frame.columns), len(frame)), (["input", "output", "metadata"], 3))


def create_dataset_of_a_csv_file(client):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "some rows.csv"
        FRAME.to_csv(path, index=False)
        made = client.datasets.create_dataset(name="file", csv_file_path=path,
                                              split_keys=["part"], **KEYS)
        equal((len(made), made.description), (3, "some rows.csv"))
        path.write_text("q,answer\n1,2,3\n4,5\n")
        try:
            client.datasets.create_dataset(name="wrong", csv_file_path=path,
                                           input_keys=["q"])
        except DatasetUploadError as error:
            equal("line 2" in str(error), True)
        else:
            raise AssertionError("nothing was refused")
    equal("wrong" in [row["name"] for row in client.datasets.list()], False)


def create_dataset_of_inferred_columns(client):
    made = client.datasets.create_dataset(
        name="inferred", dataframe=FRAME[["q", "answer", "n"]])
    equal(made.examples[0]["metadata"], {"n": "1"})


def add_examples_to_dataset(client):
    made = client.datasets.create_dataset(name="grows", inputs=[{"q": 1}])
    more = client.datasets.add_examples_to_dataset(
        dataset="grows", inputs=[{"q": 1}, {"q": 2}])
    equal(inputs(more), [{"q": 1}, {"q": 2}])
    more = client.datasets.add_examples_to_dataset(
        dataset=made, dataframe=pd.DataFrame({"q": ["3"]}), input_keys=["q"])
    equal(len(more), 3)
    more = client.datasets.add_examples_to_dataset(
        dataset=made.id, examples={"input": {"q": 4}, "output": {}})
    equal(len(more), 4)


def get_dataset(client):
    made = client.datasets.create_dataset(name="old", inputs=[{"q": 1}])
    client.datasets.create_dataset(name="old", inputs=[{"q": 2}])
    equal(inputs(client.datasets.get_dataset(
        dataset="old", version_id=made.version_id)), [{"q": 1}])
    equal(inputs(client.datasets.get_dataset(dataset=made.id)), [{"q": 2}])
    for dataset in ("none", "RGF0YXNldDo5OTk="):
        try:
            client.datasets.get_dataset(dataset=dataset)
        except Exception:
            continue
        raise AssertionError(f"{dataset} was found")


def get_dataset_versions(client):
    for i in range(12):
        made = client.datasets.create_dataset(name="many", inputs=[{"q": i}])
    found = client.datasets.get_dataset_versions(dataset="many", limit=11)
    equal((len(found), found[0]["version_id"]), (11, made.version_id))


def list_datasets(client):
    names = {row["name"] for row in client.datasets.list()}
    equal({"lists", "frame", "file", "grows"} - names, set())
    equal(len(client.datasets.list(limit=3)), 3)


METHODS = [create_dataset, create_dataset_of_examples,
           create_dataset_of_a_frame, create_dataset_of_a_csv_file,
           create_dataset_of_inferred_columns, add_examples_to_dataset,
           get_dataset, get_dataset_versions, list_datasets]


def main():
    client = Client(base_url=sys.argv[1])
    wrong = {}
    for method in METHODS:
        try:
            method(client)
            wrong[f"datasets: {method.__name__}"] = None
        except Exception as error:
            wrong[f"datasets: {method.__name__}"] = (
                f"{type(error).__name__}: {error}")
    print(json.dumps(wrong))


main()
