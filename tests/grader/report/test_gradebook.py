"""grades.csv: what spreadsheets may read, and what a committed gradebook is compared with."""

import csv
import io

import pytest

from grader.report.gradebook import as_csv, cell, differences, rows
from grader.verdicts import Verdict


@pytest.fixture
def book(make):
    right, wrong = make.test(), make.test("x", Verdict.WRONG_ANSWER, points=1.5)
    ada = make.student("ada", make.exercise("softmax", right, right), make.exercise("conv2d", right))
    bob = make.student("bob", make.exercise("softmax", right, wrong), make.exercise("conv2d", wrong))
    return rows([ada, bob])


COMMITTED = """\
student,softmax,conv2d,total,max,verdicts
ada,4,2,6,6,softmax: passed; conv2d: passed
bob,2,0,2,5,softmax: wrong answer; conv2d: wrong answer
"""


@pytest.fixture
def committed(tmp_path):
    path = tmp_path / "grades.csv"

    def write(text=COMMITTED, encoding="utf-8"):
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_the_gradebook(book):
    assert as_csv(book) == COMMITTED


def test_an_empty_class():
    assert as_csv([]) == "student,total,max,verdicts\n"


def test_a_student_without_an_exercise_has_an_empty_cell(make):
    ada = make.student("ada", make.exercise("softmax", make.test()))
    bob = make.student("bob", make.exercise("conv2d", make.test()))
    assert as_csv(rows([ada, bob])).splitlines()[1:] == [
        "ada,2,,2,2,softmax: passed",
        "bob,,2,2,2,conv2d: passed",
    ]


def test_scores_have_no_float_noise(make):
    test = make.test(points=0.1)
    exercise = make.exercise("softmax", *[test] * 3)
    assert exercise.score != 0.3
    assert as_csv(rows([make.student("ada", exercise)])).splitlines()[1].startswith("ada,0.3,0.3,0.3,")


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("   =1", "'   =1"),
        ("\uff1d1", "'\uff1d1"),
        ("ada", "ada"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_no_cell_begins_a_formula(text, proof):
    assert cell(text) == proof


HOSTILE = [
    '=HYPERLINK("http://x")',
    "\t=1",
    "a\nb,c",
    '"quoted"',
    "half\ud800",
    "\x1b[31m",
    "\u202eabc",
    "x" * 10**6,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_one_inert_cell(make, name):
    text = as_csv(rows([make.student(name, make.exercise("softmax", make.test()))]))
    header, row = csv.reader(io.StringIO(text, newline=""))
    assert len(header) == len(row) == 5
    for value in row:
        assert value.isprintable()
        assert not value.lstrip().startswith(("=", "+", "-", "@"))
        assert len(value) < 600
    text.encode("utf-8")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_found_again(make, tmp_path, name):
    book = rows([make.student(name, make.exercise("softmax", make.test()))])
    path = tmp_path / "grades.csv"
    path.write_bytes(as_csv(book).encode("utf-8"))
    assert differences(book, path) == []


def test_the_same_gradebook_has_no_differences(book, committed):
    assert differences(book, committed()) == []


@pytest.mark.parametrize("before", ["\ufeff", ""])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_gradebook_that_a_spreadsheet_saved_is_the_same(book, committed, before, end):
    text = before + COMMITTED.replace("ada,4,", "ada,4.0,").replace("\n", end) + end
    assert differences(book, committed(text)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ada,4,2", "ada,3.5,2", ["ada, softmax: 4 points now, 3.5 in grades.csv."]),
        ("ada,4,2", "ada,,2", ["ada, softmax: 4 points now, none in grades.csv."]),
        ("ada,4,2", "ada,four,2", ["ada, softmax: 4 points now, four in grades.csv."]),
        ("2,6,6,", "2,7,6,", ["ada: total 6 now, 7 in grades.csv."]),
        ("2,6,6,", "2,6,7,", ["ada: max 6 now, 7 in grades.csv."]),
        ("conv2d: passed", "conv2d: error", ["ada, conv2d: passed now, error in grades.csv."]),
        ("; conv2d: passed", "", ["ada, conv2d: passed now, nothing in grades.csv."]),
        ("bob,2", "eve,2", ["eve is in grades.csv, but was not graded.", "bob is not in grades.csv."]),
        ("bob,2", "ada,2", None),
        ("softmax,conv2d,total", "softmax,conv,total", ["ada, conv2d: 2 points now, none in grades.csv."]),
    ],
)
def test_each_difference_is_a_sentence(book, committed, old, new, said):
    assert old in COMMITTED
    found = differences(book, committed(COMMITTED.replace(old, new, 1)))
    if said is None:
        assert found[0] == "grades.csv has more than one row for a student."
    else:
        assert found[: len(said)] == said
        assert len(found) == len(said) or "conv," in COMMITTED.replace(old, new, 1)


def test_a_shortened_row_is_told(book, committed):
    found = differences(
        book, committed(COMMITTED.replace("ada,4,2,6,6,softmax: passed; conv2d: passed", "ada,4"))
    )
    assert "ada: total 6 now, none in grades.csv." in found
    assert "ada, conv2d: passed now, nothing in grades.csv." in found


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("", "utf-8", "its first line must name student, total, max and verdicts"),
        ("name,score\nada,4\n", "utf-8", "its first line must name student, total, max and verdicts"),
        (
            "student,total,max\nada,4,4\n",
            "utf-8",
            "its first line must name student, total, max and verdicts",
        ),
        ("student,é\n", "latin-1", "it is not CSV in UTF-8"),
        ('student,"total\n', "utf-8", "it is not CSV in UTF-8"),
    ],
)
def test_what_is_no_gradebook_is_said_in_one_sentence(book, committed, text, encoding, said):
    assert differences(book, committed(text, encoding)) == [f"grades.csv is not a gradebook: {said}."]


def test_a_gradebook_that_is_not_there(book, tmp_path):
    found = differences(book, tmp_path / "grades.csv")
    assert found == ["grades.csv can't be read: No such file or directory."]
