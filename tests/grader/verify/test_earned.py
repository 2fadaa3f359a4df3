"""What the staff's programs must earn, where work is counted."""

from functools import partial

import pytest

from grader.findings import CheckFailed, ExceptionRaised, Frame, SyntaxProblem, TooMuchWork
from grader.report.examples import EFFICIENCY
from grader.verdicts import Blame, Verdict
from grader.verify import Standing, verify
from grader.verify.earned import full_marks, line_of, of_reference
from grader.verify.effort import QUICK
from tests.grader.judge.test_work import GROWTH, TABLE
from tests.grader.report.conftest import make_exercise, make_test
from tests.grader.tiny import EXERCISE, tiny_files
from tests.grader.verify.side_by_side import side_by_side

REFERENCE = partial(of_reference, ("conv2d",))
RIGHT = make_test("the numbers")
WASTEFUL = make_test("the work", Verdict.TOO_MUCH_WORK, TooMuchWork(work=EFFICIENCY))


def report(*tests, counted=("conv2d",), **fields):
    return make_exercise("conv2d", *tests, counted=counted, **fields)


def test_a_reference_is_counted_and_does_no_more_than_it_needs():
    assert REFERENCE(report(RIGHT)) is None
    assert REFERENCE(report(RIGHT, WASTEFUL)) == "is told that it does too much work: the work"
    assert REFERENCE(report(RIGHT, efficiency=(EFFICIENCY,))) == (
        "is told that conv2d does too much work: 12800 operators"
    )
    assert REFERENCE(report(RIGHT, counted=())) == (
        "gets no right answer in time for conv2d from a call of growth.py"
    )
    assert of_reference((), report(RIGHT, counted=())) is None


def test_an_accepted_program_may_lose_the_points_of_its_work_alone():
    absent = make_test("cuda", Verdict.NOT_RUN, points=0, blame=Blame.NOBODY)
    assert full_marks(report(RIGHT, WASTEFUL, absent)) is None
    for verdict in (Verdict.WRONG_ANSWER, Verdict.UNSTABLE):
        assert "earned 2 of 4; first test_it" in full_marks(report(RIGHT, make_test("it", verdict)))
    skipped = make_test("it", Verdict.NOT_RUN, blame=Blame.NOBODY)
    assert full_marks(report(RIGHT, skipped)) == "earned 2 of 4, and not every test ran"
    assert full_marks(report()) == "earned 0 of 0, and not every test ran"


def test_the_line_that_broke_is_the_innermost_of_the_program():
    frames = (
        Frame(file="conv2d.py", line=3, function="conv2d"),
        Frame(file="conv2d.py", line=9, function="f"),
    )
    elsewhere = Frame(file="helper.py", line=1, function="g")
    raised = ExceptionRaised(type="ValueError", message="", frames=(*frames, elsewhere))
    outside = ExceptionRaised(type="ValueError", message="", frames=(elsewhere,))
    wrong = make_test("numbers", Verdict.WRONG_ANSWER, CheckFailed(statement="it holds"))
    broken = make_test("shapes", Verdict.ERROR, raised)
    assert line_of(report(RIGHT, wrong, make_test("far", Verdict.ERROR, outside), broken), "conv2d.py") == 9
    assert line_of(report(RIGHT, wrong), "conv2d.py") is None
    syntax = SyntaxProblem(message="what", frame=Frame(file="conv2d.py", line=4, function=""))
    assert line_of(report(broken, findings=(syntax,)), "conv2d.py") == 4


@pytest.mark.slow
def test_a_growth_whose_answers_are_not_right_is_refused(tmp_path):
    """Three times 3e38 is infinite in float32, and not in the float64 of the oracle."""
    growths = {"right": GROWTH, "wrong": GROWTH.replace("torch.ones", "3e38 * torch.ones")}
    manifest = f"{EXERCISE}\n{TABLE}"
    courses = {
        name: tiny_files(**{"exercises/double/exercise.toml": manifest, "reference/double/growth.py": growth})
        for name, growth in growths.items()
    }
    found = verify(side_by_side(tmp_path, courses), effort=QUICK, jobs=1)
    told = {row.exercise: row for row in found.rows if row.claim == "reference"}
    assert {name: row.standing is Standing.HOLDS for name, row in told.items()} == {
        "right": True,
        "wrong": False,
    }
    assert "no right answer in time for double" in told["wrong"].sentence
