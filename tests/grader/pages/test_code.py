"""Code as it was handed in: any bytes and any length come out as a few short lines."""

import pytest

from grader.findings import ExceptionRaised, Frame
from grader.pages.code import WHOLE, decoded, listings
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
    assert listing.total == 4
    assert [line.text for line in listing.lines if line.marks] == ["c\\x0cd\\u2028e"]


def test_a_long_file_is_shown_round_what_is_marked():
    content = b"".join(b"x = %d\n" % i for i in range(1, 5001))
    listing = shown(content, 4000, 9999)
    assert (listing.total, listing.marked) == (5000, (4000,))
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
    assert shown(content, 7).marked == ()


def test_thousands_of_marks_are_no_marks():
    listing = shown(b"x\n" * 10_000, *range(1, 10_000, 3))
    assert len(listing.marked) == 20
    assert len(listing.lines) < 600


def test_notebooks_are_not_read_here():
    assert listings(make_exercise("softmax", make_test()), [SubmittedFile("hw.IPYNB", b"{}")]) == ()
