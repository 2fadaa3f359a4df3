"""What changed from one attempt at an exercise to the next."""

from __future__ import annotations

from dataclasses import dataclass

from grader.report.model import AttemptReport, ExerciseReport
from grader.report.numbers import points
from grader.report.reckoning import moment
from grader.report.words import name

SHOWN = 12
"""Attempts that are listed, the latest: whoever has more looks at those."""


@dataclass(frozen=True)
class Try:
    """An attempt at an exercise, in words.

    Attributes:
        name: What it is called, inert.
        when: When it was handed in; '' if nobody knows.
        verdict: What came of it.
        score: Its points.
        moved: How they differ from those of the attempt before it that was graded; '' for the first.
        counts: Whether it is the one that counts.
    """

    name: str
    when: str
    verdict: str
    score: str
    moved: str
    counts: bool


def tries(exercise: ExerciseReport) -> tuple[Try, ...]:
    """The attempts at an exercise, oldest first; none where there is one only."""
    told: list[Try] = []
    before: float | None = None
    for attempt in exercise.attempts:
        told.append(_told(attempt, before))
        before = before if attempt.score is None else attempt.score
    return tuple(told[-SHOWN:])


def _told(attempt: AttemptReport, before: float | None) -> Try:
    return Try(
        name=name(attempt.name),
        when=moment(attempt.submitted) if attempt.submitted is not None else "",
        verdict=attempt.verdict.value if attempt.verdict is not None else "not graded",
        score=points(attempt.score) if attempt.score is not None else "",
        moved=_moved(attempt.score, before),
        counts=attempt.counts,
    )


def _moved(now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return ""
    if now == before:
        return "as before"
    return f"{points(abs(now - before))} {'more' if now > before else 'fewer'}"
