"""A verdict that changes is told with its test and what changed it; one that may change is not."""

from dataclasses import replace

import pytest

from grader.judge.job import Manner
from grader.student.conditions import Conditions
from grader.verdicts import Verdict
from grader.verify.effort import FULL, NORMAL, QUICK
from grader.verify.judging import Trial
from grader.verify.report import Claim, Standing
from grader.verify.steadiness import MISTAKES, Steadiness, disturbances
from tests.grader.verify.judged import a_test, judged, program

RIGHT = program()
MISTAKE = program(Claim.MISTAKE, "off", may_fail=("test_matrix",))
FLIPPED = judged(a_test(verdict=Verdict.WRONG_ANSWER), a_test("test_matrix"))
USUAL = judged(a_test(), a_test("test_matrix"))


@pytest.fixture
def watch(tiny_course):
    def watch(*programs, effort=FULL):
        return Steadiness(tiny_course, tiny_course.exercise("double"), programs, effort, jobs=2)

    return watch


def seen(steadiness, wrong=lambda trial: False, report=FLIPPED):
    for trial in steadiness.trials():
        steadiness.see(trial, report if wrong(trial) else USUAL)
    return list(steadiness.rows())


def test_what_stays_as_it_is_holds(watch):
    (row,) = seen(watch(RIGHT, MISTAKE))
    assert (row.claim, row.standing) == (Claim.STEADINESS, Standing.HOLDS)
    assert row.sentence.startswith("no verdict changes in 12 runs: with other inputs, a second time, with")
    assert row.sentence.endswith("with 1 slot and on a busy machine")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda trial: trial.again, "a second time"),
        (lambda trial: trial.manner.order == "backwards", "with the tests backwards"),
        (lambda trial: trial.manner.order == 1, "with the tests in a random order"),
        (lambda trial: trial.slots, "with 1 slot"),
        (lambda trial: trial.busy, "on a busy machine"),
    ],
)
def test_a_changed_verdict_names_the_test_its_line_and_what_changed_it(watch, wrong, told):
    (row,) = seen(watch(RIGHT), wrong)
    assert (row.standing, row.what) == (Standing.FAILS, "test_numbers")
    assert row.sentence == f"reference is 'passed' on cpu with seed 0, but 'wrong answer' {told}"
    assert row.file == "tests/hidden/test_double.py"
    assert row.line is not None


def test_one_test_has_one_row_however_often_it_changes(watch):
    (row,) = seen(watch(RIGHT), lambda trial: trial.busy or trial.again)
    assert row.sentence.endswith("; and 1 more change")


def test_other_seeds_and_conditions_count_too(watch):
    steadiness = watch(RIGHT)
    steadiness.see(Trial(RIGHT), USUAL)
    steadiness.see(Trial(RIGHT, 7, Manner(explain=False)), FLIPPED)
    steadiness.see(Trial(RIGHT, 0, Manner(), Conditions(threads=2)), FLIPPED)
    (row,) = steadiness.rows()
    assert row.sentence.endswith("but 'wrong answer' with seed 7; and 1 more change")


def test_a_mistake_may_fail_with_some_inputs_only_and_with_the_same_ones_never(watch):
    other = judged(a_test(), a_test("test_matrix", Verdict.WRONG_ANSWER))
    steadiness = watch(MISTAKE)
    seen(steadiness)
    steadiness.see(Trial(MISTAKE, 1), other)
    assert [row.standing for row in steadiness.rows()] == [Standing.HOLDS]
    steadiness.see(Trial(MISTAKE, 0, again=1), other)
    assert [row.what for row in steadiness.rows()] == ["test_matrix"]


def test_runs_on_another_device_are_not_counted(watch):
    steadiness = watch(RIGHT)
    for trial in (Trial(RIGHT), Trial(RIGHT, again=1), Trial(RIGHT, device="simulated")):
        steadiness.see(trial, USUAL)
    (row,) = steadiness.rows()
    assert row.sentence.startswith("no verdict changes in 2 runs:")


def test_null_answers_are_not_compared(watch):
    null = program(Claim.NULL_ANSWER, "memory")
    steadiness = watch(RIGHT, null)
    assert all(trial.program != null for trial in steadiness.trials())
    steadiness.see(Trial(null), USUAL)
    steadiness.see(Trial(null, again=1), FLIPPED)
    assert [row.standing for row in steadiness.rows()] == [Standing.HOLDS]


def test_a_few_mistakes_stand_for_all(watch):
    many = [program(Claim.MISTAKE, str(i)) for i in range(39)]
    judged_again = {trial.program.what for trial in watch(*many).trials()}
    assert len(judged_again) == MISTAKES
    assert "0" in judged_again


def test_an_effort_without_disturbances_claims_nothing(watch):
    steadiness = watch(RIGHT, effort=QUICK)
    assert (list(steadiness.trials()), list(steadiness.rows())) == ([], [])


def test_there_is_always_another_number_of_slots():
    assert "with 1 slot" in disturbances(FULL, jobs=2)
    assert "with 2 slots" in disturbances(FULL, jobs=1)
    assert set(disturbances(NORMAL, jobs=2)) == {"a second time", "with the tests backwards"}
    trial = Trial(RIGHT)
    assert all(replace(trial, **changes) != trial for changes in disturbances(FULL, 2).values())
