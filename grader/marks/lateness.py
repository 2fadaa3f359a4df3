"""What being late costs.

Days are those of the clock in the course's time zone, so that a night in which
summer time ends has no day more; a day that is begun counts whole. Nobody pays
for what is not known: without a time of handing in nothing is taken off.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from grader.course import Due, Late, LateShare, Policy
from grader.errors import suggestion
from grader.report.model import ExerciseReport, Lateness, StudentReport
from grader.report.numbers import count
from grader.report.safe import safe_text
from grader.verdicts import Verdict

DECIMALS = 6
"""Decimals that a computed mark keeps: more than any report shows, and none of a float's noise."""

_YEARS = (1970, 2200)
"""A time of handing in outside of these is a broken clock or an archive's joke: it counts as unknown."""

_DAY = timedelta(days=1)


def late(
    report: ExerciseReport, due: Due | None, submitted: datetime | None, policy: Policy
) -> ExerciseReport:
    """`report` with its dates, its penalty and what is left.

    Args:
        report: An exercise as it was judged.
        due: When it was due for this student, if it was.
        submitted: When it was handed in, with its offset from UTC; None if nobody knows.
        policy: What being late costs.
    """
    if due is None:
        return report.model_copy(update={"final": report.score})
    when = _believed(submitted) if report.verdict is not Verdict.MISSING else None
    days = days_late(due.at, when, policy)
    penalty = _penalty(report, days, policy.late)
    final = round(report.score - penalty, DECIMALS) if penalty else report.score
    dates = Lateness(
        due=due.at.isoformat(timespec="seconds"),
        extended=due.extended,
        submitted=None if when is None else when.astimezone(due.at.tzinfo).isoformat(timespec="seconds"),
        days=days,
    )
    return report.model_copy(update={"late": dates, "penalty": penalty, "final": final})


def days_late(due: datetime, submitted: datetime | None, policy: Policy) -> int:
    """Days begun after `due` and the time of grace; 0 in time, or if nobody knows."""
    if submitted is None:
        return 0
    grace = policy.late.grace if policy.late else timedelta()
    # In UTC: datetimes of one zone are compared by their clocks, which go back once a year.
    deadline = due.astimezone(UTC) + grace
    # A second is the finest that a due date says, so 23:59:59.7 is not after 23:59:59.
    handed_in = submitted.astimezone(UTC).replace(microsecond=0)
    if handed_in <= deadline:
        return 0
    zone = policy.zone or due.tzinfo
    by_clock = handed_in.astimezone(zone).replace(tzinfo=None) - deadline.astimezone(zone).replace(
        tzinfo=None
    )
    return max(1, -(-by_clock // _DAY))


def undated(report: StudentReport, policy: Policy) -> tuple[str, ...]:
    """The exercises that may have been late, but nobody knows when they were handed in."""
    if policy.late is None:
        return ()
    return tuple(
        exercise.name
        for exercise in report.exercises
        if exercise.late is not None
        and exercise.late.submitted is None
        and exercise.verdict is not Verdict.MISSING
        and exercise.override is None
    )


def told_undated(students: int) -> str:
    """The warning that so many students have an `undated` exercise; '' if nobody has."""
    if not students:
        return ""
    return (
        f"Nobody knows when {count(students, 'student')} handed in, so nothing was taken off for lateness "
        "there; a file submitted.csv with student and time says it, or file_dates = true under [late] "
        "takes the files' dates."
    )


def strangers(policy: Policy, students: Collection[str]) -> list[str]:
    """A sentence for each student with an extension who is not one of `students`."""
    return [
        f"course.toml gives {safe_text(student)} more time, but no such student handed in."
        f"{suggestion(student, map(safe_text, students))}"
        for student in policy.extensions
        if student not in students
    ]


def _penalty(report: ExerciseReport, days: int, late: Late | None) -> float:
    if late is None or not days:
        return 0
    share = min(late.per_day * days, late.cap)
    whole = report.max_score if late.of is LateShare.MAXIMUM else report.score
    return round(min(share * whole, report.score), DECIMALS)


def _believed(submitted: datetime | None) -> datetime | None:
    if submitted is None or not _YEARS[0] <= submitted.year <= _YEARS[1]:
        return None
    return submitted
