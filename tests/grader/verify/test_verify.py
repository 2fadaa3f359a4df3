"""A course that is right is proved; one broken on purpose is refused by name."""

from dataclasses import replace

import pytest

from grader.errors import CourseError, UsageError
from grader.student.conditions import Conditions
from grader.verify import Claim, Standing, verify
from grader.verify.effort import Effort
from tests.grader.tiny import COURSE, HIDDEN, SOLUTION, make_course, tiny_files
from tests.grader.verify.side_by_side import Keeper, side_by_side

pytestmark = pytest.mark.slow

HOLDS = Standing.HOLDS
PROGRAMS = (Claim.REFERENCE, Claim.STUB, Claim.ACCEPTED, Claim.NULL_ANSWER)
LITTLE = Effort(
    "little", references=3, stubs=3, accepted=1, null_answers=1, mistakes=1, disturbed=False, devices=False
)
ONCE = LITTLE.with_seeds(1)
ZEROS = "def double(x, times=2):\n    return x * 0\n"
SUM = "def double(x, times=2):\n    if isinstance(x, str): raise TypeError\n    return sum([x] * times)\n"


WEAK = HIDDEN.replace("expect(student.double(x)).matches(reference.double(x))", "student.double(x)")
FLAKY = HIDDEN.replace("    check(", "    CALLS.append(1)\n    check(len(CALLS) < 3 and ") + "CALLS = []\n"
SLOW = FLAKY.replace("    x, v = rng", "    import time; time.sleep(1.1)\n    x, v = rng")
WARNING = SOLUTION.replace("    return", "    import warnings\n    warnings.warn('old')\n    return")

COURSES = {
    "right": {"reference/double/accepted/sums.py": SUM, "reference/double/null/zeros.py": ZEROS},
    "wrong": {
        "reference/double/solution.py": SOLUTION.replace("x * times", "x.mul_(times)"),
        "reference/double/accepted/zeros.py": ZEROS,
        "reference/double/null/right.py": SUM,
        "exercises/double/double.py": ZEROS,
    },
    "weak": {
        "reference/double/null/zeros.py": ZEROS,
        "exercises/double/double.py": SOLUTION,
        "tests/hidden/test_double.py": WEAK,
    },
    "flaky": {"tests/hidden/test_double.py": SLOW},
    "warning": {"reference/double/solution.py": WARNING},
}
"""What is changed in each, by the exercise that it becomes."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Slots for all of them."""
    courses = {name: tiny_files(**changed) for name, changed in COURSES.items()}
    keeper = Keeper(side_by_side(tmp_path_factory.mktemp("courses"), courses))
    yield keeper
    keeper.end()


@pytest.fixture
def keeper(kept, monkeypatch):
    kept.lend(monkeypatch)
    return kept


def rows(report):
    return {
        f"{row.claim}: {row.what}" if row.what else str(row.claim): (row.standing is HOLDS, row.sentence)
        for row in report.rows
        if row.claim in PROGRAMS and row.standing is not Standing.WARNING
    }


def test_a_right_course_is_proved(keeper):
    seen = []
    report = verify(keeper.course, ["right"], effort=LITTLE, jobs=1, progress=lambda *told: seen.append(told))
    assert report.ok
    assert list(rows(report)) == ["reference", "accepted: sums", "stub", "null answer: zeros"]
    assert rows(report)["reference"] == (True, "full marks, 3 seeds")
    assert seen[-1][1:] == (8, 8)
    assert [row.file for row in report.rows if row.claim in PROGRAMS and row.file] == [
        "reference/right/solution.py",
        "reference/right/accepted/sums.py",
        "exercises/right/right.py",
        "reference/right/null/zeros.py",
    ]


def test_programs_that_do_not_earn_what_they_must_are_refused_by_name(keeper):
    report = verify(keeper.course, ["wrong"], effort=ONCE, jobs=1)
    assert not report.ok
    found = rows(report)
    assert not any(ok for ok, _ in found.values())
    assert "test_leaves_its_input_alone" in found["reference"][1]
    assert "kind message" in found["stub"][1]
    assert "test_numbers" in found["accepted: zeros"][1]
    for test in ("test_numbers", "test_matrix"):
        assert f"{test} gives points for right;" in found[f"null answer: {test}"][1]


def test_a_filled_stub_and_a_weakened_test_are_refused_by_name(keeper):
    found = rows(verify(keeper.course, ["weak"], effort=ONCE, jobs=1))
    assert found["reference"][0]
    assert "without being filled in" in found["stub"][1]
    assert "test_numbers gives points for zeros;" in found["null answer: test_numbers"][1]


def test_the_sample_class_is_compared_with_its_gradebook(tmp_path):
    course = make_course(
        tmp_path,
        **{
            "course.toml": COURSE + '[sample]\nsubmissions = "submissions"\ngradebook = "grades.csv"\n',
            "submissions/student-01/double.py": SOLUTION,
            "submissions/student-02/double.py": ZEROS,
            "grades.csv": "student,double,total,max,verdicts\n"
            "student-01,6,6,6,double: passed\nstudent-02,3,3,6,double: wrong answer\n",
        },
    )
    report = verify(course, effort=ONCE, jobs=1)
    wrong = [row for row in report.rows if row.standing is Standing.FAILS]
    assert wrong
    assert all((row.exercise, row.file) == ("sample class", "grades.csv") for row in wrong)
    assert any("student-02" in row.sentence and "3" in row.sentence for row in wrong)
    assert not any("student-01" in row.sentence for row in wrong)


def test_a_flaky_test_and_a_limit_without_slack_are_refused_by_name(keeper):
    report = verify(keeper.course, ["flaky"], effort=replace(ONCE, disturbed=True), jobs=1)
    wrong = {row.claim: row for row in report.rows if row.standing is Standing.FAILS}
    assert wrong[Claim.STEADINESS].what == "test_informs"
    assert "reference is 'passed' on cpu with seed 0, but" in wrong[Claim.STEADINESS].sentence
    assert wrong[Claim.TIME].what == "test_gradient"


def test_a_reference_that_holds_on_usual_terms_only_is_refused_with_the_terms(keeper):
    effort = replace(ONCE, conditions=(Conditions(dtype="float64"), Conditions(strict_warnings=True)))
    report = verify(keeper.course, ["warning"], effort=effort, jobs=1)
    (row,) = (row for row in report.rows if row.claim is Claim.REFERENCE)
    assert row.standing is Standing.FAILS
    assert row.sentence.startswith("1 of 3 runs went wrong: ")
    assert row.sentence.endswith("(seed 0, under -W error)")


def test_every_claim_has_a_row_and_a_surviving_mutant_has_its_line(tmp_path):
    effort = replace(ONCE, mutants=True)
    report = verify(
        make_course(tmp_path, **{"reference/double/accepted/sums.py": SUM}), effort=effort, jobs=2
    )
    # There are no null answers and mistakes in this course, and nothing is disturbed; the rest is proved.
    told = {row.claim for row in report.rows}
    assert told >= set(Claim) - {Claim.NULL_ANSWER, Claim.MISTAKE, Claim.GRADEBOOK}
    wrong = [row for row in report.rows if row.standing is Standing.FAILS and row.what]
    assert {row.claim for row in wrong} == {Claim.MUTANT}
    assert {(row.file, row.line) for row in wrong} == {("reference/double/solution.py", 8)}
    assert all("-    return x * times" in row.detail for row in wrong)


def test_an_unknown_exercise_and_a_students_copy(tiny_course):
    with pytest.raises(UsageError, match="Did you mean 'double'"):
        verify(tiny_course, ["doubel"])
    copy = tiny_course.exercise("double").model_copy(update={"reference": None})
    with pytest.raises(CourseError, match="no reference"):
        verify(tiny_course.model_copy(update={"exercises": (copy,)}))
