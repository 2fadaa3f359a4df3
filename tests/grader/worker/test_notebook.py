"""Notebooks: what is kept, what never runs, and which files are no notebooks."""

import json
from typing import Any

import pytest

from grader.wire.messages import Stopped
from grader.worker.notebook.reading import NotANotebook, code_cells
from grader.worker.notebook.selecting import functions, needed


def book(*cells: str | list[str] | dict[str, Any], **extra: Any) -> bytes:
    """A notebook of version 4 with these code cells."""
    whole = [
        cell
        if isinstance(cell, dict)
        else {"cell_type": "code", "source": cell, "outputs": [], "metadata": {}}
        for cell in cells
    ]
    return json.dumps({"cells": whole, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | extra).encode()


def kept(*cells: Any, wanted: tuple[str, ...] = ("f",)) -> list[tuple[int, int]]:
    """Cell and line of each statement that `wanted` need."""
    return [(statement.cell, statement.line) for statement in needed(code_cells(book(*cells)), wanted)]


# --- slicing --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["x = 1\ndef f(): return 1"], [(1, 2)]),
        (["def f(): return 1", "def f(): return 2"], [(2, 1)]),
        (["import torch\nimport math\ndef f(): return torch.ones(1)"], [(1, 1), (1, 3)]),
        (["def f(): return g()", "def g(): return h", "h = 1", "i = 2"], [(1, 1), (2, 1), (3, 1)]),
        (["a = 1\na = 2\ndef f(): return a"], [(1, 2), (1, 3)]),
        (["a = 1\na += 1\ndef f(): return a"], [(1, 1), (1, 2), (1, 3)]),
        (["def g(): return 1\nh = g()\ndef g(): return 2\ndef f(): return h"], [(1, 1), (1, 2), (1, 4)]),
        (["def g(): return 1\ndef h(x=g()): return x\ndef g(): return 2\ndef f(): return h()"],
         [(1, 1), (1, 2), (1, 4)]),
        (["def d(g): return g\n@d\ndef f(): return 1"], [(1, 1), (1, 3)]),
        (["try:\n    import a\nexcept ImportError:\n    a = None\ndef f(): return a"], [(1, 1), (1, 5)]),
        (["if True:\n    def f(): return 1"], [(1, 1)]),
        (["class N:\n    pass\ndef f(self): return N\nN.f = f\nN.g = 1"], [(1, 1), (1, 3), (1, 4), (1, 5)]),
        (["import torch\ntorch.manual_seed(0)\ntorch.x.y = 1\ndef f(): return torch"], [(1, 1), (1, 4)]),
        (["x = train()\ndef f():\n    x = 1\n    return x"], [(1, 2)]),
        (["x = train()\ndef f(x): return [x for x in x]"], [(1, 2)]),
        (["x = train()\ndef f():\n    def g(): return x\n    return g"], [(1, 1), (1, 2)]),
        (["x = train()\nclass f:\n    y = x"], [(1, 1), (1, 2)]),
        (["t = [i for i in range(3)]\ndef f(): return t"], [(1, 1), (1, 2)]),
        (["from math import *\nfrom os import path\ndef f(): return pi"], [(1, 1), (1, 3)]),
        (["a, b = 1, 2\n(c, [d]) = 3, [4]\ndef f(): return b, d"], [(1, 1), (1, 2), (1, 3)]),
        (["import torch.nn\nimport torch\nimport torch.optim as o\ndef f(): return torch.nn, o"],
         [(1, 2), (1, 3), (1, 4)]),
        (["import torch\nimport torch.fft\ndef f(): return torch.fft"], [(1, 1), (1, 2), (1, 3)]),
        (["def f(): return sum([1])\nsum = 3\nsum += 1"], [(1, 1), (1, 2), (1, 3)]),
        (["f = lambda: g\ng = 1"], [(1, 1), (1, 2)]),
        (["def f(): return 1\nf = cache(f)\nfrom functools import cache"], [(1, 1), (1, 2)]),
        (["C = {}\nC['a'] = 1\nC['b'] = train()\ndef f(): return C"], [(1, 1), (1, 2), (1, 3), (1, 4)]),
    ],
)  # fmt: skip
def test_what_an_entry_point_needs_is_kept(cells, expected):
    assert kept(*cells) == expected


def test_several_entry_points_share_what_they_need():
    cells = ["import torch", "def f(): return torch", "def g(): return torch", "def h(): return torch"]
    assert kept(*cells, wanted=("f", "h")) == [(1, 1), (2, 1), (4, 1)]


# --- cells ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline\ndef f(): return 1",
        "!pip install torch\ndef f(): return 1",
        "!pip install torch \\\n    numpy \\\n    scipy\ndef f(): return 1",
        "files = !ls\ndef f(): return 1",
        "torch.softmax?\ndef f(): return 1",
        "?torch\ndef f(): return 1",
        "if True:\n    %load_ext autoreload\n    !ls\ndef f(): return 1",
        "%%time\ndef f(): return 1",
        "\n%%capture out\ndef f(): return 1",
        "get_ipython().run_line_magic('matplotlib', 'inline')\ndef f(): return 1",
    ],
)
def test_magics_are_left_out(cell):
    (only,) = code_cells(book(cell))
    assert functions([only]) == {"f"}
    (statement,) = needed([only], ["f"])
    assert statement.line == cell.split("\n").index("def f(): return 1") + 1


def test_a_percent_sign_in_python_is_no_magic():
    cell = 'x = 7 \\\n% 4\ns = """\n%time\n!ls\n"""\ny = ("%d"\n% 3)\n!ls\ndef f(): return x, s, y'
    (only,) = code_cells(book(cell))
    namespace: dict[str, Any] = {}
    for statement in needed([only], ["f"]):
        exec(statement.compiled("cell"), namespace)
    assert namespace["f"]() == (3, "\n%time\n!ls\n", "3")


@pytest.mark.parametrize(
    "cell", ["%%bash\nls", "%%html\n<b>", "%%timeit\nf()", "%%writefile a.py\nx = 1", "def f(:", "x = = 1"]
)
def test_cells_that_are_not_python_are_skipped(cell):
    cells = code_cells(book("def f(): return 1", cell, "def g(): return 2"))
    assert [(one.number, one.why) for one in cells if one.body] == [(1, None), (3, None)]
    assert cells[1].why == ("magic" if cell.startswith("%%") else "not Python")


def test_cells_are_numbered_as_after_run_all():
    text = {"cell_type": "markdown", "source": "# Title", "metadata": {}}
    cells = code_cells(book(text, "x = 1", "", "  \n", text, "y = 2"))
    assert [(cell.number, cell.text) for cell in cells] == [(1, "x = 1"), (2, "y = 2")]


@pytest.mark.parametrize(
    "content",
    [
        book(["def f():\n", "    return 1"]),
        book("def f():\r\n    return 1"),
        b"\xef\xbb\xbf" + book("def f():\n    return 1"),
        json.dumps({"cells": [{"cell_type": "code", "source": "def f():\n    return 1"}]}).encode(),
        book({"cell_type": "code"}, {"source": 3}, 5, {"cell_type": "code", "source": [1]},  # type: ignore[arg-type]
             "def f():\n    return 1"),
        json.dumps({
            "metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0,
            "worksheets": [{"cells": [
                {"cell_type": "heading", "level": 1, "source": ["Homework"], "metadata": {}},
                {"cell_type": "code", "collapsed": False, "input": ["def f():\n", "    return 1"],
                 "language": "python", "metadata": {}, "outputs": []},
            ], "metadata": {}}],
        }).encode(),
    ],
    ids=["list", "CRLF", "BOM", "bare", "odd cells", "version 3"],
)  # fmt: skip
def test_every_kind_of_notebook_is_read(content):
    assert functions(code_cells(content)) == {"f"}


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        (b"", "empty", ""),
        (b" \n", "empty", ""),
        (b'{"cells": [', "notebook", "not valid JSON"),
        (b"def f(): pass", "notebook", "not valid JSON"),
        (b"[" * 100_000, "notebook", "not valid JSON"),
        (b"\xff\xfe", "notebook", "not UTF-8"),
        (b"[]", "notebook", "no cells"),
        (b"{}", "notebook", "no cells"),
        (b'{\n"cells": [\n<<<<<<< HEAD\n]}', "notebook", "merge conflict, the first in line 3"),
    ],
)
def test_what_is_no_notebook(content, reason, detail):
    with pytest.raises(NotANotebook) as caught:
        code_cells(content)
    assert caught.value.reason == reason
    assert detail in str(caught.value)


@pytest.mark.parametrize(
    "old", [None, [], [3], [{}], [{"cells": 3}], [{"cells": [{}, None, 5, {"cell_type": "code"}]}]]
)
def test_old_notebooks_with_odd_parts_have_no_cells_for_them(old):
    assert code_cells(json.dumps({"worksheets": old}).encode()) == ()


def test_of_a_great_many_cells_the_last_are_read():
    cells = code_cells(book(*["x = 1"] * 2001, "def f(): return 1"))
    assert (len(cells), cells[0].number, cells[-1].number) == (2000, 3, 2002)


@pytest.mark.parametrize("cells", [None, {}, "text", 3])
def test_cells_that_are_no_list_are_none(cells):
    assert code_cells(json.dumps({"cells": cells, "nbformat": 4}).encode()) == ()


# --- in a worker ------------------------------------------------------------------

HOMEWORK = [
    "# Week 3\n%matplotlib inline\n!pip install -q torchinfo",
    "import math\nimport torch, torch.nn as nn\nimport not_installed_anywhere as plt\ntorch.manual_seed(0)",
    "EPS = 0.0\ndef shift(z, dim):\n    return z - z.amax(dim, keepdim=True)",
    "def softmax(logits, dim=-1):\n    return wrong",
    "while True: pass",
    "raise SystemExit",
    "def softmax(z, dim=-1):\n    e = shift(z, dim).exp() + EPS\n    return e / e.sum(dim, keepdim=True)",
    "softmax(torch.ones(2, 2)).shape\nassert False",
    "def crash(x):\n    return [1,\n            2][x]",
    "from __future__ import annotations\ndef typed(x: NotDefined) -> AlsoNot:\n    return 1",
    "broken = 1 / 0\ndef needs(): return broken",
]


def test_a_notebook_is_loaded_without_its_side_effects(worker):
    answer = worker.load({"task.ipynb": book(*HOMEWORK)}, "softmax", "crash", "typed", "needs")
    assert answer.file == "task.ipynb"
    assert answer.found == ("softmax", "crash", "typed", "needs")
    assert answer.notebook.used == (3, 7, 9, 10, 11)
    assert answer.names == ("crash", "needs", "shift", "softmax", "typed")
    import torch

    x = torch.randn(3, 4)
    torch.testing.assert_close(worker.value("softmax", x), torch.softmax(x, -1))
    assert worker.value("typed", 1) == 1


def test_lines_in_a_notebook_are_lines_of_its_cells(worker):
    answer = worker.load({"task.ipynb": book(*HOMEWORK)}, "crash", "needs")
    assert answer.notebook.stopped == (Stopped(11, 1, "ZeroDivisionError"),)
    frame = worker.call("crash", 5).exception.frames[-1]
    assert (frame.file, frame.line, frame.function, frame.text) == ("cell 9", 2, "crash", "return [1,")
    assert worker.call("needs").exception.type == "NameError"


def test_an_import_that_is_needed_and_fails_is_told(worker):
    cells = ["import not_installed_anywhere as n", "f = n.f"]
    answer = worker.load({"task.ipynb": book(*cells)}, "f")
    assert (answer.reason, answer.file, answer.exception.type) == (
        "exception",
        "task.ipynb",
        "ModuleNotFoundError",
    )
    assert answer.exception.frames[-1].file == "cell 1"


def test_the_notebook_that_defines_most_is_found(worker):
    files = {
        "a.ipynb": book("x = 1"),
        "b.ipynb": book("def f(): return 'b'"),
        "week 3 (final).ipynb": book("def f(): return 'c'\ndef g(): return helper.h()\nimport helper"),
        "broken.ipynb": b"{",
        "helper.py": "def h(): return 'helped'\n",
    }
    answer = worker.load(files, "f", "g", main=("task.py", "task.ipynb"))
    assert answer.file == "week 3 (final).ipynb"
    assert (worker.value("f"), worker.value("g")) == ("c", "helped")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"a.ipynb": book("x = 1")}, "missing"),
        ({"a.ipynb": b"{"}, "notebook"),
        ({"task.ipynb": b"{"}, "notebook"),
        ({"task.ipynb": b""}, "empty"),
    ],
)
def test_notebooks_that_do_not_help(worker, files, reason):
    assert worker.load(files, "f").reason == reason


def test_a_notebook_without_the_entry_point_says_what_it_has(worker):
    answer = worker.load({"task.ipynb": book("def soft_max(): return 1\nx = 3")}, "softmax")
    assert (answer.found, answer.missing, answer.names) == ((), ("softmax",), ("soft_max",))


def test_a_file_is_preferred_to_a_notebook(worker):
    files = {"task.ipynb": book("def f(): return 'notebook'"), "task.py": "def f(): return 'file'\n"}
    worker.load(files, "f")
    assert worker.value("f") == "file"
