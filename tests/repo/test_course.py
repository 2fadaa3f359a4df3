"""The course is what it claims to be: complete, of the promised size, and proved by the real judge."""

import ast
from pathlib import Path

import pytest

from grader.course import read_course
from grader.verify import Standing, verify
from grader.verify.null_answers import USUAL

ROOT = Path(__file__).parents[2]
COURSE = read_course(ROOT, staff=True)


def functions_of(path):
    return [
        node
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=COURSE.names)
def test_an_exercise_is_complete(exercise):
    hidden, visible = functions_of(exercise.hidden_tests), functions_of(exercise.visible_tests)
    assert 12 <= len(hidden) <= 30
    assert 3 <= len(visible) <= 6
    for test in hidden:
        assert any("points" in ast.unparse(decorator) for decorator in test.decorator_list), test.name
    titles = [ast.get_docstring(test).partition("\n")[0] for test in hidden + visible]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert len(list((exercise.reference / "accepted").glob("*.py"))) >= 4
    assert set(USUAL) <= {path.stem for path in (exercise.reference / "null").glob("*.py")}


@pytest.mark.slow
def test_the_course_proves_itself():
    report = verify(COURSE)
    assert [row for row in report.rows if row.standing is Standing.FAILS] == []
    assert any(row.exercise == "sample class" for row in report.rows)
