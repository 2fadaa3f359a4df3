"""Margins between right answers, the allowance and wrong answers: measured, and thin ones named."""

import pytest

from grader.verdicts import Verdict
from grader.verify.judging import Trial
from grader.verify.margins import Margins
from grader.verify.report import Claim, Standing
from tests.grader.verify.judged import a_test, judged, program

LOOPS = program(Claim.ACCEPTED, "loops")
ZEROS = program(Claim.NULL_ANSWER, "zeros")
OFF = program(Claim.MISTAKE, "off", may_fail=("test_matrix",))


def off(error, name="test_numbers"):
    wrong = error is not None and error > 1
    return a_test(name, Verdict.WRONG_ANSWER if wrong else Verdict.PASSED, worst_error=error)


@pytest.fixture
def margins(tiny_course):
    found = Margins(tiny_course, tiny_course.exercise("double"))
    found.see(Trial(program()), judged(off(0.02), off(0.01, "test_matrix")))
    found.see(Trial(LOOPS), judged(off(0.3), off(0.12, "test_matrix")))
    found.see(Trial(ZEROS), judged(off(5000.0), off(40.0, "test_matrix")))
    return found


def test_the_thinnest_on_each_side_is_told(margins):
    (row,) = margins.rows()
    assert (row.claim, row.standing) == (Claim.MARGIN, Standing.HOLDS)
    assert row.sentence == (
        "right answers use 30% of the allowance (test_numbers, accepted: loops); "
        "wrong ones are off by at least 40 times it (test_matrix, null answer: zeros)"
    )
    assert row.detail.splitlines() == [
        "test_numbers: right 30% (accepted: loops), wrong 5000 times (null answer: zeros)",
        "test_matrix: right 12% (accepted: loops), wrong 40 times (null answer: zeros)",
    ]


def test_a_right_answer_near_the_allowance_is_a_warning(margins):
    margins.see(Trial(LOOPS, 5), judged(off(0.61)))
    (row,) = margins.rows()
    assert (row.standing, row.what) == (Standing.WARNING, "test_numbers")
    assert row.sentence.startswith("accepted: loops, which is right, uses 61% of the allowance;")
    assert (row.file, row.line is None) == ("tests/hidden/test_double.py", False)


def test_a_wrong_answer_near_the_allowance_is_a_warning(margins):
    margins.see(Trial(OFF), judged(off(1.3)))
    (row,) = margins.rows()
    assert (row.standing, row.what) == (Standing.WARNING, "test_numbers")
    assert row.sentence.startswith("mistake: off, which is wrong, is off by only 1.3 times the allowance;")


def test_what_a_mistake_gets_right_or_may_fail_is_no_margin(margins):
    margins.see(Trial(OFF), judged(off(0.9), off(1.1, "test_matrix"), off(None, "test_gradient")))
    assert [row.standing for row in margins.rows()] == [Standing.HOLDS]


def test_without_numbers_there_is_no_margin(tiny_course):
    margins = Margins(tiny_course, tiny_course.exercise("double"))
    margins.see(Trial(program()), judged(off(None)))
    assert [row.standing for row in margins.rows()] == [Standing.NOT_RUN]
