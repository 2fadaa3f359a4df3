"""What changed from one attempt at an exercise to the next."""

from __future__ import annotations

from dataclasses import dataclass

from grader.report.model import AttemptReport, ExerciseReport, TestReport
from grader.report.numbers import points
from grader.report.reckoning import moment
from grader.report.telling import passed_tests, titles
from grader.report.words import name
from grader.verdicts import Verdict

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


@dataclass(frozen=True)
class Since:
    """What is otherwise than in an earlier attempt.

    Attributes:
        points: How the points moved.
        better: Which tests pass now and did not, by title; '' if none.
        worse: Which passed and do not now.
    """

    points: str
    better: str
    worse: str


def since(before: ExerciseReport | None, now: ExerciseReport) -> Since | None:
    """What changed since an earlier attempt; None where there is none to speak of.

    Args:
        before: What that attempt came to, as the student may see it.
        now: What the one that counts comes to, likewise.
    """
    if before is None or Verdict.MISSING in (before.verdict, now.verdict):
        return None
    passed, passes = (_passed(each) for each in (before, now))
    moved = "the same points" if now.score == before.score else f"{_moved(now.score, before.score)} points"
    return Since(
        points=f"{moved} ({points(before.score)} before, {points(now.score)} now)",
        better=titles([test for key, test in passes.items() if key not in passed]),
        worse=titles([test for test in now.tests if _key(test) in passed.keys() - passes.keys()]),
    )


def _passed(exercise: ExerciseReport) -> dict[tuple[str, str], TestReport]:
    return {_key(test): test for test in passed_tests(exercise)}


def _key(test: TestReport) -> tuple[str, str]:
    # What a student sees of a hidden test has no name.
    return test.title, test.device


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
