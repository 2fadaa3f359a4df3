"""What being late costs: days by the clock, grace, caps, and nothing for what is not known."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course import Due, Late, LateShare, Policy
from grader.marks import late, strangers, told_undated, undated
from grader.report.model import Override
from grader.verdicts import Verdict
from tests.grader.report.conftest import make_exercise, make_student, make_test

DUE = datetime.fromisoformat("2026-11-01T23:59:00+01:00")


def policy(**late) -> Policy:
    return Policy(timezone="Europe/Berlin", late=Late(**{"per_day": 0.1, **late}))


def of_score(score: int, most: int = 10):
    tests = [make_test(f"{i}", Verdict.PASSED if i < score else Verdict.ERROR, points=1) for i in range(most)]
    return make_exercise("softmax", *tests)


def handed_in(minutes: float, score: int = 8, **terms):
    """An exercise of 10 points, due on 1 November, handed in so many minutes after."""
    return late(of_score(score), Due(DUE, extended=False), DUE + timedelta(minutes=minutes), policy(**terms))


def of_days(report) -> int:
    assert report.late is not None
    return report.late.days


DAY = 24 * 60


@pytest.mark.parametrize(
    ("minutes", "days"),
    [(-99, 0), (0, 0), (0.009, 0), (0.02, 1), (1, 1), (DAY, 1), (DAY + 1, 2), (10 * DAY, 10)],
)
def test_a_day_that_is_begun_counts_whole(minutes, days) -> None:
    report = handed_in(minutes)
    assert of_days(report) == days
    assert report.penalty == pytest.approx(0.8 * days)
    assert report.final == pytest.approx(8 - 0.8 * days)
    assert report.score == 8


def test_grace_is_no_lateness_and_days_begin_after_it() -> None:
    assert of_days(handed_in(15, grace_minutes=15)) == 0
    assert of_days(handed_in(16, grace_minutes=15)) == 1
    assert of_days(handed_in(DAY + 15, grace_minutes=15)) == 1
    assert of_days(handed_in(DAY + 16, grace_minutes=15)) == 2


def test_no_more_than_the_cap_is_taken_off() -> None:
    assert handed_in(30 * DAY, cap=0.5).penalty == 4
    assert handed_in(30 * DAY).penalty == 8
    assert handed_in(30 * DAY).final == 0


def test_a_share_of_the_maximum_never_takes_more_than_there_is() -> None:
    assert handed_in(DAY, of=LateShare.MAXIMUM).penalty == 1
    assert handed_in(DAY, 0, of=LateShare.MAXIMUM).penalty == 0
    assert handed_in(5 * DAY, 2, of=LateShare.MAXIMUM).final == 0


def test_a_mark_has_no_float_noise() -> None:
    assert handed_in(3 * DAY, 7).penalty == 2.1
    assert handed_in(3 * DAY, 7).final == 4.9
    assert handed_in(7 * DAY, 3).final == 0.9


@pytest.mark.parametrize(
    ("due", "submitted", "days"),
    [
        # Summer time ends on 25 October 2026: that day has 25 hours, and is one day all the same.
        ("2026-10-24T23:59:00+02:00", "2026-10-25T23:59:00+01:00", 1),
        ("2026-10-24T23:59:00+02:00", "2026-10-25T23:59:01+01:00", 2),
        # It begins on 29 March: that day has 23 hours.
        ("2026-03-28T23:59:00+01:00", "2026-03-29T23:59:00+02:00", 1),
        ("2026-03-28T23:59:00+01:00", "2026-03-29T23:59:01+02:00", 2),
        # In the hour that the clock shows twice, half an hour after is after.
        ("2026-10-25T02:30:00+02:00", "2026-10-25T02:15:00+01:00", 1),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T02:45:00+02:00", 0),
    ],
)
def test_days_are_those_of_the_clock_in_the_courses_time_zone(due, submitted, days) -> None:
    terms = policy()
    at = datetime.fromisoformat(due).astimezone(terms.zone)
    assert (
        of_days(late(of_score(8), Due(at, extended=False), datetime.fromisoformat(submitted), terms)) == days
    )


def test_without_a_time_zone_a_day_has_24_hours() -> None:
    due = datetime.fromisoformat("2026-10-24T23:59:00+02:00")
    submitted = datetime.fromisoformat("2026-10-25T23:59:00+01:00")
    terms = Policy(late=Late(per_day=0.1))
    assert of_days(late(of_score(8), Due(due, extended=False), submitted, terms)) == 2


def test_a_date_is_told_in_the_time_zone_of_the_due_date() -> None:
    report = late(
        of_score(8), Due(DUE, extended=True), datetime(2026, 11, 2, 12, 0, 5, 7, tzinfo=UTC), policy()
    )
    assert report.late is not None
    assert report.late.due == "2026-11-01T23:59:00+01:00"
    assert report.late.submitted == "2026-11-02T13:00:05+01:00"
    assert report.late.extended


moments = st.integers(-5 * DAY, 40 * DAY).map(
    lambda minutes: DUE - timedelta(days=20) + timedelta(minutes=minutes)
)
# At the same time of each day, at which no zone below changes its clocks: in the hour that a clock
# shows twice, a due date half an hour later can read half an hour earlier.
dues = st.integers(-20, 20).map(lambda days: DUE + timedelta(days=days))
policies = st.builds(
    lambda zone, **late: Policy(timezone=zone, late=Late(**late)),
    zone=st.sampled_from([None, "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"]),
    per_day=st.sampled_from([0.01, 0.1, 1 / 3, 1]),
    cap=st.sampled_from([0.25, 1]),
    of=st.sampled_from(LateShare),
    grace_minutes=st.sampled_from([0, 15, 60]),
)


@given(
    score=st.integers(0, 10),
    submitted=st.tuples(moments, moments).map(sorted),
    due=st.tuples(dues, dues).map(sorted),
    terms=policies,
)
def test_later_is_never_better_and_more_time_is_never_worse(score, submitted, due, terms) -> None:
    report = of_score(score)

    def final(submitted, at) -> float:
        marked = late(report, Due(at.astimezone(terms.zone or UTC), extended=False), submitted, terms)
        assert marked.final is not None
        assert 0 <= marked.final <= marked.score
        assert marked.final + marked.penalty == pytest.approx(marked.score)
        return marked.final

    assert final(submitted[1], due[0]) <= final(submitted[0], due[0])
    assert final(submitted[0], due[0]) <= final(submitted[0], due[1])


def test_where_nothing_is_due_points_are_marks() -> None:
    report = late(of_score(8), None, DUE, policy())
    assert (report.final, report.penalty, report.late) == (8, 0, None)


def test_without_a_table_of_lateness_nothing_is_taken_off() -> None:
    report = late(of_score(8), Due(DUE, extended=False), DUE + timedelta(days=3), Policy())
    assert (report.final, report.penalty, of_days(report)) == (8, 0, 3)


@pytest.mark.parametrize("year", [1, 1969, 2201, 9999])
def test_a_time_that_nobody_believes_is_not_known(year) -> None:
    report = late(of_score(8), Due(DUE, extended=False), datetime(year, 1, 1, tzinfo=UTC), policy())
    assert report.late is not None
    assert (report.late.submitted, report.penalty) == (None, 0)


def test_who_hands_in_nothing_is_not_late() -> None:
    missing = make_exercise("softmax", make_test("x", Verdict.MISSING), verdict=Verdict.MISSING)
    report = late(missing, Due(DUE, extended=False), DUE + timedelta(days=3), policy(of=LateShare.MAXIMUM))
    assert report.late is not None
    assert (report.late.submitted, report.late.days, report.penalty, report.final) == (None, 0, 0, 0)


def test_exercises_of_which_nobody_knows_when() -> None:
    unknown = late(of_score(8), Due(DUE, extended=False), None, policy())
    assert (unknown.penalty, unknown.final) == (0, 8)
    missing = make_exercise("conv2d", make_test("x", Verdict.MISSING), verdict=Verdict.MISSING)
    missing = late(missing, Due(DUE, extended=False), None, policy())
    never_due = make_exercise("mlp", make_test())
    in_time = late(make_exercise("training_loop"), Due(DUE, extended=False), DUE, policy())
    by_hand = unknown.model_copy(
        update={"name": "linear_backward", "override": Override(score=1, reason="x")}
    )
    student = make_student("ada", unknown, missing, never_due, in_time, by_hand)
    assert undated(student, policy()) == ("softmax",)
    assert undated(student, Policy()) == ()


def test_the_warning_counts_students() -> None:
    assert told_undated(0) == ""
    assert told_undated(1).startswith("Nobody knows when 1 student handed in")
    assert "submitted.csv" in told_undated(1200)
    assert "1,200 students" in told_undated(1200)


def test_an_extension_for_nobody_is_told() -> None:
    terms = Policy.model_validate({"extensions": {"student-07": {}, "studnet-08": {}, "\x1b[2J": {}}})
    assert strangers(terms, ["student-07", "student-08"]) == [
        "course.toml gives studnet-08 more time, but no such student handed in. Did you mean 'student-08'?",
        "course.toml gives \\x1b[2J more time, but no such student handed in.",
    ]
