"""Datasets: versions, splits and frames."""
import importlib.util
import unittest

from libphoenix import Conflict, Invalid, NotFound
from sent import StoreTest, span

HAS_PANDAS = importlib.util.find_spec("pandas")


class DatasetsTest(StoreTest):
    def setUp(self):
        super().setUp()
        self.datasets = self.store.datasets

    def inputs(self, *arguments, **more):
        return [row.input for row in
                self.datasets.examples(*arguments, **more)]

    def test_examples_are_kept_by_version(self):
        made = self.datasets.create("qa", [
            {"input": {"q": "é"}, "output": {"a": 1}, "external_id": "x"},
            {"input": {"q": 2}}], description="about")
        self.assertEqual((made.name, made.description, made.example_count),
                         ("qa", "about", 2))
        grown = self.datasets.append("qa", [{"input": {"q": 3}}])
        self.assertEqual((grown.version_count, grown.example_count), (2, 3))
        change = self.datasets.put("qa", [{"input": {"q": 9},
                                           "external_id": "x"}])
        self.assertEqual((change.created, change.updated, change.deleted),
                         (0, 1, 2))
        self.assertEqual(self.inputs("qa"), [{"q": 9}])
        self.assertEqual(self.inputs(made, made.version),
                         [{"q": "é"}, {"q": 2}])
        first, = self.datasets.examples("qa")
        self.assertEqual((first.number, first.external_id, first.output),
                         (1, "x", {}))
        hashes = [version.hash for version in self.datasets.versions("qa")]
        self.assertEqual(len(set(hashes)), 3)
        self.datasets.delete("qa")
        self.assertEqual(list(self.datasets), [])

    def test_splits_and_spans(self):
        self.send(span(1, name="agent"))
        sent, = self.store.spans()
        self.datasets.create("qa", [
            {"input": {"q": 1}, "splits": ["train"], "span_id": sent.span_id},
            {"input": {"q": 2}, "splits": ["train", "test"]},
            {"input": {"q": 3}}])
        self.assertEqual(self.inputs("qa", splits=["train"]),
                         [{"q": 1}, {"q": 2}])
        self.assertEqual(self.inputs("qa", splits=[]), [])
        first, second, third = self.datasets.examples("qa")
        self.assertEqual((first.span_id, second.span_id),
                         (sent.span_id, None))
        self.assertEqual((second.splits, third.splits), (["test", "train"], []))
        with self.assertRaises(NotFound):
            self.datasets.examples("qa", splits=["none"])

    def test_splits_are_changed(self):
        splits = self.datasets.splits
        self.datasets.create("qa", [{"input": {"q": 1}}, {"input": {"q": 2}}])
        self.datasets.create("other", [{"input": {"q": 3}, "splits": ["hard"]}])
        first, second = self.datasets.examples("qa")
        hard = splits.add("hard", "qa", [first, second.number])
        self.assertEqual((hard.example_count, hard.color, hard.metadata),
                         (3, "#808080", {}))
        self.assertEqual([row.example_count for row in splits.of("qa")], [2])
        splits.remove(hard, "qa", [first])
        self.assertEqual(self.inputs("qa", splits=["hard"]), [{"q": 2}])
        easy = splits.create("easy", description="é", color="#000000",
                             metadata={"n": 1})
        self.assertEqual((easy.description, easy.color, easy.metadata),
                         ("é", "#000000", {"n": 1}))
        easy = splits.change(easy, name="simple", description="")
        self.assertEqual((easy.name, easy.description, easy.metadata),
                         ("simple", None, {"n": 1}))
        self.assertEqual([row.name for row in splits], ["simple", "hard"])
        splits.delete("hard")
        self.assertEqual([row.name for row in splits], ["simple"])
        self.assertEqual(len(self.inputs("qa")), 2)
        for error, call in (
                (Conflict, lambda: splits.create("simple")),
                (NotFound, lambda: splits.get("hard")),
                (NotFound, lambda: splits.change(hard, name="x")),
                (NotFound, lambda: splits.add("simple", "qa", [99])),
                (OverflowError, lambda: splits.add("simple", "qa", [2 ** 63])),
                (Invalid, lambda: splits.change("simple", name=""))):
            with self.assertRaises(error):
                call()

    def test_labels(self):
        labels = self.datasets.labels
        qa = self.datasets.create("qa")
        gold = labels.create("gold", description="é", color="#ffd700")
        labels.create("old", color="#000000")
        self.assertEqual((gold.name, gold.description, gold.color),
                         ("gold", "é", "#ffd700"))

        def held():
            return [row.name for row in labels.of("qa")]
        labels.assign(qa, ["old", gold])
        self.assertEqual(held(), ["old", "gold"])
        labels.take("qa", "old")
        self.assertEqual(held(), ["gold"])
        labels.assign("qa", [])
        labels.give("qa", gold)
        self.assertEqual(held(), ["gold"])
        gold = labels.change(gold, name="best", description="")
        self.assertEqual((gold.name, gold.description, gold.color),
                         ("best", None, "#ffd700"))
        labels.delete("best")
        self.assertEqual((held(), [row.name for row in labels]), ([], ["old"]))
        for error, call in (
                (Conflict, lambda: labels.create("old", color="#000000")),
                (NotFound, lambda: labels.get("best")),
                (NotFound, lambda: labels.delete(gold)),
                (NotFound, lambda: labels.give("none", "old")),
                (Invalid, lambda: labels.change("old", name=""))):
            with self.assertRaises(error):
                call()

    def test_what_is_wrong_is_told(self):
        self.datasets.create("qa")
        for error, call in (
                (Conflict, lambda: self.datasets.create("qa")),
                (NotFound, lambda: self.datasets.get("none")),
                (Invalid, lambda: self.datasets.append("qa", [{"input": []}])),
                (TypeError, lambda: self.datasets.append("qa", [{"in": {}}])),
                (ValueError, lambda: self.datasets.put("qa", [], action="x"))):
            with self.assertRaises(error):
                call()

    @unittest.skipUnless(HAS_PANDAS, "pandas is not installed")
    def test_a_frame(self):
        self.datasets.create("qa", [{"input": {"q": 1}}, {"input": {"q": 2}}])
        frame = self.datasets.to_pandas("qa")
        self.assertEqual(list(frame.index), [1, 2])
        self.assertEqual(list(frame["input"]), [{"q": 1}, {"q": 2}])
