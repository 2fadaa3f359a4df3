"""What students read of a notebook's cells: which were used, which were left out, and where they stopped."""

import pytest
from pydantic import ValidationError

from grader.report.about_cells import about_cells, cells
from grader.report.notebook_use import Definition, LeftOut, NotebookUse, Stop
from grader.report.terminal import as_text, student_view
from grader.verdicts import Reveal, Verdict


def use(count, *used, stopped=(), way="needed", file="homework.ipynb", **why):
    """A notebook of so many cells; `c3="tests"` says why one was left out."""
    reasons = {int(cell[1:]): reason for cell, reason in why.items()}
    left = [number for number in range(1, count + 1) if number not in used]
    return NotebookUse(
        file=file,
        cells=count,
        way=way,
        used=used,
        defined=tuple(Definition(name="softmax", cell=cell) for cell in used[-1:]),
        left_out=tuple(LeftOut(cell=cell, why=reasons.get(cell, "not needed")) for cell in left),
        stopped=tuple(Stop(cell=cell, line=line, error=error) for cell, line, error in stopped),
    )


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([3], "cell 3"),
        ([2, 5, 7], "cells 2, 5 and 7"),
        ([1, 2], "cells 1 and 2"),
        ([7, 6, 5, 2], "cells 2 and 5 to 7"),
        ([1, 2, 3], "cells 1 to 3"),
        (range(1, 40, 2), "cells 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and 8 more"),
    ],
)
def test_cells_are_named_as_a_person_does(numbers, said):
    assert cells(numbers) == said


def test_one_line_says_which_cells_were_used():
    assert about_cells(use(3, 1, 2)) == ("used cells 1 and 2 of 3 in homework.ipynb",)


def test_where_cells_before_it_are_not_needed_it_says_which_version_counts():
    assert about_cells(use(12, 2, 5, 7)) == (
        "used cells 2, 5 and 7 of 12 in homework.ipynb; softmax is the one in cell 7",
    )


def test_where_all_of_them_ran_it_says_so():
    assert about_cells(use(2, 1, 2, way="one by one")) == (
        "used cells 1 and 2 of 2 in homework.ipynb, all run one by one",
    )


def test_where_none_was_used_it_says_so():
    said, left = about_cells(use(2, c1="not Python"))
    assert said == "used none of the 2 cells in homework.ipynb"
    assert left == "left out: cell 1 (not Python)"


def test_one_more_line_says_which_were_left_out_and_why():
    told = use(
        12,
        *(1, 2, 8),
        c3="not Python",
        c4="magic",
        c5="magic",
        c6="tests",
        c7="ignored",
        c9="failed",
        c10="too long",
        c12="no time left",
        stopped=((8, 4, "AssertionError"), (9, 2, "NameError"), (10, 1, "")),
    )
    assert about_cells(told)[1] == (
        "left out: cell 3 (not Python), cells 4 and 5 (magics only), cell 6 (tests of the course), "
        "cell 7 (tagged to be ignored), the rest of cell 8 (it stopped with AssertionError in line 4), "
        "cell 9 (it stopped with NameError in line 2), cell 10 (it ran for too long in line 1) "
        "and cell 12 (no time left)"
    )


def test_what_students_choose_is_inert():
    told = use(1, file="\x1b[31m.ipynb", c1="failed", stopped=((1, 1, "Bad\u202eError"),))
    assert all(line.isascii() and line.isprintable() for line in about_cells(told))


def test_a_cell_is_used_or_left_out():
    whole = use(3, 2).model_dump()
    for wrong in ({"used": (2, 3)}, {"used": ()}, {"cells": 4, "used": (4,)}):
        with pytest.raises(ValidationError):
            NotebookUse.model_validate(whole | wrong)


def test_of_a_great_many_cells_the_first_need_not_be_told():
    left = tuple(LeftOut(cell=cell, why="not needed") for cell in (5, 6))
    told = NotebookUse(file="a.ipynb", cells=7, way="needed", used=(7,), defined=(), left_out=left)
    assert about_cells(told) == ("used cell 7 of 7 in a.ipynb",)


def test_a_report_on_a_notebook(make, golden):
    told = use(
        9,
        *(2, 5, 7),
        c3="not Python",
        c9="failed",
        stopped=((7, 3, "AssertionError"), (9, 2, "NameError")),
    )
    exercise = make.exercise(
        "softmax",
        make.test("Rows sum to one", Verdict.PASSED),
        files=("homework.ipynb",),
        notebook=told,
        notes=("notes.txt was not read.",),
    )
    report = make.student("ada", exercise).for_student(Reveal.DIFFERENCES)
    golden("notebook.txt", as_text(student_view(report)))
