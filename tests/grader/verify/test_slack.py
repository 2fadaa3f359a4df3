"""Limits of time have slack, or the program and the test that are too near them are named."""

import pytest

from grader.judge.job import Manner
from grader.student.conditions import Conditions
from grader.verify.judging import Trial
from grader.verify.report import Claim, Standing
from grader.verify.slack import RUNS, Slack
from tests.grader.verify.judged import a_test, judged, program

LOOPS = program(Claim.ACCEPTED, "loops")
UNEXPLAINED = Manner(explain=False)


@pytest.fixture
def slack(tiny_course):  # a test may take 3 s there, all of them 120 s
    return Slack(tiny_course, tiny_course.exercise("double"))


def test_the_slowest_is_told_where_there_is_slack(slack):
    slack.see(Trial(program()), judged(a_test(seconds=0.1), a_test("test_matrix", seconds=0.2)))
    slack.see(Trial(LOOPS), judged(a_test(seconds=0.9), a_test("test_matrix", seconds=0.8)))
    (row,) = slack.rows()
    assert (row.claim, row.standing) == (Claim.TIME, Standing.HOLDS)
    assert row.sentence == (
        "accepted: loops is slowest with 0.9 s of 3 s for test_numbers; all tests take at most 1.7 s of 120 s"
    )


def test_a_test_near_its_limit_is_refused_by_name(slack):
    for seed in range(RUNS):
        slack.see(Trial(LOOPS, seed), judged(a_test(seconds=1.1), a_test("test_matrix", seconds=0.8)))
    (row,) = slack.rows()
    assert (row.standing, row.what) == (Standing.FAILS, "test_numbers")
    assert row.sentence.startswith(
        "accepted: loops takes 1.1 s for this test, more than a third of test_seconds = 3;"
    )
    assert (row.file, row.line is None) == ("tests/hidden/test_double.py", False)


def test_what_was_measured_once_is_a_warning(slack):
    slack.see(Trial(LOOPS), judged(a_test(seconds=1.1)))
    assert [row.standing for row in slack.rows()] == [Standing.WARNING]


def test_all_tests_together_have_a_limit_on_each_device(slack):
    tests = [a_test(f"test_{i}", seconds=0.9) for i in range(30)]
    slack.see(
        Trial(LOOPS), judged(*tests, *(a_test(each.name, device="cuda", seconds=0.9) for each in tests))
    )
    assert [row.standing for row in slack.rows()] == [Standing.HOLDS]
    slack.see(Trial(program()), judged(*tests, *(a_test(f"test_{i}", seconds=0.9) for i in range(30, 50))))
    (row,) = slack.rows()
    assert row.sentence.startswith("reference takes 45 s for all tests together, more than a third of")
    assert (row.what, row.file) == ("", "exercises/double/exercise.toml")


def test_the_quickest_of_several_runs_counts(slack):
    for seed, seconds in enumerate((2.9, 0.5, 2.9)):
        slack.see(Trial(LOOPS, seed, UNEXPLAINED), judged(a_test(seconds=seconds)))
    assert [row.standing for row in slack.rows()] == [Standing.HOLDS]


def test_only_right_programs_on_the_usual_terms_count(slack):
    slow = judged(a_test(seconds=2.9))
    slack.see(Trial(program(Claim.MISTAKE, "sleeps")), slow)
    slack.see(Trial(LOOPS, busy=True), slow)
    slack.see(Trial(LOOPS, conditions=Conditions(threads=2)), slow)
    assert list(slack.rows()) == []
