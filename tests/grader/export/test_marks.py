"""The one number that leaves: what counts, and whether a fault of ours may have lowered it."""

from decimal import Decimal

import pytest

from grader.errors import UsageError
from grader.export.marks import Mark, mark, rounded
from grader.report.model import Override
from grader.verdicts import Blame, Verdict
from tests.grader.report.conftest import make_exercise, make_student, make_test

PASSED = make_test("Sums", points=4)
OURS = make_test("Keeps", Verdict.ERROR, points=2, blame=Blame.GRADER)


def test_points_are_the_mark_where_nothing_else_was_reckoned():
    report = make_student("ada", make_exercise("softmax", PASSED))
    assert mark(report) == mark(report, "softmax") == Mark("ada", 4, 4)


def test_what_lateness_and_weights_made_of_them_is_the_mark():
    late = make_exercise("softmax", PASSED, penalty=1, final=3, weight=10)
    report = make_student("ada", late, make_exercise("mlp", OURS, dropped=True), final=7.5, final_max=10)
    assert (mark(report).score, mark(report).most) == (7.5, 10)
    assert (mark(report, "softmax").score, mark(report, "softmax").most) == (3, 4)


def test_a_mark_that_was_set_by_hand_counts_even_if_it_is_zero():
    by_hand = Override(score=0, reason="not their own")
    report = make_student(
        "ada", make_exercise("softmax", PASSED, override=by_hand, final=0), final=0, final_max=4
    )
    assert mark(report).score == mark(report, "softmax").score == 0


@pytest.mark.parametrize("blame", [Blame.EXERCISE, Blame.OPERATOR, Blame.GRADER])
@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.NOT_RUN, Verdict.UNSTABLE])
def test_a_fault_of_ours_puts_a_mark_in_doubt(blame, verdict):
    test = make_test("Keeps", verdict, points=2, blame=blame)
    report = make_student("ada", make_exercise("softmax", PASSED, test), make_exercise("mlp", PASSED))
    assert mark(report).in_doubt
    assert mark(report, "softmax").in_doubt
    assert not mark(report, "mlp").in_doubt


def test_what_is_the_students_or_worth_nothing_or_looked_at_is_in_no_doubt():
    wrong = make_test("Keeps", Verdict.ERROR, points=2, blame=Blame.STUDENT)
    free = make_test("Keeps", Verdict.ERROR, points=0, blame=Blame.GRADER)
    by_hand = Override(score=5, reason="looked at it")
    for exercise in (
        make_exercise("softmax", PASSED, wrong, free),
        make_exercise("softmax", PASSED, OURS, override=by_hand, final=5),
    ):
        assert not mark(make_student("ada", exercise)).in_doubt


def test_an_exercise_that_is_not_there_is_named():
    with pytest.raises(UsageError, match=r"no exercise 'sofmax'\. Did you mean 'softmax'\?"):
        mark(make_student("ada", make_exercise("softmax", PASSED)), "sofmax")


@pytest.mark.parametrize(
    ("student", "number", "name"),
    [
        ("lovelaceada_1234", "1234", "lovelaceada"),
        ("Ada Lovelace_0012", "12", "Ada Lovelace"),
        ("1234", "1234", ""),
        ("anon_1234", None, "anon_1234"),
        ("student-01", None, "student-01"),
        ("a_1_b", None, "a_1_b"),
        ("x_\u0661", None, "x_\u0661"),
    ],
)
def test_the_number_that_a_platform_gave(student, number, name):
    assert (Mark(student, 0, 0).number, Mark(student, 0, 0).name) == (number, name)


@pytest.mark.parametrize(
    ("number", "wanted"), [(2.675, "2.68"), (0.005, "0.01"), (1e-9, "0.00"), (1 / 3, "0.33"), (12, "12.00")]
)
def test_halves_of_what_stands_there_are_rounded_up(number, wanted):
    assert rounded(number) == Decimal(wanted)
