"""The family dataset_flow: uploads in order, and what there is after each."""
import urllib.parse

from compare import differences
from rest import SpanRest
from running import Server


class DatasetFlow(SpanRest):
    """A server of its own for each vector."""

    def __init__(self, build, _document):
        self.build, self.server = build, None

    def close(self):
        if self.server:
            self.server.__exit__()
            self.server = None

    def try_vector(self, _library, vector, _document):
        self.server = Server(self.build)
        try:
            self.server.start()
            for number, step in enumerate(vector["steps"]):
                for wrong in [*self.exchange(step["request"], step["expect"]),
                              *self.after(step)]:
                    yield f"step {number}: {wrong}"
        finally:
            self.close()

    def after(self, step):
        wanted = step.get("after")
        if not wanted:
            return
        name = step["request"]["json"]["name"]
        dataset, = self.server.get_json(
            "/v1/datasets?name=" + urllib.parse.quote(name))["data"]
        yield from differences(wanted["example_count"],
                               dataset["example_count"], "example_count")
        path = f"/v1/datasets/{dataset['id']}"
        yield from differences(dataset, self.server.get_json(path)["data"],
                               "dataset")
        versions = self.server.get_json(path + "/versions")["data"]
        yield from differences(wanted["versions"],
                               [row["version_id"] for row in versions],
                               "versions")
        found = self.server.get_json(path + "/examples")["data"]
        yield from differences(wanted["version_id"], found["version_id"],
                               "version_id")
        rows = [{key: row[key] for key in ("id", "node_id", "input", "output",
                                           "metadata")}
                for row in found["examples"]]
        yield from differences(wanted["examples"], rows, "examples")
        for name, members in wanted.get("split_members", {}).items():
            found = self.server.get_json(path + "/examples?split=" + name)
            yield from differences(members, [row["node_id"] for row in
                                             found["data"]["examples"]],
                                   f"split {name}")
