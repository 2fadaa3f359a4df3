"""What a worker says of a notebook's cells: told as it is, checked, never believed further."""

import json

import pytest

from grader.findings import BrokeProtocol
from grader.student.cells import lie_about_cells
from grader.wire.messages import Aside, Defines, Loaded, NotebookCells, Stopped
from tests.grader.student.deaths import failure_of

SIZES = {"a.ipynb": 1000, "a.py": 1000}


def said(file="a.ipynb", count=9, used=(2, 3), defined=(("f", 3),), stopped=(), aside=()):
    """An answer that speaks of cells."""
    cells = NotebookCells(
        count,
        False,
        used,
        tuple(Defines(*each) for each in defined),
        tuple(Stopped(cell, 1, "") for cell in stopped),
        tuple(Aside(cell, "magic") for cell in aside),
    )
    return Loaded(1, file, ("f",), (), (), cells)


@pytest.mark.parametrize(
    "sound",
    [
        {},
        {"count": 0, "used": (), "defined": ()},
        {"stopped": (3, 4), "aside": (1, 9)},
        {"defined": (("f", 2), ("g", 2))},
        {"count": 31},
    ],
)
def test_what_may_be_true_is_taken(sound):
    assert lie_about_cells(said(**sound), SIZES, ("f", "g")) is None


def test_a_file_has_no_cells():
    assert lie_about_cells(Loaded(1, "a.py", ("f",), (), ()), SIZES, ("f",)) is None


@pytest.mark.parametrize(
    "lie",
    [
        {"file": "a.py"},
        {"file": "b.ipynb"},
        {"count": 32},
        {"count": 2},
        {"used": (3, 2)},
        {"used": (2, 3, 3)},
        {"used": (2, 3, 10)},
        {"stopped": (4, 4)},
        {"aside": (3,)},
        {"aside": (4,), "stopped": (4,)},
        {"defined": (("f", 4),)},
        {"defined": (("f", 2), ("f", 3))},
        {"defined": (("secret", 3),)},
    ],
)
def test_a_lie_is_found(lie):
    assert lie_about_cells(said(**lie), SIZES, ("f", "g"))


def test_only_the_last_of_a_great_many_cells_can_be_spoken_of():
    sizes = {"a.ipynb": 10**6}
    assert lie_about_cells(said(count=3000, used=(1001, 1003), defined=()), sizes, ("f",)) is None
    assert lie_about_cells(said(count=3000, used=(1000, 1003), defined=()), sizes, ("f",))


FORGED = """
import os, time
from grader.wire import frames, messages as m
cells = m.NotebookCells({cells})
os.write(3, b"".join(frames.frame(m.Loaded(1, "work.ipynb", ("f",), (), (), cells))))
time.sleep(60)
def f(): pass
"""


@pytest.mark.parametrize(
    "cells",
    [
        "99, False, (), (), (), ()",
        "1, False, (1,), (m.Defines('other', 1),), (), ()",
        "1, False, (1,) * 3000, (), (), ()",
        "1, False, (0,), (), (), ()",
        "1, False, (1,), (), (m.Stopped(1, 0, 'E'),), ()",
        "1, False, (), (), (), (m.Aside(1, 'no reason'),)",
        "1, False, (1,), (m.Defines('f' * 201, 1),), (), ()",
    ],
)
def test_a_forged_answer_about_cells_breaks_the_protocol(make, cells):
    files = {"work.ipynb": notebook("from liar import f"), "liar.py": FORGED.format(cells=cells)}
    student = make(None, main=("work.ipynb",), beside=files)
    failure = failure_of(student.load)
    assert isinstance(failure.finding, BrokeProtocol)
    assert student.cells_used() is None


def notebook(*sources):
    return json.dumps({"cells": [{"cell_type": "code", "source": source} for source in sources]})


def test_the_cells_that_were_used_are_told(make):
    student = make(None, main=(), beside={"My work.ipynb": notebook("x = 1", "def f():\n    return 1")})
    assert student.cells_used() is None
    student.load()
    read = student.cells_used()
    assert (read.file, read.cells.count, read.cells.used) == ("My work.ipynb", 2, (2,))
    assert make("def f(): return 1").cells_used() is None


def test_they_are_told_where_the_entry_point_is_missing(make):
    student = make(None, main=("work.ipynb",), beside={"work.ipynb": notebook("x = 1", "%%bash\nls")})
    failure_of(student.load)
    read = student.cells_used()
    assert (read.cells.used, read.cells.aside) == ((), (Aside(2, "magic"),))
