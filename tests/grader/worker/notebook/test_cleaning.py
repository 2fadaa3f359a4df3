"""Cells of IPython: what is Python in them stays, line for line."""

from typing import Any

import pytest

from grader.worker.notebook.reading import code_cells
from grader.worker.notebook.selecting import functions, needed, statements
from tests.grader.worker.notebook.books import book


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


def namespace_of(*cells: str) -> dict[str, Any]:
    """What all statements of the cells leave behind."""
    namespace: dict[str, Any] = {}
    for statement in statements(code_cells(book(*cells))):
        exec(statement.compiled("cell"), namespace)
    return namespace


@pytest.mark.parametrize(
    "cell",
    [
        "%time x = 1",
        "%%time\n%%capture\nx = 1",
        "    x = 1\n    y = 2",
        ">>> x = 1\n>>> def f():\n...     return x\n...\n>>> y = f()",
        "if True:\n    %time x = 1",
        "...\nx = '''\n...''' == '\\n...'",
    ],
)
def test_what_ipython_runs_as_python_is_python(cell):
    assert namespace_of(cell)["x"] == 1


def test_a_file_that_is_run_is_imported():
    (only,) = code_cells(book("%run helper.py"))
    (statement,) = statements([only])
    assert statement.imports == "helper"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("!pip install torch\n%matplotlib inline", "magic"),
        ("%%bash\nls", "magic"),
        ("pass", None),
        ("# only words", None),
        ("print 1", "not Python"),
        ("        return x", "not Python"),
        ("break", "not Python"),
        ("x = '\0'", "not Python"),
        ("from __future__ import annotations\nx = 1", None),
        ("x = 1\nfrom __future__ import annotations", None),
        ("await x", None),
        ("\n".join(["!ls"] * 201), "not Python"),
    ],
)
def test_why_a_cell_is_not_to_be_run(cell, why):
    assert code_cells(book(cell))[0].why == why


@pytest.mark.parametrize(
    ("first", "writes"),
    [
        ("%%writefile ops.py", "ops.py"),
        ("%%file 'ops.py'", "ops.py"),
        ("%%writefile -a ops.py", ""),
        ("%%writefile ../ops.py", ""),
        ("%%writefile notes.txt", ""),
    ],
)
def test_a_cell_may_be_the_text_of_a_module(first, writes):
    (only,) = code_cells(book(f"{first}\ndef f(): return 1"))
    assert (only.why, only.writes) == ("magic", writes)
