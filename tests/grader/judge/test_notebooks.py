"""What was said of a notebook's cells, as the report has it; and that each report on a notebook has it."""

import json

from grader.judge.notebooks import notebook_use
from grader.judge.run import check_exercise
from grader.report.notebook_use import Definition, LeftOut, Stop
from grader.student.cells import NotebookRead
from grader.submission import Bundle, SubmittedFile
from grader.verdicts import Reveal, Verdict
from grader.wire.messages import Aside, Defines, NotebookCells, Stopped
from tests.grader.tiny import make_course


def test_what_nothing_was_said_of_is_not_needed():
    cells = NotebookCells(
        6,
        True,
        (2, 5),
        (Defines("f", 5),),
        (Stopped(3, 2, "NameError"), Stopped(4, 1, ""), Stopped(5, 7, "KeyError")),
        (Aside(1, "tests"),),
    )
    use = notebook_use(NotebookRead("a.ipynb", cells))
    assert use is not None
    assert (use.file, use.cells, use.way, use.used) == ("a.ipynb", 6, "one by one", (2, 5))
    assert use.defined == (Definition(name="f", cell=5),)
    assert use.left_out == (
        LeftOut(cell=1, why="tests"),
        LeftOut(cell=3, why="failed"),
        LeftOut(cell=4, why="too long"),
        LeftOut(cell=6, why="not needed"),
    )
    assert use.stopped == (
        Stop(cell=3, line=2, error="NameError"),
        Stop(cell=4, line=1, error=""),
        Stop(cell=5, line=7, error="KeyError"),
    )


def test_no_notebook_has_no_cells():
    assert notebook_use(None) is None


def test_a_report_on_a_notebook_says_which_cells_were_used(tmp_path):
    course = make_course(tmp_path)
    sources = ["print('hello')", "N = 2", "def double(x, times=N):\n    return x * times", "double(", "1/0"]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    file = SubmittedFile("double.ipynb", json.dumps({"cells": cells}).encode())
    bundle = Bundle("double", ("double.ipynb",), (file,), (), None)
    report = check_exercise(course, course.exercise("double"), bundle).for_student(Reveal.VERDICT)
    assert report.notebook is not None
    assert (report.notebook.file, report.notebook.used) == ("double.ipynb", (2, 3))
    assert report.notebook.left_out[1] == LeftOut(cell=4, why="not Python")
    assert report.tests
    assert Verdict.PASSED in {test.verdict for test in report.tests}
