"""Experiments and prompts."""
import unittest

from libphoenix import Conflict, Invalid, NotFound
from libphoenix.experiments import Verdict
from libphoenix.prompts import render
from sent import StoreTest

VERSION = {"model_provider": "OPENAI", "model_name": "m1",
           "template": {"type": "chat", "messages": [
               {"role": "user", "content": "Hi {{who}}"}]},
           "template_type": "CHAT", "template_format": "MUSTACHE",
           "invocation_parameters": {"type": "openai", "openai": {}}}


class ExperimentTest(StoreTest):
    def setUp(self):
        super().setUp()
        self.store.datasets.create("sums", [
            {"input": {"a": 1, "b": 2}, "output": {"sum": 3}},
            {"input": {"a": 2, "b": 2}, "output": {"sum": 4},
             "splits": ["even"]}])

    def test_a_task_is_run_and_judged(self):
        done = self.store.experiments.run(
            "sums", lambda example: sum(example.input.values()),
            {"right": lambda output, example:
                float(output == example.output["sum"]),
             "size": lambda output, example: "odd" if output % 2 else "even",
             "both": lambda output, example: {
                 "score": 0.5, "explanation": "so so"}},
            name="adding", repetitions=2, metadata={"by": "me"})
        self.assertEqual((done.name, done.example_count, done.run_count,
                          done.failed_count, done.metadata),
                         ("adding", 2, 4, 0, {"by": "me"}))
        runs = list(self.store.experiments.runs(done))
        self.assertEqual([(run.content.input["a"], run.repetition, run.output)
                          for run in runs],
                         [(1, 1, 3), (1, 2, 3), (2, 1, 4), (2, 2, 4)])
        said = {one.name: (one.score, one.label, one.explanation)
                for one in runs[0].evaluations}
        self.assertEqual(said, {"right": (1.0, None, None),
                                "size": (None, "odd", None),
                                "both": (0.5, None, "so so")})

    def test_what_failed_is_tried_again(self):
        tried = []

        def task(example):
            tried.append(example.number)
            if len(tried) == 1:
                raise ValueError("not yet")
            return "ok"
        experiments = self.store.experiments
        done = experiments.run("sums", task)
        self.assertEqual((done.run_count, done.failed_count), (2, 1))
        self.assertEqual([run.error for run in experiments.runs(done)],
                         ["ValueError: not yet", None])
        self.assertEqual([left.repetitions for left in experiments.left(done)],
                         [[1]])
        done = experiments.run(done, task, {
            "bad": lambda output, example: 1 / 0})
        self.assertEqual((done.run_count, done.failed_count, tried),
                         (2, 0, [1, 2, 1]))
        self.assertEqual({one.error for run in experiments.runs(done)
                          for one in run.evaluations},
                         {"ZeroDivisionError: division by zero"})
        done = experiments.run(done, None, {
            "bad": lambda output, example: "fine"})
        self.assertEqual({(one.label, one.error)
                          for run in experiments.runs(done)
                          for one in run.evaluations}, {("fine", None)})

    def test_experiments_are_listed_tagged_and_deleted(self):
        experiments = self.store.experiments
        one = experiments.create("sums", splits=["even"])
        other = experiments.create("sums", parameters={"t": 0})
        self.assertEqual((one.example_count, other.parameters), (1, {"t": 0}))
        self.assertEqual([row.number for row in experiments.of("sums")],
                         [other.number, one.number])
        experiments.tag(one, "baseline")
        example = self.store.datasets.examples("sums").first()
        experiments.put_run(other, example, output=1)
        with self.assertRaises(Conflict):
            experiments.put_run(other, example, output=2)
        with self.assertRaises(NotFound):
            experiments.put_run(one, example, output=2)
        run = experiments.runs(other).first()
        numbers = experiments.judge([Verdict(run, "a", label="x"),
                                     Verdict(run, "b", 1.0)])
        self.assertEqual(len(set(numbers)), 2)
        experiments.delete(one)
        with self.assertRaises(NotFound):
            experiments.get(one.number)


class PromptTest(StoreTest):
    def test_versions_are_kept_tagged_and_filled(self):
        prompts = self.store.prompts
        first = prompts.put("greet", VERSION, description="says hello",
                            metadata={"by": "me"})
        newer = prompts.put("greet", {**VERSION, "model_name": "m2"})
        greet = prompts.get("greet")
        self.assertEqual((greet.description, greet.metadata, greet.version,
                          greet.version_count),
                         ("says hello", {"by": "me"}, newer.number, 2))
        prompts.tag(first, "prod", "for all")
        self.assertEqual(prompts.version("greet", "prod"), first)
        self.assertEqual(prompts.version("greet"), newer)
        self.assertEqual(list(prompts.versions(greet)), [newer, first])
        tag, = prompts.tags("greet")
        self.assertEqual((tag.name, tag.description, tag.version),
                         ("prod", "for all", first.number))
        self.assertEqual(first.messages(who="Ann"),
                         [{"role": "user", "content": "Hi Ann"}])
        self.assertEqual(first.diff(newer)["fields"], [
            {"path": ["model_name"], "before": "m1", "after": "m2"}])
        prompts.describe("greet", "waves")
        self.assertEqual(prompts.get("greet").description, "waves")
        prompts.untag("greet", "prod")
        for call in (lambda: prompts.version("greet", "prod"),
                     lambda: prompts.get("none")):
            with self.assertRaises(NotFound):
                call()
        prompts.delete("greet")
        self.assertEqual(list(prompts), [])

    def test_what_is_wrong_is_told(self):
        with self.assertRaises(Invalid):
            self.store.prompts.put("Greet", VERSION)
        with self.assertRaises(Invalid):
            self.store.prompts.put("greet", {})
        with self.assertRaises(Invalid):
            render("{a", {}, "f-string")
        self.assertEqual(render("{a:>3}", {"a": 7}, "f-string"), "  7")
        self.assertEqual(render("{{a}}", {"a": [1]}), "[1]")


if __name__ == "__main__":
    unittest.main()
