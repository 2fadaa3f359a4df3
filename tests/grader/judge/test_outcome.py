"""From what a test raised to a verdict, and from two runs to one."""

from pathlib import Path

import pytest

from grader.checks import CheckFailed
from grader.course.manifest import Limits
from grader.findings import Crashed, GraderFault, NoGradient, TimedOut
from grader.judge.outcome import PASSED, Outcome, after_reload, after_replay, classify, not_run
from grader.student.failures import died
from grader.student.proxy import StudentFailed
from grader.verdicts import Blame, Verdict

HUNG = Outcome(Verdict.TIMED_OUT, Blame.STUDENT, (TimedOut(what="call", seconds=1.0),))
KILLED = Outcome(Verdict.CRASHED, Blame.STUDENT, (Crashed(how="signal SIGKILL"),))
WRONG = Outcome(Verdict.WRONG_ANSWER, Blame.STUDENT, (NoGradient(argument="x"),))


def test_a_failed_claim_is_the_students_wrong_answer():
    assert classify(CheckFailed([NoGradient(argument="x")]), visible=False) == WRONG


def test_student_code_that_failed_brings_its_own_verdict():
    outcome = classify(StudentFailed(TimedOut(what="call", seconds=1.0)), visible=False)
    assert outcome == HUNG


def failed_assert():
    try:
        raise AssertionError("1 is not 2\nassert 1 == 2")
    except AssertionError as error:
        return error


def test_an_assert_says_what_it_compared_only_in_a_visible_test():
    here = Path(__file__)
    (shown,) = classify(failed_assert(), visible=True, test_file=here).findings
    (hidden,) = classify(failed_assert(), visible=False, test_file=here).findings
    assert (shown.detail, hidden.detail) == ("1 is not 2", "")


def test_an_assert_that_fails_outside_the_test_is_not_the_students_fault():
    outcome = classify(failed_assert(), visible=True, test_file=Path("elsewhere.py"))
    assert (outcome.verdict, outcome.blame) == (Verdict.ERROR, Blame.EXERCISE)
    assert outcome.findings[0].code == "grader-fault"


def test_pytest_fail_counts_as_the_line_that_called_it():
    with pytest.raises(pytest.fail.Exception) as failed:
        pytest.fail("no good")
    assert classify(failed.value, visible=True, test_file=Path(__file__)).verdict == Verdict.WRONG_ANSWER


def test_anything_else_is_the_exercises_fault():
    outcome = classify(ZeroDivisionError("division by zero"), visible=False)
    assert (outcome.verdict, outcome.blame) == (Verdict.ERROR, Blame.EXERCISE)
    assert "ZeroDivisionError" in outcome.findings[0].detail


def test_a_skip_is_not_run():
    with pytest.raises(pytest.skip.Exception) as skipped:
        pytest.skip("not today")
    assert classify(skipped.value, visible=False) == not_run("skipped", "not today")


def test_what_stays_the_same_on_replay_stands():
    assert after_replay(WRONG, Outcome(Verdict.WRONG_ANSWER)) is WRONG


def test_a_time_out_that_passes_on_replay_passed():
    assert after_replay(HUNG, PASSED) is PASSED


def test_any_other_change_is_unstable_and_blames_nobody():
    outcome = after_replay(WRONG, PASSED)
    assert (outcome.verdict, outcome.blame) == (Verdict.UNSTABLE, Blame.NOBODY)
    assert [f.code for f in outcome.findings] == ["unstable", "no-gradient"]
    assert after_replay(HUNG, WRONG).verdict == Verdict.UNSTABLE


@pytest.mark.parametrize("other", [PASSED, WRONG, HUNG])
def test_a_fault_of_the_graders_blames_nobody_for_the_other_run(other):
    lost = StudentFailed(died(None, "f()", Limits(), sealed=True))
    fault = classify(lost, visible=False)
    assert (fault.verdict, fault.blame) == (Verdict.ERROR, Blame.GRADER)
    assert after_replay(fault, other) is other
    assert after_replay(other, fault) is fault
    assert after_replay(fault, fault) is fault


FAULT = Outcome(Verdict.ERROR, Blame.GRADER, (GraderFault(detail="the process above it was killed"),))


@pytest.mark.parametrize("other", [PASSED, WRONG, HUNG, FAULT])
def test_a_run_that_was_killed_from_outside_says_nothing(other):
    assert after_replay(KILLED, other) is other
    if other is not PASSED:  # what passes is not run again
        assert after_replay(other, KILLED) is other


def test_what_is_killed_both_times_crashed():
    assert after_replay(KILLED, KILLED) is KILLED
    assert after_reload(KILLED, KILLED) == KILLED


def test_a_crash_that_changes_is_unstable():
    crashed = Outcome(Verdict.CRASHED, Blame.STUDENT, (Crashed(how="signal SIGSEGV"),))
    assert after_replay(crashed, PASSED).verdict == Verdict.UNSTABLE


def test_a_load_that_was_killed_from_outside_says_nothing():
    assert after_reload(KILLED, None) is None
    assert after_reload(KILLED, HUNG) is HUNG
    assert after_reload(HUNG, KILLED) is HUNG
    assert after_reload(FAULT, KILLED) is FAULT
