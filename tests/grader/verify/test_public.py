"""What the course says is public is no leak; what it says wrongly is told."""

import pytest

from grader.course import read_course
from grader.errors import CourseError
from grader.verify.leaks import rows
from grader.verify.report import Standing
from tests.grader.tiny import EXERCISE, STUB, VISIBLE, make_course

HIDDEN_FILE, VISIBLE_FILE = "tests/hidden/test_double.py", "exercises/double/test_double.py"
STUB_FILE, TOML = "exercises/double/double.py", "exercises/double/exercise.toml"
REFERENCE = "reference/double/solution.py"

TEST = '''
def test_a_row_of_numbers(student):
    """A row of numbers is doubled."""
    first_row = torch.tensor([1.0, 2.0, 3.0])
    expect(student.double(first_row)).matches(first_row * 2)
'''
MORE = """\
    second_row = first_row.flip(0).clone()
    expect(student.double(second_row)).matches(second_row * 2)
"""
HIDDEN = f"""
import torch
from grader.checks import cites, expect, points, shown

@points(1)
@shown
@cites("It returns twice its input")
{TEST.strip()}
{MORE}"""
HELPER = '''
def prepared(values):
    """What everybody is given."""
    checked = [float(value) for value in values]
    return torch.tensor(checked).reshape(-1)
'''


def found(folder, **changed):
    course = make_course(folder, **changed)
    return [row.standing for row in rows(course, course.exercises[0])]


def test_a_shown_test_may_stand_in_both_files(tmp_path):
    both = {HIDDEN_FILE: HIDDEN, VISIBLE_FILE: VISIBLE + TEST}
    assert found(tmp_path / "shown", **both) == [Standing.HOLDS]
    secret = both | {HIDDEN_FILE: HIDDEN.replace("@shown\n", "")}
    assert Standing.FAILS in found(tmp_path / "secret", **secret)


def test_what_else_a_shown_test_does_stays_secret(tmp_path):
    elsewhere = f"def test_other(student):\n    first_row = torch.ones(1)\n{MORE}"
    changed = {HIDDEN_FILE: HIDDEN, VISIBLE_FILE: f"{VISIBLE}{TEST}\n\n{elsewhere}"}
    assert Standing.FAILS in found(tmp_path, **changed)


def test_given_functions_may_stand_in_the_reference_too(tmp_path):
    course = make_course(tmp_path / "course")
    solution = (course.root / REFERENCE).read_text()
    both = {STUB_FILE: f"import torch\n{HELPER}\n{STUB}", REFERENCE: f"import torch\n{HELPER}\n{solution}"}
    assert Standing.FAILS in found(tmp_path / "untold", **both)
    told = both | {TOML: EXERCISE.replace("[[entry", 'given = ["prepared"]\n\n[[entry', 1)}
    assert found(tmp_path / "told", **told) == [Standing.HOLDS]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {HIDDEN_FILE: HIDDEN},
            "test_a_row_of_numbers is @shown, but test_double.py has no test of that name",
        ),
        (
            {TOML: EXERCISE.replace("[[entry", 'given = ["helper"]\n\n[[entry', 1)},
            "given names 'helper', which the stub double.py does not define",
        ),
    ],
)
def test_what_is_not_there_is_told(tmp_path, changed, told):
    course = make_course(tmp_path, **changed)
    with pytest.raises(CourseError) as caught:
        list(rows(course, course.exercises[0]))
    assert told in str(caught.value)


def test_what_students_write_is_not_given(tmp_path):
    with pytest.raises(CourseError, match="given names 'double', which is what students write"):
        read_course(
            make_course(
                tmp_path, **{TOML: EXERCISE.replace("[[entry", 'given = ["double"]\n\n[[entry', 1)}
            ).root,
            staff=True,
        )
