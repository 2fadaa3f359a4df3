"""The source of what a kernel has: numbers, names, and which cell something comes from."""

from __future__ import annotations

import json
import linecache
from types import SimpleNamespace

import pytest

from grader.notebook.history import History, Input, history, made_by_exec


def a_shell(*inputs: str) -> SimpleNamespace:
    """A shell that ran these, `!` lines made calls as IPython does."""
    parsed = [each.replace("!ls", "get_ipython().system('ls')") for each in inputs]
    manager = SimpleNamespace(input_hist_raw=["", *inputs], input_hist_parsed=["", *parsed])
    return SimpleNamespace(history_manager=manager, transform_cell=str.lstrip)


def ran(*inputs: str) -> History:
    return history(a_shell(*inputs))


def cells(of: History) -> list[str]:
    """The code cells of the notebook that is made of a history."""
    return ["".join(cell["source"]) for cell in json.loads(of.content())["cells"]]


def test_the_nth_cell_is_input_n():
    """Also where an input is gone: cells that are empty have no number."""
    assert cells(ran("x = 1", "", "  \n", "y = 2")) == ["x = 1", "pass", "pass", "y = 2"]
    assert cells(ran()) == []


def test_the_line_of_a_cell_magic_of_ours_is_emptied_and_others_stay():
    assert cells(ran("%%check softmax\nx = 1")) == ["\nx = 1"]
    assert cells(ran("\n%%check\nx = 1")) == ["\nx = 1"]
    assert cells(ran("%%checked\nx = 1", "!ls")) == ["%%checked\nx = 1", "!ls"]


@pytest.mark.parametrize(
    "text",
    [
        "def f(): pass",
        "async def f(): pass",
        "class f: pass",
        "f = 1",
        "a, (f, *b) = 1, (2, 3)",
        "for f in (): pass",
        "with x as f: pass",
        "if (f := 1): pass",
        "import f",
        "from x import g as f",
        "from x import (\n    a,\n    f,\n)",
        "from x import *",
        "exec('def f(): pass')",
        "get_ipython().run_cell_magic('time', '', 'f = lambda x: x\\n')",
    ],
)
def test_what_defines_a_name(text):
    assert ran(text).defines("f")


@pytest.mark.parametrize(
    "text",
    ["f(1)", "check(f)", "x.f = 1", "# def f", "'f == 1'", "import f.x as g", "def g(f): f", "def f(:"],
)
def test_what_does_not(text):
    assert not ran(text).defines("f")


@pytest.fixture
def defined():
    """Defines something as a cell does: from a file that is nowhere but in the line cache."""
    made = []

    def run(text: str, name: str = "f") -> object:
        filename = f"/tmp/ipykernel_1/{len(made)}.py"
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        made.append(filename)
        namespace: dict[str, object] = {"__name__": "__main__"}
        exec(compile(text, filename, "exec"), namespace)
        return namespace[name]

    yield run
    for filename in made:
        del linecache.cache[filename]


FIRST, SECOND = "def f():\n    return 1", "def f():\n    return 2"


def test_a_function_comes_from_the_last_cell_of_its_text(defined):
    f = defined(FIRST)
    assert ran("x = 1", FIRST, SECOND).origin(f, "f") == 2
    assert ran(FIRST, SECOND, FIRST + "\n").origin(f, "f") == 3
    assert ran(SECOND, f"%%check\n{FIRST}").origin(f, "f") == 2
    assert ran(SECOND).origin(f, "f") is None


def test_a_class_comes_from_the_cell_of_its_methods(defined):
    text = "class f(dict):\n    size = 3\n    def g(self): pass"
    assert ran(text, FIRST).origin(defined(text), "f") == 1
    assert ran("class f: pass").origin(defined("class f: pass"), "f") is None  # nothing in it tells


def test_what_has_another_name_tells_nothing(defined):
    """The cell of a decorator is not the cell of what it decorates."""
    wrapper = "def f(g):\n    def wrapper(): return g()\n    return wrapper"
    assert ran(wrapper).origin(defined(wrapper)(FIRST), "f") is None
    keep = "def keep(g):\n    @functools.wraps(g)\n    def wrapper(): return g()\n    return wrapper"
    text = f"import functools\n{keep}\n@keep\ndef f(): pass"
    assert ran("x = 1", text).origin(defined(text), "f") == 2
    assert ran("f = len").origin(len, "f") is None


def test_later_definitions_that_were_not_reached_are_taken_out():
    late = "x = 1\n@decorated\ndef f():\n    return 2\ndef g(): pass"
    past, undone = ran(FIRST, "y = f()", late).as_of("f", 1)
    assert undone == (3,)
    assert cells(past) == [FIRST, "y = f()", "x = 1\npass\n\n\ndef g(): pass"]
    assert ran(FIRST, late).as_of("f", 2)[1] == ()


def test_what_exec_made_has_no_source(defined):
    namespace: dict[str, object] = {}
    exec(FIRST, namespace)
    assert made_by_exec(namespace["f"], "f")
    assert not made_by_exec(defined(FIRST), "f")
    assert not made_by_exec(len, "f")


def test_an_input_that_is_no_python_does_no_harm():
    past = History((Input(1, "def f(:", "def f(:"), Input(2, "\ud800", "\ud800")))
    assert not past.defines("f")
    assert past.as_of("f", 0) == (past, ())
    past.content().decode("ascii")
