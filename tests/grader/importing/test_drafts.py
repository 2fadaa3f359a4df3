"""Questions become exercises: what belongs together is one, and each file holds what it should."""

import ast

import pytest

from grader.errors import OutputError
from grader.importing.cells import read_cells
from grader.importing.exercises import drafts
from grader.importing.nbgrader import read_nbgrader
from grader.importing.otter import read_otter
from grader.importing.tests_as_files import test_files as files_of_tests
from grader.importing.writing import LIST, files_of, list_of, write
from tests.grader.importing.masters import NBGRADER, OTTER, book, code, markdown, nb


def draft_of(tmp_path, *cells):
    """The only exercise of a master of nbgrader's."""
    (draft,), _ = drafts(read_nbgrader("m", read_cells(book(tmp_path / "m.ipynb", *cells))))
    return draft


@pytest.fixture
def relu(tmp_path):
    return draft_of(tmp_path, *NBGRADER)


def answer(text, name="a"):
    return code(f"### BEGIN SOLUTION\n{text}\n### END SOLUTION", **nb(name, solution=True))


def a_test(text, name="t", points=1):
    return code(text, **nb(name, grade=True, locked=True, points=points))


def test_questions_that_use_each_other_are_one_exercise(relu):
    assert relu.entry_points == {"relu": "relu(x)", "relu_twice": "relu_twice(x, times=2)"}
    assert relu.name == "relu"
    assert relu.title == "ReLU"


def test_questions_that_one_test_uses_are_one_exercise(tmp_path):
    cells = [answer("def f(x):\n    return x", "f"), answer("def g(x):\n    return x", "g")]
    apart, _ = drafts(read_nbgrader("m", read_cells(book(tmp_path / "a.ipynb", *cells))))
    assert [each.name for each in apart] == ["f", "g"]
    draft = draft_of(tmp_path, *cells, a_test("assert f(g(1)) == 1"))
    assert [*draft.entry_points] == ["f", "g"]


def test_a_question_without_a_function_is_told(tmp_path):
    _, left = drafts(read_nbgrader("week1", read_cells(book(tmp_path / "m.ipynb", *NBGRADER))))
    assert [each.what for each in left] == ["number, which asks for no function"]


def test_helpers_of_a_solution_are_no_entry_points(tmp_path):
    draft = draft_of(
        tmp_path,
        code(
            "def f(x):\n    ### BEGIN SOLUTION\n    return helper(x)\n\ndef helper(x):\n    return x\n"
            "    ### END SOLUTION",
            **nb("f", solution=True),
        ),
        a_test("assert f(1) == 1"),
    )
    assert [*draft.entry_points] == ["f"]
    assert "helper" not in draft.stub


def test_a_stub_has_the_head_of_what_was_all_solution(relu):
    assert "def relu_twice(x, times=2):\n    raise NotImplementedError(" in relu.stub
    ast.parse(relu.stub)


def test_a_class_keeps_the_heads_of_its_methods(tmp_path):
    (_, counter), _ = drafts(read_otter("hw01", read_cells(book(tmp_path / "m.ipynb", *OTTER))))
    assert counter.entry_points == {"Counter": "Counter(start=0)"}
    assert "def __init__(self, start=0):\n        raise NotImplementedError(" in counter.stub
    tests = files_of_tests(counter, "hw01")
    assert ["write it with student.Counter.keep(...)" in each.why for each in tests.left] == [True, False]


def test_only_given_code_that_is_needed_goes_along(relu):
    assert [*relu.given] == ["import torch"]
    assert len(relu.given_to_tests) == 3
    assert "math" not in "".join((*relu.given, *relu.given_to_tests))


def test_given_functions_are_named_in_the_manifest(tmp_path):
    helper = code("def helper(x):\n    return x")
    draft = draft_of(tmp_path, helper, answer("def f(x):\n    return helper(x)"), a_test("assert f(1) == 1"))
    assert 'given = ["helper"]' in files_of(draft, "", "")["exercises/f/exercise.toml"]
    assert "def helper" in files_of(draft, "", "")["exercises/f/f.py"]


def test_tests_call_the_student_and_keep_their_lines(relu):
    tests = files_of_tests(relu, "week1")
    assert "@points(3)\n@shown\ndef test_1(student):" in tests.hidden
    assert "    relu = plain(student.relu)\n    x = torch.tensor([-1.0, 2.0])\n" in tests.visible
    assert "halved(x).tolist()" not in tests.visible
    assert "@points(1)\ndef test_2(student):" in tests.hidden
    assert "test_2" not in tests.visible


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("assert f(other) == 1", "it uses other, which another cell makes; put that into the test"),
        ("from math import *\nassert f(1) == 1", "a function cannot import *; name what it needs"),
    ],
)
def test_a_test_that_cannot_stand_alone_is_told(tmp_path, test, why):
    draft = draft_of(
        tmp_path, answer("def f(x):\n    return x"), a_test(test), a_test("assert f(1) == 1", "u")
    )
    tests = files_of_tests(draft, "m")
    assert [each.why for each in tests.left] == [why]
    assert "test_2" in tests.hidden


def test_a_string_over_several_lines_stays_what_it_was(tmp_path):
    text = 'told = """a\nb"""\nassert f(told) == told'
    draft = draft_of(tmp_path, answer("def f(x):\n    return x"), a_test(text))
    hidden = files_of_tests(draft, "m").hidden
    (function,) = (node for node in ast.parse(hidden).body if isinstance(node, ast.FunctionDef))
    assert any(isinstance(part, ast.Constant) and part.value == "a\nb" for part in ast.walk(function))


def test_a_course_is_written_whole_and_nothing_is_replaced(tmp_path, relu):
    files = files_of(relu, "", "")
    told = list_of({"week1.ipynb": [relu]}, [])
    assert write(files, tmp_path / "course", 'A "course"', ["relu"], told)
    assert (tmp_path / "course" / "course.toml").read_text().startswith('name = "A \\"course\\""')
    assert "- `relu` from relu-answer, twice of week1.ipynb" in (tmp_path / "course" / LIST).read_text()
    assert not [*(tmp_path / "course").glob(".*")]
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(OutputError, match="is there already; move it away"):
        write(files, tmp_path / "course", "Another", ["relu"], "")
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_course_that_is_there_keeps_its_manifest(tmp_path, relu):
    course = tmp_path / "course"
    course.mkdir()
    (course / "course.toml").write_text("name = 'Mine'")
    assert not write(files_of(relu, "", ""), course, "Another", ["relu"], "")
    assert (course / "course.toml").read_text() == "name = 'Mine'"
    assert not (course / "reference" / "secret.txt").exists()


def test_two_exercises_never_share_a_name(tmp_path):
    cells = [markdown("# A"), answer("def f(x):\n    return x"), a_test("assert f(1) == 1")]
    master = read_nbgrader("m", read_cells(book(tmp_path / "m.ipynb", *cells)))
    (first,), _ = drafts(master)
    (second,), _ = drafts(master, taken=[first.name])
    assert (first.name, second.name) == ("f", "f_2")
