"""From attempts to a student's report: every step, in its one order."""

from datetime import datetime

import pytest

from grader.course import Course, Policy
from grader.marks import Attempted, marked
from grader.marks.overrides import Overrides
from grader.report.model import Kept, Override
from grader.verdicts import Verdict
from tests.grader.report.conftest import ENVIRONMENT, make_exercise, make_test

DUE = datetime.fromisoformat("2026-11-01T23:59:00+01:00")
EARLY = datetime.fromisoformat("2026-10-30T12:00:00Z")
LATE = datetime.fromisoformat("2026-11-03T12:00:00Z")  # two days begun

ONE_TENTH = {
    "dates": {"softmax": DUE, "conv2d": DUE},
    "late": {"per_day": 0.1},
}


def exercise(name: str, score: int, most: int = 10, **fields):
    tests = [make_test(f"{i}", Verdict.PASSED if i < score else Verdict.ERROR, points=1) for i in range(most)]
    return make_exercise(name, *tests, **fields)


def missing(name: str, most: int = 10):
    tests = [make_test(f"{i}", Verdict.NOT_RUN, points=1) for i in range(most)]
    return make_exercise(name, *tests, verdict=Verdict.MISSING)


def attempt(*reports, name="", when=EARLY, only=None, notes=(), digest="d"):
    """An attempt in which all was handed in that is not missing, and all was graded, or only some."""
    handed_in = {report.name: when for report in reports if report.verdict is not Verdict.MISSING}
    graded = {report.name: report for report in reports if only is None or report.name in only}
    return Attempted(name, tuple(notes), digest, handed_in, graded)


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Course, "names", ("softmax", "conv2d"))

    def run(*attempts, by_hand=None, policy=None):
        course = Course.model_construct(name="A course", policy=Policy.model_validate(policy or {}))
        marks = {("ada", name): override for name, override in (by_hand or {}).items()}
        return marked(course, "ada", attempts, Overrides(marks), ENVIRONMENT)

    return run


def test_without_a_policy_points_are_marks(mark) -> None:
    softmax, conv2d = exercise("softmax", 8), exercise("conv2d", 3)
    # The course's order, not that in which exercises were graded.
    report = mark(attempt(conv2d, softmax, notes=["A note."], digest="ab"))
    assert [each.name for each in report.exercises] == ["softmax", "conv2d"]
    assert (report.score, report.final, report.max_score, report.final_max) == (11, 11, 20, 20)
    assert (report.penalty, report.digest, report.notes) == (0, "ab", ("A note.",))
    assert report.exercises[0] == softmax.model_copy(update={"final": 8})
    assert (report.student, report.course, report.environment) == ("ada", "A course", ENVIRONMENT)


def test_only_what_was_graded_is_in_the_report(mark) -> None:
    assert [each.name for each in mark(attempt(exercise("conv2d", 3))).exercises] == ["conv2d"]


def test_raw_points_penalty_and_final_mark_stand_side_by_side(mark) -> None:
    report = mark(attempt(exercise("softmax", 8), exercise("conv2d", 5), when=LATE), policy=ONE_TENTH)
    softmax = report.exercises[0]
    assert (softmax.score, softmax.penalty, softmax.final) == (8, 1.6, 6.4)
    assert (report.score, report.penalty, report.final) == (13, 2.6, 10.4)
    assert softmax.late is not None
    assert softmax.late.days == 2


def test_an_extension_is_the_students_own(mark) -> None:
    given = ONE_TENTH | {"extensions": {"ada": {"days": 3}}}
    report = mark(attempt(exercise("softmax", 8), when=LATE), policy=given)
    assert report.penalty == 0
    assert report.exercises[0].late is not None
    assert report.exercises[0].late.extended
    eve = mark(
        attempt(exercise("softmax", 8), when=LATE), policy=ONE_TENTH | {"extensions": {"eve": {"days": 3}}}
    )
    assert eve.penalty == 1.6


FIRST = attempt(exercise("softmax", 7), exercise("conv2d", 4), name="1", notes=["one"], digest="1")
SECOND = attempt(exercise("softmax", 8), missing("conv2d"), name="2", when=LATE, notes=["two"], digest="2")


def test_the_latest_attempt_counts_in_which_an_exercise_was_handed_in(mark) -> None:
    report = mark(FIRST, SECOND, policy=ONE_TENTH)
    softmax, conv2d = report.exercises
    assert (softmax.attempt, softmax.final) == ("2", 6.4)
    assert (conv2d.attempt, conv2d.final, conv2d.attempts) == ("1", 4, ())
    assert [(each.name, each.final, each.counts) for each in softmax.attempts] == [
        ("1", 7, False),
        ("2", 6.4, True),
    ]
    assert softmax.attempts[1].submitted == "2026-11-03T12:00:00+00:00"


def test_the_best_is_the_best_after_its_penalty(mark) -> None:
    report = mark(FIRST, SECOND, policy=ONE_TENTH | {"attempts": "best"})
    assert (report.exercises[0].attempt, report.exercises[0].final, report.penalty) == ("1", 7, 0)


def test_an_attempt_that_was_not_graded_is_listed_all_the_same(mark) -> None:
    ungraded = attempt(exercise("softmax", 7), exercise("conv2d", 4), name="1", only={"conv2d"})
    report = mark(ungraded, SECOND)
    assert [(each.name, each.verdict, each.final) for each in report.exercises[0].attempts] == [
        ("1", None, None),
        ("2", Verdict.ERROR, 8),
    ]


def test_notes_and_digest_of_several_attempts(mark) -> None:
    assert mark(FIRST, SECOND).notes == ("1: one", "2: two")
    later = attempt(exercise("softmax", 8), exercise("conv2d", 8), name="3", notes=["three"])
    report = mark(FIRST, SECOND, later)
    assert report.notes == ("3: three",)
    digests = {mark(*some).digest for some in ([FIRST], [SECOND], [FIRST, SECOND], [FIRST, SECOND, later])}
    assert len(digests) == 4


def test_a_mark_set_by_hand_wins_over_everything_before_it(mark) -> None:
    override = Override(score=9, reason="Her laptop was stolen.")
    report = mark(FIRST, SECOND, policy=ONE_TENTH, by_hand={"softmax": override})
    softmax = report.exercises[0]
    assert (softmax.score, softmax.final, softmax.penalty, softmax.override) == (8, 9, 0, override)
    assert (report.score, report.final, report.penalty) == (12, 13, 0)
    assert softmax.late is not None


def test_a_mark_set_by_hand_is_weighed_and_may_be_the_lowest(mark) -> None:
    by_hand = {"softmax": Override(score=1, reason="Copied.")}
    weights = {"softmax": 60, "conv2d": 40}
    report = mark(FIRST, policy={"weights": weights}, by_hand=by_hand)
    assert (report.final, report.final_max) == (6 + 16, 100)
    dropped = mark(FIRST, policy={"drop_lowest": 1}, by_hand=by_hand)
    assert [each.dropped for each in dropped.exercises] == [True, False]
    assert (dropped.score, dropped.final, dropped.final_max) == (11, 4, 10)


def test_a_mark_set_by_hand_for_what_was_not_handed_in(mark) -> None:
    report = mark(attempt(missing("softmax")), by_hand={"softmax": Override(score=5, reason="On paper.")})
    assert (report.exercises[0].verdict, report.final) == (Verdict.MISSING, 5)


def test_a_kept_result_pays_for_lateness_too(mark) -> None:
    kept = exercise("softmax", 8, kept=Kept(score_now=3, verdict_now=Verdict.ERROR))
    report = mark(attempt(kept, when=LATE), policy=ONE_TENTH)
    assert (report.exercises[0].final, report.exercises[0].kept) == (6.4, kept.kept)
