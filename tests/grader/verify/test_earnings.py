"""What programs earn becomes rows; mistakes that nothing tells apart are told together."""

import pytest

from grader.findings import ExceptionRaised, Frame
from grader.verdicts import Verdict
from grader.verify.earnings import Earnings
from grader.verify.effort import FULL
from grader.verify.report import Claim, Standing
from tests.grader.verify.judged import a_test, judged, program

FAILED = judged(a_test(verdict=Verdict.WRONG_ANSWER), a_test("test_matrix"))
ELSEWHERE = judged(a_test(), a_test("test_matrix", Verdict.WRONG_ANSWER))


@pytest.fixture
def rows(tiny_course):
    def rows(reports, judgement=lambda report: "is named nothing"):
        """A row for each mistake, all of whose trials ended with its report."""
        programs = {program(Claim.MISTAKE, what, judgement): report for what, report in reports.items()}
        earnings = Earnings(tiny_course, list(programs), FULL)
        for trial in earnings.trials():
            earnings.see(trial, programs[trial.program])
        return {row.what: row for row in earnings.rows()}

    return rows


def test_mistakes_that_act_alike_name_each_other(rows):
    found = rows({"shift": FAILED, "offset": FAILED, "turned": ELSEWHERE})
    assert [row.standing for row in found.values()] == [Standing.FAILS] * 3
    assert "is named nothing (seed 0); the same tests fail, and nothing is named, with offset: " in (
        found["shift"].sentence
    )
    assert "with shift: if nothing tells them apart" in found["offset"].sentence
    assert found["turned"].sentence.endswith("is named nothing (seed 0)")


def test_variants_of_one_mistake_are_no_neighbours(rows):
    found = rows({"shift": FAILED, "shift, by two": FAILED})
    assert all(row.sentence.endswith("(seed 0)") for row in found.values())


def test_what_holds_says_so(rows):
    found = rows({"shift": FAILED, "offset": FAILED}, judgement=lambda report: None)
    assert {row.standing for row in found.values()} == {Standing.HOLDS}
    assert "nothing is named" not in found["shift"].sentence


def test_a_program_that_breaks_has_its_line(rows):
    frame = Frame(file="double.py", line=7, function="double")
    raised = ExceptionRaised(type="ValueError", message="", frames=(frame,))
    broken = judged(a_test(verdict=Verdict.ERROR, findings=(raised,)))
    found = rows({"shift": broken, "turned": ELSEWHERE})
    assert {what: row.line for what, row in found.items()} == {"shift": 7, "turned": None}
    assert rows({"shift": broken}, judgement=lambda report: None)["shift"].line is None
