"""Loading: what a submission may look like, what is remembered, what a finding says."""

import json

import pytest

from grader.findings import (
    ExceptionRaised,
    MissingEntryPoint,
    MissingFile,
    OutOfMemory,
    SyntaxProblem,
    TimedOut,
    UnreadableFile,
)
from grader.student.failures import StudentFailed
from grader.student.proxy import Student
from grader.submission import Bundle
from grader.verdicts import Verdict


def notebook(*cells):
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"c{i}",
                    "metadata": {},
                    "execution_count": None,
                    "outputs": [],
                    "source": cell,
                }
                for i, cell in enumerate(cells)
            ],
        }
    )


def failure_of(action):
    with pytest.raises(StudentFailed) as caught:
        action()
    return caught.value


def test_helper_modules_beside_the_file_can_be_imported(make):
    student = make(
        "from mine import g\ndef f():\n    return g()", beside={"mine.py": "def g():\n    return 5"}
    )
    assert student.f().value == 5


def test_a_notebook_is_loaded_by_name_or_found(make):
    cells = ["%matplotlib inline\nimport math", "1 / 0", "def f():\n    return math.pi", "!rm -rf x"]
    for main in (("work.ipynb",), ()):
        name = main[0] if main else "My work (3).ipynb"
        student = make(None, main=main, beside={name: notebook(*cells)})
        assert student.f().value == pytest.approx(3.14159, abs=1e-5)


def test_a_line_of_a_notebook_is_named_by_its_cell(make):
    student = make(
        None, main=(), beside={"a.ipynb": notebook("import math", "def f():\n    return math.pie")}
    )
    frame = failure_of(student.f).finding.frames[-1]
    assert (frame.file, frame.line, frame.text) == ("cell 2", 2, "return math.pie")


@pytest.mark.parametrize(
    ("files", "main", "kind"),
    [
        ({"work.py": b""}, None, UnreadableFile),
        ({"work.py": b"# caf\xe9\ndef f(): pass"}, None, UnreadableFile),
        ({"work.ipynb": "{broken"}, ("work.ipynb",), UnreadableFile),
        ({"other.ipynb": notebook("x = 1")}, (), MissingFile),
        ({"work.py": "def f(:\n"}, None, SyntaxProblem),
        ({"work.py": "import torch\nx = torch.nothing\ndef f(): pass"}, None, ExceptionRaised),
        ({"work.py": "raise NotImplementedError\ndef f(): pass"}, None, ExceptionRaised),
        ({"work.py": "raise MemoryError\ndef f(): pass"}, None, OutOfMemory),
        ({"work.py": "def F():\n    pass"}, None, MissingEntryPoint),
        ({"work.py": "def entirely_different(): pass"}, None, MissingEntryPoint),
    ],
)
def test_what_cannot_be_loaded_is_a_finding_that_every_test_gets(make, files, main, kind):
    student = make(None, main=main, beside=files)
    first = failure_of(student.load)
    assert isinstance(first.finding, kind)
    student.begin_test("cpu", "another")
    assert failure_of(student.f).finding == first.finding
    assert not student.companion("work")


def test_a_finding_of_loading_says_where(make):
    syntax = failure_of(make("x = 1\ndef f(:\n").load).finding
    assert (syntax.frame.file, syntax.frame.line) == ("work.py", 2)
    raised = failure_of(make("import torch\nx = torch.nothing\n").load).finding
    assert (raised.call, raised.frames[-1].line) == ("import", 2)
    assert failure_of(make("def F():\n    pass\n").load).finding.near == "F"
    assert failure_of(make("def g():\n    pass\n").load).finding.near is None


def test_a_problem_that_was_found_before_is_passed_on_without_a_worker(make):
    problem = MissingFile(expected=("work.py", "work.ipynb"))
    student = make("unused")
    session = student._session
    bundle = Bundle(exercise="work", main=(), files=(), notes=(), problem=problem)
    student = Student(session._zygote, session.exercise, bundle)
    failure = failure_of(student.f)
    assert (failure.finding, failure.verdict) == (problem, Verdict.MISSING)
    assert student._session.life == 0


def test_loading_has_a_clock_of_its_own_and_is_not_tried_again(make):
    student = make("while True:\n    pass\ndef f():\n    pass", import_seconds=0.3)
    failure = failure_of(student.load)
    assert failure.verdict is Verdict.TIMED_OUT
    assert failure.finding == TimedOut(what="import", seconds=0.3)
    before = student.time_left
    assert failure_of(student.f).finding == failure.finding
    assert student.time_left == before


def test_a_crash_at_import_is_a_finding_of_loading(make):
    failure = failure_of(make("import os\nos._exit(4)\ndef f():\n    pass").load)
    assert failure.finding.how == "exit status 4"
    assert failure.finding.call is None


def test_companions_are_loaded_when_asked_for(make):
    student = make(
        "def f():\n    return 1", companions={"friend": "def other():\n    return 2", "broken": "def other(:"}
    )
    assert student.companion("friend")
    assert student.other().value == 2
    assert student.f().value == 1
    assert not student.companion("broken")
    assert not student.companion("nobody")
    student.restart()
    assert student.other().value == 2


def test_a_companion_that_dies_at_import_does_not_take_the_exercise_along(make):
    student = make("def f():\n    return 1", companions={"friend": "import os; os._exit(1)"})
    assert not student.companion("friend")
    assert student.f().value == 1
