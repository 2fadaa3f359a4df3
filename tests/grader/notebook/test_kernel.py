"""Checks in a real kernel: what the cell shows, and that the kernel is as it was."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator

import pytest

from grader.desk.notebooks import notebook_of
from tests.grader.notebook.a_kernel import Kernel, a_kernel
from tests.grader.tiny import make_course

RIGHT = "def double(x, times=2):\n    return x * times"
WRONG = "def double(x, times=2):\n    return x + times"
SLOW = "def double(x, times=2):\n    import time; time.sleep(60)"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory) -> Iterator[Kernel]:
    """One kernel for all: its cells have run in the order of the tests."""
    root = tmp_path_factory.mktemp("tiny")
    # Long calls are not ended by their deadline here: an interrupt must be what ends them.
    patient = {"exercises/double/exercise.toml": make_course.__globals__["EXERCISE"].replace("1.0", "300.0")}
    make_course(root, **patient)
    work = root / "work"
    work.mkdir()
    (work / "helper.py").write_text("def twice(x):\n    return x + x\n")
    # Short, because a socket's path may have 100 characters.
    with a_kernel(work, tmp_path_factory.mktemp("k")) as running:
        running.run(BEFORE)
        running.run("from grader.notebook import check")
        yield running


BEFORE = """
import os, signal, sys, threading, warnings
def state():
    return (
        os.getcwd(), list(sys.path), dict(os.environ), list(warnings.filters), threading.active_count(),
        signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGCHLD),
        signal.pthread_sigmask(signal.SIG_BLOCK, []), sys.stdout, sys.stderr, sys.excepthook,
    )
names, before = set(globals()), state()
"""
CHANGED = "[(old, new) for old, new in zip(before, state()) if old != new]"


def test_a_function_of_the_kernel_is_checked(kernel):
    ran = kernel.run(f"{RIGHT}\ncheck(double)")
    assert '<span class="verdict good">passed</span>' in ran.html
    assert "all 2 tests passed" in ran.html
    assert "all 2 tests passed" in ran.text
    assert f"used cell {ran.number} of {ran.number} in notebook.ipynb" in ran.text
    assert (ran.printed, ran.error) == ("", "")
    assert kernel.value(CHANGED) == "[]"


def test_the_last_definition_counts_and_findings_name_its_cell(kernel):
    ran = kernel.run(
        "def double(x, times=2):\n    y = x * times\n    return y.nonsense()\nresult = check(double)"
    )
    assert "AttributeError" in ran.text
    assert f"cell {ran.number}, line 3, in double" in ran.html
    assert kernel.value("result.passed, result.report.verdict.value") == "(False, 'error')"


def test_a_result_is_shown_again_where_it_is_named(kernel):
    kernel.run(RIGHT)
    assert len(kernel.run("result = check(double)\nresult").shown) == 1
    assert "all 2 tests passed" in kernel.run("result").html
    assert kernel.value("repr(result) in (result._repr_mimebundle_()['text/plain'],)") == "True"


def test_by_name_and_all_that_is_defined(kernel):
    assert "double: Double passed" in kernel.run("check('double');").text
    assert "double: Double passed" in kernel.run("check()").text
    assert "double: Double passed" in kernel.run("%check double").text
    assert "double: Double passed" in kernel.run("%check").text


def test_the_cell_below_a_cell_magic_runs_and_is_checked(kernel):
    ran = kernel.run(f"%%check double\nprint('here')\nfactor = 3\n{WRONG}")
    assert ran.printed == "here\n"
    assert "wrong answer" in ran.html
    assert kernel.value("factor") == "3"
    ran = kernel.run("%%check double\n# a comment\ndef double(x, times=2):\n    return x.nonsense()")
    assert f"cell {ran.number}, line 4, in double" in ran.html


def test_a_cell_that_fails_is_not_checked(kernel):
    ran = kernel.run(f"%%check double\n1 / 0\n{RIGHT}")
    assert (ran.error, ran.shown) == ("ZeroDivisionError", [])
    assert ran.printed == "Nothing was checked: the cell did not run to its end.\n"


def test_what_a_function_needs_comes_from_other_cells_and_from_files_beside(kernel):
    kernel.run("from helper import twice")
    kernel.run("ONE = 1.0")
    ran = kernel.run("def double(x, times=2):\n    return twice(x) * ONE\ncheck(double)")
    assert "all 2 tests passed" in ran.html
    assert "read from helper.py used cells" in ran.text


def test_a_definition_that_the_kernel_never_came_to_does_not_count(kernel):
    first = kernel.run(RIGHT).number
    late = kernel.run(f"raise ValueError\n{WRONG}")
    assert late.error == "ValueError"
    ran = kernel.run("check(double)")
    assert "all 2 tests passed" in ran.html
    note = f"Cell {late.number} did not get as far as its double; what counts is the one of cell {first}."
    assert note in ran.text


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("check(len)", "No exercise asks for len. This course asks for double; define it under that name."),
        ("check(double(1))", "A check is of a function or class, not of a value of type int: "),
        ("check('duoble')", "No exercise is called 'duoble'. Did you mean 'double'?"),
        ("%check duoble", "No exercise is called 'duoble'. Did you mean 'double'?"),
        ("import grader.notebook as g; g.course('nowhere')", "There is no course.toml in '"),
    ],
)
def test_what_cannot_be_checked_is_said_in_a_line(kernel, cell, said):
    kernel.run(RIGHT)
    ran = kernel.run(cell)
    assert (ran.error, ran.shown, ran.printed) == ("NotChecked", [], "")
    assert ran.traceback.startswith(said)
    assert "\n" not in ran.traceback


def test_source_that_is_in_no_cell(kernel):
    kernel.run("exec('def dou' + 'ble(x): return x')")
    ran = kernel.run("check(double)")
    assert ran.traceback.startswith("double was not defined in a cell of this notebook, so its source is not")
    ran = kernel.run("del double\ncheck()")
    assert ran.traceback.startswith(
        "Nothing that an exercise asks for is defined here yet; this course asks for"
    )


def test_numbers_of_cells_go_on_after_the_namespace_was_emptied(kernel):
    kernel.run("%reset -f in")
    kernel.run("from grader.notebook import check")
    ran = kernel.run("def double(x, times=2):\n    return x.nonsense()\ncheck(double)")
    assert f"cell {ran.number}, line 2, in double" in ran.html


def test_an_interrupt_ends_a_check_in_a_line_and_the_next_one_works(kernel):
    kernel.run(SLOW)
    began = time.monotonic()
    ran = kernel.run("check(double)", interrupted_after=3)
    assert time.monotonic() - began < 20
    assert (ran.error, ran.shown, ran.printed) == ("Interrupted", [], "")
    assert ran.traceback == "Interrupted: nothing was checked. The next check works as always."
    assert "all 2 tests passed" in kernel.run(f"{RIGHT}\ncheck(double)").html


def test_the_kernel_is_as_it_was(kernel):
    kernel.run("%reset -f")
    kernel.run(BEFORE)
    kernel.run("from grader.notebook import check")
    kernel.run(f"{RIGHT}\ncheck(double)")
    assert kernel.value(CHANGED) == "[]"
    new = kernel.value("sorted(name for name in set(globals()) - names if not name.startswith('_'))")
    assert new == "['before', 'check', 'double', 'names']"
    assert kernel.value("[name for name in ('torch', 'pytest', 'numpy') if name in sys.modules]") == "[]"


def test_a_notebook_that_was_laid_out_works_from_top_to_bottom(kernel, tmp_path):
    course = make_course(tmp_path)
    book = json.loads(notebook_of(course, course.exercise("double"), named=True))
    ran = [kernel.run("".join(cell["source"])) for cell in book["cells"] if cell["cell_type"] == "code"]
    assert [each.error for each in ran] == ["", "", ""]
    assert "double: Double not implemented" in ran[-1].text
    kernel.run(RIGHT)
    assert "double: Double passed" in kernel.run("check(double)").text


def test_what_checks_ends_with_the_kernel(kernel):
    """The last test of this kernel: it is killed, and can tidy up nothing."""
    kernel.run(f"{RIGHT}\ncheck(double)")
    children = [
        int(pid)
        for pid in kernel.value("open(f'/proc/{os.getpid()}/task/{os.getpid()}/children').read()")[
            1:-1
        ].split()
    ]
    assert children
    os.kill(kernel.pid, 9)
    until = time.monotonic() + 30
    while any(_runs(pid) for pid in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert [pid for pid in children if _runs(pid)] == []


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
