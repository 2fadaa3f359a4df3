"""Code as it was handed in: any bytes and any length come out as a few short lines."""

import pytest

from grader.findings import ExceptionRaised, Frame
from grader.pages.code import WHOLE, decoded, listings
from grader.report.examples import EXAMPLES
from grader.report.notebook_use import LeftOut, NotebookUse
from grader.submission import SubmittedFile
from grader.verdicts import Verdict
from tests.grader.report.conftest import make_exercise, make_test


def shown(content, *numbers, name="softmax.py"):
    frames = tuple(Frame(file=name, line=number, function="f") for number in numbers)
    finding = ExceptionRaised(call="f()", type="E", message="", frames=frames)
    report = make_exercise("softmax", make_test("x", Verdict.ERROR, finding))
    (listing,) = listings(report, [SubmittedFile(name, content)])
    return listing


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("é".encode(), "é"),
        ("\ufeffx".encode(), "x"),
        (b"# coding: latin-1\n\xe9", "# coding: latin-1\né"),
        (
            b"#!/usr/bin/python\n# -*- coding: iso-8859-1 -*-\n\xe9",
            "#!/usr/bin/python\n# -*- coding: iso-8859-1 -*-\né",
        ),
        (b"# coding: zip\n\xe9", "# coding: zip\n\ufffd"),
        (b"x\n\n# coding: latin-1\n\xe9", "x\n\n# coding: latin-1\n\ufffd"),
        (b"\xff\xfe\x00", "\ufffd\ufffd\x00"),
    ],
)
def test_bytes_are_read_as_python_reads_them_or_replaced(content, text):
    assert decoded(content) == text


def test_lines_are_counted_as_python_counts_them():
    listing = shown("a\r\nb\rc\x0cd\u2028e\nf".encode(), 3)
    assert listing.extent == "4 lines"
    assert [line.text for line in listing.lines if line.marks] == ["c\\x0cd\\u2028e"]


def test_a_long_file_is_shown_round_what_is_marked():
    content = b"".join(b"x = %d\n" % i for i in range(1, 5001))
    listing = shown(content, 4000, 9999)
    assert (listing.extent, listing.marked) == ("5,000 lines", "line 4,000")
    assert len(listing.lines) < WHOLE
    assert [line.text for line in listing.lines if not line.number] == [
        "lines 31 to 3,987 are not shown",
        "lines 4,013 to 5,000 are not shown",
    ]
    assert next(line.text for line in listing.lines if line.number == 4000) == "x = 4000"


def test_a_line_of_ten_megabytes_is_cut():
    (line,) = shown(b"x" * 10_000_000, 1).lines
    assert len(line.text) < 300
    assert line.marks == ("exception",)


@pytest.mark.parametrize("content", [b"", b"\n", b"\x00" * 1000])
def test_there_may_be_next_to_nothing(content):
    assert shown(content, 7).marked == ""


def test_thousands_of_marks_are_no_marks():
    listing = shown(b"x\n" * 10_000, *range(1, 10_000, 3))
    assert sum(bool(line.marks) for line in listing.lines) == 20
    assert len(listing.lines) < 600


def test_a_notebook_without_its_cells_is_not_read_here():
    assert listings(make_exercise("softmax", make_test()), [SubmittedFile("hw.IPYNB", b"{}")]) == ()


# --- cells ------------------------------------------------------------------------

CELLS = {
    1: "import torch\n\n%matplotlib inline",
    2: "def softmax(x):\n    return x",
    3: "plot()",
    4: "def softmax(x):\n    return half(x)\n",
    5: "",
    6: "def half(x):\n    return x / 0",
}


def of_cells(*frames, used=(1, 2, 4, 6), cells=CELLS, call="softmax(x)"):
    told = tuple(Frame(file=f"cell {cell}", line=line, function="f") for cell, line in frames)
    finding = ExceptionRaised(call=call, type="E", message="", frames=told)
    if not frames:
        finding = EXAMPLES["values-differ"].model_copy(update={"call": call})
    report = make_exercise("softmax", make_test("x", Verdict.ERROR, finding))
    if used is not None:
        left = tuple(LeftOut(cell=n, why="not needed") for n in cells if n not in used)
        use = NotebookUse(
            file="hw.ipynb", cells=len(cells), way="needed", used=used, defined=(), left_out=left
        )
        report = report.model_copy(update={"notebook": use})
    return listings(report, [SubmittedFile("hw.ipynb", b"{}")], cells)


def test_the_cells_that_were_used_stand_below_each_other_with_lines_of_their_own():
    (listing,) = of_cells((6, 2), (4, 2))
    assert (listing.name, listing.extent) == ("hw.ipynb", "cells 1, 2, 4 and 6 of 6")
    assert listing.marked == "cell 4, line 2; cell 6, line 2"
    assert [(line.text, line.number, line.marks) for line in listing.lines] == [
        ("cell 1", 0, ()),
        ("import torch", 1, ()),
        ("", 2, ()),
        ("%matplotlib inline", 3, ()),
        ("cell 2", 0, ()),
        ("def softmax(x):", 1, ()),
        ("    return x", 2, ()),
        ("cell 4", 0, ()),
        ("def softmax(x):", 1, ()),
        ("    return half(x)", 2, ("exception",)),
        ("cell 6", 0, ()),
        ("def half(x):", 1, ()),
        ("    return x / 0", 2, ("exception",)),
    ]


def test_of_several_definitions_the_last_one_is_marked():
    (listing,) = of_cells()
    assert listing.marked == "cell 4, line 1"


def test_a_cell_that_a_finding_speaks_of_is_shown_though_it_was_not_used():
    (listing,) = of_cells((3, 1), (3, 9), (7, 1), used=None)
    assert (listing.name, listing.extent, listing.marked) == ("hw.ipynb", "cell 3", "cell 3, line 1")
    assert [line.text for line in listing.lines] == ["cell 3", "plot()"]
    assert of_cells((9, 1), used=None) == of_cells(used=(), cells={1: "x"}) == ()


def test_of_many_cells_the_first_ones_and_those_that_findings_speak_of_are_shown():
    many = dict.fromkeys(range(1, 2001), "x = 1\n" * 50)
    (listing,) = of_cells((900, 25), used=tuple(many), cells=many)
    assert [line.text for line in listing.lines if not line.number] == [
        "cell 1",
        "44,932 lines are not shown",
        "cell 900",
        "55,013 lines are not shown",
    ]
    assert len(listing.lines) < WHOLE
