"""Tests that give points for nothing are named, and so are the usual answers that are not tried."""

from dataclasses import replace

import pytest

from grader.verdicts import Verdict
from grader.verify.effort import FULL, QUICK
from grader.verify.judging import Trial
from grader.verify.null_answers import USUAL, NullAnswers
from grader.verify.report import Claim, Standing
from tests.grader.verify.judged import a_test, judged, program

ZEROS, ONES = (program(Claim.NULL_ANSWER, what) for what in ("zeros", "ones"))
REJECTED = judged(a_test(verdict=Verdict.WRONG_ANSWER))


@pytest.fixture
def proved(tiny_course):
    """The rows for some programs, of which some pass some tests with some seeds."""

    def proved(*programs, effort=QUICK, seen=lambda trial: REJECTED):
        answers = NullAnswers(tiny_course, tiny_course.exercise("double"), programs, effort)
        for trial in answers.trials():
            answers.see(trial, seen(trial))
        return list(answers.rows())

    return proved


def test_answers_that_pass_nothing_hold(proved):
    every = [program(Claim.NULL_ANSWER, name) for name in USUAL]
    rows = proved(program(), *every)
    assert [(row.what, row.standing) for row in rows] == [(name, Standing.HOLDS) for name in USUAL]
    assert rows[0].sentence == "nothing on tests that compare numbers, 1 seed"
    assert rows[0].file == "reference/double/zeros.py"


def test_a_test_that_one_passes_is_named_with_its_line_and_every_answer(proved):
    lenient = judged(a_test(), a_test("test_matrix", Verdict.WRONG_ANSWER), a_test(numeric=False))
    rows = proved(ZEROS, ONES, effort=FULL, seen=lambda trial: lenient if trial.seed else REJECTED)
    row, missing = rows
    assert (row.standing, row.what, row.file) == (
        Standing.FAILS,
        "test_numbers",
        "tests/hidden/test_double.py",
    )
    assert row.line is not None
    assert row.sentence.startswith("test_numbers gives points for zeros and ones; compare values in it")
    assert missing.standing is Standing.WARNING


@pytest.mark.parametrize("harmless", [{"numeric": False}, {"score": 0.0, "max_score": 0.0}])
def test_tests_without_points_or_numbers_may_pass(proved, harmless):
    (row, _) = proved(ZEROS, seen=lambda trial: judged(a_test(**harmless)))
    assert (row.what, row.standing) == ("zeros", Standing.HOLDS)


def test_usual_answers_that_are_not_there_are_a_warning(proved):
    _, _, row = proved(ZEROS, ONES)
    assert (row.standing, row.what) == (Standing.WARNING, "")
    assert row.sentence == (
        "of the 10 usual answers that say nothing, input, mean, nan, uninitialised, last_call, none, "
        "wrong_shape and wrong_dtype are not tried; write reference/double/null/input.py and the others"
    )
    every_but_one = [program(Claim.NULL_ANSWER, name) for name in USUAL[:-1]]
    assert proved(*every_but_one)[-1].sentence.endswith(
        "wrong_dtype is not tried; write reference/double/null/wrong_dtype.py"
    )


def test_where_none_is_judged_nothing_is_said(proved):
    assert proved(ZEROS, effort=replace(QUICK, null_answers=0)) == []


def test_other_programs_are_left_to_others(tiny_course):
    answers = NullAnswers(tiny_course, tiny_course.exercise("double"), (ZEROS,), QUICK)
    answers.see(Trial(program()), judged(a_test()))
    assert [row.what for row in answers.rows() if row.standing is not Standing.WARNING] == ["zeros"]
