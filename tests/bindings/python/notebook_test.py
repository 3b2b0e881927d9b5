"""examples/notebook.ipynb: each cell runs, in order, and shows what it keeps."""
import ast
import contextlib
import importlib.util
import io
import json
import os
import re
import tempfile
import unittest
from pathlib import Path

NOTEBOOK = Path(__file__).resolve().parents[3] / "examples/notebook.ipynb"
#: What differs from run to run.
VARYING = ((r"\d+(\.\d+)? m?s\b", "N ms"), (r"\b[0-9a-f]{32}\b", "ID"))


def run_cell(code, names):
    """What a cell prints, and its last expression if it is not None."""
    tree = ast.parse(code)
    last = tree.body.pop().value if isinstance(tree.body[-1], ast.Expr) \
        else None
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(tree, "cell", "exec"), names)
        value = last and eval(compile(ast.Expression(last), "cell", "eval"),
                              names)
    return said.getvalue(), value


def outputs_of(code, names):
    """The outputs as a notebook has them."""
    said, value = run_cell(code, names)
    outputs = []
    if said:
        outputs.append({"output_type": "stream", "name": "stdout",
                        "text": said.splitlines(True)})
    if value is not None:
        data = {"text/plain": repr(value).splitlines(True)}
        if hasattr(value, "_repr_html_"):
            data["text/html"] = value._repr_html_().splitlines(True)
        outputs.append({"output_type": "execute_result", "metadata": {},
                        "data": data})
    return outputs


def steady(outputs):
    text = json.dumps([{key: value for key, value in output.items()
                        if key != "execution_count"} for output in outputs],
                      indent=1, sort_keys=True)
    for varying, told in VARYING:
        text = re.sub(varying, told, text)
    return text


class NotebookTest(unittest.TestCase):
    def test_every_cell_shows_what_it_keeps(self):
        names = {}
        here = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            self.addCleanup(os.chdir, here)
            for cell in json.loads(NOTEBOOK.read_text())["cells"]:
                needs = cell["metadata"].get("needs")
                if cell["cell_type"] == "code" and (
                        not needs or importlib.util.find_spec(needs)):
                    code = "".join(cell["source"])
                    self.assertEqual(steady(outputs_of(code, names)),
                                     steady(cell["outputs"]), code)
            os.chdir(here)
