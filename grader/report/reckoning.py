"""The words for how points became a mark: attempts, dates, penalties, marks set by hand, weights.

Each fact is a label of at most seven letters and a short text, for every
renderer to lay out. Nothing is said where points are marks and nothing was due.
Names of attempts and reasons are hostile text and come out inert.
"""

from collections.abc import Sequence
from datetime import datetime

from grader.report.model import AttemptReport, ExerciseReport, Lateness, StudentReport
from grader.report.numbers import count, points
from grader.report.safe import safe_text
from grader.report.words import name
from grader.verdicts import Verdict

Fact = tuple[str, str]
"""A label and what there is to say."""

_ATTEMPTS = 6
"""Attempts that are listed before the rest is only counted: more is a list that nobody reads."""

_REASON = 300
"""Characters of a reason that are shown: a few sentences."""


def reckoned(report: StudentReport) -> bool:
    """Whether anything but points made this student's mark, or something was due."""
    return any(
        exercise.late is not None
        or exercise.weight is not None
        or exercise.dropped
        or exercise.override is not None
        for exercise in report.exercises
    )


def of_student(report: StudentReport) -> list[Fact]:
    """How the final mark came about; nothing where it is the sum of the points."""
    if not reckoned(report) or report.final is None or report.final_max is None:
        return []
    left_out = [exercise.name for exercise in report.exercises if exercise.dropped]
    mark = f"{points(report.final)} of {points(report.final_max)}"
    if report.penalty:
        mark += f", with {_points(report.penalty)} off for lateness"
    if left_out:
        mark += f", without {' and '.join(map(name, left_out))}"
    return [("final", mark)]


def of_exercise(exercise: ExerciseReport) -> list[Fact]:
    """How an exercise's points became its mark, in the order in which it was reckoned."""
    facts: list[Fact] = []
    if exercise.attempt:
        facts.append(("attempt", _attempts(exercise.attempt, exercise.attempts)))
    if exercise.kept is not None:
        now = f"{_points(exercise.kept.score_now)} ({exercise.kept.verdict_now})"
        facts.append(("kept", f"the earlier, better result counts; graded again, it got {now}"))
    if exercise.late is not None:
        facts.append(("due", _dates(exercise.late, exercise.verdict)))
    if exercise.penalty:
        facts.append(("late", f"{_points(exercise.penalty)} off"))
    if exercise.override is not None:
        reason = safe_text(exercise.override.reason, _REASON)
        facts.append(("by hand", f"{_points(exercise.override.score)}, set by the staff: {reason}"))
    if exercise.final is not None and (exercise.penalty or exercise.override or exercise.weight):
        facts.append(("final", _final(exercise)))
    if exercise.dropped:
        facts.append(("dropped", "one of the lowest: it does not count in the final mark"))
    return facts


def moment(text: str) -> str:
    """A moment in ISO 8601 as a person reads it, such as `2026-11-01 23:59 UTC+01:00`."""
    when = datetime.fromisoformat(text)
    offset = when.strftime("%z")
    ahead = f"{offset[:3]}:{offset[3:5]}" if offset.strip("+-0") else ""
    return f"{when:%Y-%m-%d %H:%M}{f':{when:%S}' if when.second else ''} UTC{ahead}"


def _attempts(counts: str, attempts: Sequence[AttemptReport]) -> str:
    if len(attempts) < 2:
        return name(counts)
    others = [each for each in attempts if each.final is not None and not each.counts]
    said = [f"{name(each.name)} {_points(each.final or 0)}" for each in others[:_ATTEMPTS]]
    left = [f"{len(others) - _ATTEMPTS} more"] if len(others) > _ATTEMPTS else []
    beside = f"; besides: {', '.join([*said, *left])}" if said else ""
    return f"{name(counts)} counts, of {len(attempts)}{beside}"


def _dates(late: Lateness, verdict: Verdict) -> str:
    due = moment(late.due) + (", with an extension" if late.extended else "")
    if verdict is Verdict.MISSING:
        return due
    if late.submitted is None:
        return f"{due}; when it was handed in is not known, so nothing is taken off"
    how = f"{count(late.days, 'day')} late" if late.days else "in time"
    return f"{due}; handed in {moment(late.submitted)}, {how}"


def _final(exercise: ExerciseReport) -> str:
    assert exercise.final is not None
    mark = f"{points(exercise.final)} of {_points(exercise.max_score)}"
    if exercise.weight is None or exercise.dropped:
        return mark
    part = exercise.final / exercise.max_score if exercise.max_score else 1
    return f"{mark}, which counts {points(part * exercise.weight)} of {points(exercise.weight)}"


def _points(score: float) -> str:
    return f"{points(score)} {'point' if score == 1 else 'points'}"
