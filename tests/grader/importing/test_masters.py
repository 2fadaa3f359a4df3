"""Masters of both systems, taken apart: questions, tests and points, and what was not carried over."""

import pytest

from grader.errors import CourseError
from grader.importing.cells import read_cells
from grader.importing.nbgrader import is_nbgrader, read_nbgrader
from grader.importing.otter import _points, is_otter, read_otter
from tests.grader.importing.masters import NBGRADER, OTTER, book, code, nb, raw


@pytest.fixture
def nbgrader(tmp_path):
    return read_nbgrader("week1", read_cells(book(tmp_path / "week1.ipynb", *NBGRADER)))


@pytest.fixture
def otter(tmp_path):
    return read_otter("hw01", read_cells(book(tmp_path / "hw01.ipynb", *OTTER)))


def test_whose_a_master_is(tmp_path):
    ours = read_cells(book(tmp_path / "week1.ipynb", *NBGRADER))
    others = read_cells(book(tmp_path / "hw01.ipynb", *OTTER))
    assert (is_nbgrader(ours), is_otter(ours)) == (True, False)
    assert (is_nbgrader(others), is_otter(others)) == (False, True)


def test_nbgraders_questions(nbgrader):
    assert [question.name for question in nbgrader.questions] == ["relu-answer", "twice", "number"]
    relu = nbgrader.questions[0]
    assert relu.handout.startswith("# Week 1: activations")
    assert "clamp" in relu.solution
    assert "clamp" not in relu.stub
    assert [(test.points, bool(test.shown)) for test in relu.tests] == [(3, True), (1, False)]
    assert "halved(x)" in relu.tests[0].code
    assert "halved(x)" not in relu.tests[0].shown


def test_what_nbgrader_has_and_we_have_not(nbgrader):
    assert [each.where for each in nbgrader.left] == ["week1.ipynb, cell 7", "week1.ipynb, cell 12"]
    assert "marked by hand (why)" in nbgrader.left[0].what


def test_lines_for_ipython_are_left_out(nbgrader):
    assert nbgrader.given[0].startswith("import torch")


def test_otters_questions(otter):
    assert [question.name for question in otter.questions] == ["q1", "q3"]
    mean, counter = otter.questions
    assert mean.solution.endswith("return total / len(values)\nspare = 1")
    assert "sum(values)" not in mean.stub
    assert "class Counter" in counter.solution
    assert [(test.points, bool(test.shown)) for test in mean.tests] == [
        (0.6667, True),
        (0.6667, False),
        (1, False),
    ]
    assert mean.tests[0].code == "assert repr(mean_of([1, 2, 3])) == '2.0'"
    assert mean.tests[2].title == "Negative numbers count too"


def test_a_test_that_is_a_function_is_called(otter):
    (test,) = otter.questions[1].tests
    assert test.code.endswith("\n\ntest_start(Counter)")


def test_what_otter_has_and_we_have_not(otter):
    assert [each.what for each in otter.left] == [
        "a test that compares what is printed",
        "q2, which is marked by hand",
    ]


@pytest.mark.parametrize(
    ("whole", "tests", "points"),
    [
        (None, [{}, {}], [0.5, 0.5]),
        (3, [{"points": 1}, {}, {}], [1, 1, 1]),
        (None, [{"points": 2}, {}], [2, 0]),
        ({"each": 2}, [{}, {}], [2, 2]),
        ([1, 3], [{}, {}, {}], [1, 3, 0]),
        (1, [{"points": 2}, {}], [2, 0]),
        (0, [{}], [0]),
    ],
)
def test_points_of_a_question_are_shared(whole, tests, points):
    assert _points(whole, tests) == pytest.approx(points)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([raw("# BEGIN QUESTION\nname: q1")], "cell 1: the question is not closed"),
        ([raw("# BEGIN QUESTION\nname: q1"), raw("# BEGIN QUESTION")], "cell 2: a question begins within"),
        ([raw("# END QUESTION")], "cell 1: '# END QUESTION' closes nothing"),
        ([raw("# BEGIN QUESTION\n- q1")], "cell 1: what stands below the marker is no YAML mapping"),
        ([raw("# BEGIN QUESTION\nname: [")], "cell 1: what stands below the marker is no YAML mapping"),
        (
            [
                raw("# BEGIN QUESTION"),
                raw("# BEGIN TESTS"),
                code("f(("),
                raw("# END TESTS"),
                raw("# END QUESTION"),
            ],
            "cell 3: the test is not Python",
        ),
    ],
)
def test_a_broken_master_is_told_with_its_cell(tmp_path, cells, told):
    with pytest.raises(CourseError) as caught:
        read_otter("master", read_cells(book(tmp_path / "master.ipynb", *cells)))
    assert f"master.ipynb, {told}" in str(caught.value)


def test_a_test_before_any_question_is_told(tmp_path):
    cells = [code("assert True", **nb("t", grade=True, locked=True, points=1))]
    master = read_nbgrader("m", read_cells(book(tmp_path / "m.ipynb", *cells)))
    assert "no question stands before it" in master.left[0].why


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not a notebook (NotJSONError); name the master file"),
        ("[]", "is not a notebook"),
        (b"\xff\xfe", "cannot be read (it is not UTF-8 text)"),
        (None, "cannot be read (No such file or directory)"),
    ],
)
def test_what_is_no_notebook(tmp_path, content, told):
    path = tmp_path / "m.ipynb"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CourseError) as caught:
        read_cells(path)
    assert told in str(caught.value)


def test_another_language(tmp_path):
    with pytest.raises(CourseError, match="is a notebook of julia; only Python"):
        read_cells(book(tmp_path / "m.ipynb", language="julia"))
