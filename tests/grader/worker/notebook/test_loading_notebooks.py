"""Notebooks in a worker: what runs, what is found, what is said of the cells."""

import pytest

from grader.wire.messages import Aside, Defines, Stopped
from tests.grader.worker.notebook.books import book, cell

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


# --- what is said of the cells --------------------------------------------------------

FIRST = "def f(): return 1"


def test_cells_are_told_with_their_reasons(worker):
    test = cell("assert f() == 1", nbgrader={"grade": True, "solution": False})
    cells = ["%%bash\nls", FIRST, "x = (", test, cell("f = 3", tags=["otter_ignore"]), "print(f())"]
    told = worker.load({"task.ipynb": book(*cells)}, "f").notebook
    assert (told.count, told.used, told.one_by_one) == (6, (2,), False)
    assert told.defined == (Defines("f", 2),)
    assert told.aside == (Aside(1, "magic"), Aside(3, "not Python"), Aside(4, "tests"), Aside(5, "ignored"))


def test_a_file_has_no_cells(worker):
    assert worker.load("def f(): return 1", "f").notebook is None


def test_the_last_definition_is_where_an_entry_point_comes_from(worker):
    cells = [FIRST, "def f(): return 2", "f.x = 3"]
    told = worker.load({"task.ipynb": book(*cells)}, "f").notebook
    assert (told.used, told.defined) == ((2, 3), (Defines("f", 2),))


@pytest.mark.parametrize("after", ["f = f()", "f = load()", "f = 3", "f, x = 3, 4"])
def test_a_function_counts_whose_name_is_used_again(worker, after):
    worker.load({"task.ipynb": book(FIRST, after)}, "f")
    assert worker.value("f") == 1


def test_a_cell_may_write_the_module(worker):
    files = {"task.ipynb": book("%%writefile ops.py\n\ndef f():\n    return 1 / 0", "from ops import f")}
    told = worker.load(files, "f").notebook
    assert (told.used, told.defined, told.aside) == ((1, 2), (Defines("f", 1),), ())
    assert worker.call("f").exception.frames[-1].file == "cell 1"
    assert worker.call("f").exception.frames[-1].line == 4


def test_a_module_that_was_handed_in_is_not_written_over(worker):
    text = "%%writefile ops.py\ndef f(): return 'cell'"
    worker.load({"task.ipynb": book(text, "from ops import f"), "ops.py": "def f(): return 'file'\n"}, "f")
    assert worker.value("f") == "file"


def test_an_entry_point_in_a_broken_cell_is_said_to_be_there(worker):
    answer = worker.load({"any.ipynb": book("x = 1", "%%time\ndef f(x):\n    return (x")}, "f")
    assert (answer.reason, answer.exception.type) == ("syntax", "SyntaxError")
    assert (answer.exception.frames[-1].file, answer.exception.frames[-1].line) == ("cell 2", 3)


# --- one by one -------------------------------------------------------------------------

MADE = "exec('def f(): return 1')"


def test_cells_run_one_by_one_where_nothing_else_helps(worker):
    cells = ["x = 1", "raise SystemExit", "print(y)\nz = 1", "import nowhere\nw = 2", MADE]
    told = worker.load({"task.ipynb": book(*cells)}, "f").notebook
    assert told.one_by_one
    assert told.used == (1, 4, 5)
    assert told.defined == (Defines("f", 5),)
    assert told.stopped == (
        Stopped(2, 1, "SystemExit"),
        Stopped(3, 1, "NameError"),
        Stopped(4, 1, "ModuleNotFoundError"),
    )
    assert worker.value("f") == 1


def test_they_are_not_run_where_the_name_stands_nowhere(worker):
    told = worker.load({"task.ipynb": book("def g(): return 1", "print('ran')")}, "g", "f").notebook
    assert not told.one_by_one
    assert "ran" not in worker.output()


@pytest.mark.parametrize("stubborn", ["while True: pass", "import time\ntime.sleep(60)", "input()"])
def test_a_cell_that_never_ends_is_cut_off(worker, stubborn):
    told = worker.load({"task.ipynb": book(stubborn, MADE)}, "f", seconds=2.0).notebook
    assert told.defined == (Defines("f", 2),)
    assert [stop.cell for stop in told.stopped] == [1]
    assert told.stopped[0].error == ("EOFError" if stubborn == "input()" else "")


def test_what_is_needed_and_never_ends_is_cut_off_too(worker):
    cells = ["def f(): return 1\ndef g(): return x", "x = 1\nwhile True: x += 1"]
    told = worker.load({"task.ipynb": book(*cells)}, "f", "g", seconds=2.0).notebook
    assert told.stopped == (Stopped(2, 2, ""),)
    assert worker.value("f") == 1


def test_no_time_is_left_for_the_rest(worker):
    loops = ["while True: pass"] * 6
    told = worker.load({"task.ipynb": book(MADE, *loops)}, "f", "g", seconds=1.0).notebook
    assert told.defined == (Defines("f", 1),)
    assert {stop.error for stop in told.stopped} == {""}
    assert told.aside[-1] == Aside(7, "no time left")


def test_lines_are_lines_of_cells_when_all_of_them_run(worker):
    cells = ["%%time\n%matplotlib inline\n\ndef g(): return 1 / 0", "!ls\nx = g()", "globals()['f'] = g"]
    told = worker.load({"task.ipynb": book(*cells)}, "f").notebook
    assert told.stopped == (Stopped(2, 2, "ZeroDivisionError"),)
    frame = worker.call("f").exception.frames[-1]
    assert (frame.file, frame.line, frame.text) == ("cell 1", 4, "def g(): return 1 / 0")


def test_tests_and_checks_are_left_out_of_it(worker):
    test = cell("def f(): return 'test'", nbgrader={"grade": True, "solution": False})
    cells = ["import otter\ngrader = otter.Notebook()", MADE, test, "grader.check('q')"]
    told = worker.load({"task.ipynb": book(*cells)}, "f").notebook
    assert told.aside == (Aside(1, "tests"), Aside(3, "tests"), Aside(4, "tests"))
    assert worker.value("f") == 1


def test_a_cell_may_await(worker):
    cells = ["import asyncio\nx = await asyncio.sleep(0, 5)", "def f(): return x"]
    worker.load({"task.ipynb": book(*cells)}, "f")
    assert worker.value("f") == 5


def test_what_jupyter_has_is_there(worker):
    cells = ["COLAB = 'google.colab' in str(get_ipython())", "def f():\n    display(1)\n    return COLAB"]
    worker.load({"task.ipynb": book(*cells)}, "f")
    assert worker.value("f") is False


def test_an_import_to_compare_with_replaces_nothing(worker):
    cells = ["exec('def f(): return 1')\nglobals()['g'] = f", "from math import floor as f"]
    worker.load({"task.ipynb": book(*cells)}, "f", "g")
    assert worker.value("f") == 1


def test_an_exception_may_lie_about_itself(worker):
    liar = (
        "class Liar(Exception):\n    __traceback__ = property(lambda self: 5)\n"
        "    __class__ = property(lambda self: 1 / 0)\nraise Liar"
    )
    told = worker.load({"task.ipynb": book(liar, MADE)}, "f").notebook
    assert told.stopped == (Stopped(1, 4, "Liar"),)
