"""How far right answers are from being refused, and wrong ones from being let through.

Every comparison of numbers has an allowance. What a right program is off by, as a
share of it, should be well under 1 with every seed; what a known-wrong program is
off by should be well over 1 in each test that must refuse it. Where the two come
near each other, another machine or version of torch may turn a verdict round.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from grader.course import Course, Exercise
from grader.report.model import ExerciseReport
from grader.report.numbers import number
from grader.verify.judging import Trial
from grader.verify.report import RIGHT, Claim, Row, Standing
from grader.verify.sources import line_of, shown

MOST = 0.5
"""Of the allowance, what right programs may use: it is made of bounds that are several times the
rounding of one way to compute, so that half of it is a way that nobody thought of."""

LEAST = 2.0
"""Times the allowance, how far wrong programs must be off: torch's own results differ by less than
half an allowance between versions and machines, on either side."""

WRONG = (Claim.NULL_ANSWER, Claim.MISTAKE)


class Margin(NamedTuple):
    """The error of one program in one test, as a share of what is allowed."""

    error: float
    program: str
    test: str


class Margins:
    """Keeps the thinnest margins of one exercise's tests, on the side of right and of wrong answers.

    Args:
        course: The course.
        exercise: The exercise.
    """

    def __init__(self, course: Course, exercise: Exercise) -> None:
        self._course = course
        self._exercise = exercise
        self._right: dict[str, Margin] = {}
        self._wrong: dict[str, Margin] = {}

    def see(self, trial: Trial, report: ExerciseReport) -> None:
        """Note the errors of a trial, where numbers were compared; other devices have their own prover."""
        program = trial.program
        for test in report.tests:
            if test.worst_error is None or trial.device:
                continue
            margin = Margin(test.worst_error, program.name, test.name)
            if program.claim in RIGHT:
                self._right[test.name] = max(margin, self._right.get(test.name, margin))
            elif program.claim in WRONG and margin.error > 1 and test.name not in program.may_fail:
                self._wrong[test.name] = min(margin, self._wrong.get(test.name, margin))

    def rows(self) -> Iterator[Row]:
        """One for each margin that is too thin; one with the thinnest if none is."""
        far = [each for each in self._right.values() if each.error > MOST]
        near = [each for each in self._wrong.values() if each.error < LEAST]
        thin = [self._row(Standing.WARNING, _too_far(each), each.test) for each in far]
        thin += [self._row(Standing.WARNING, _too_near(each), each.test) for each in near]
        yield from thin
        if self._right and not thin:
            yield self._row(Standing.HOLDS, self._thinnest(), detail=self._table())
        if not self._right:
            yield self._row(Standing.NOT_RUN, "no test compared numbers of a right program")

    def _thinnest(self) -> str:
        right = max(self._right.values())
        told = f"right answers use {_percent(right.error)} of the allowance ({right.test}, {right.program})"
        if not self._wrong:
            return told
        wrong = min(self._wrong.values())
        return (
            f"{told}; wrong ones are off by at least {_times(wrong.error)} it ({wrong.test}, {wrong.program})"
        )

    def _table(self) -> str:
        """Both sides of every test, for those who want to see them all."""
        lines = []
        for test, right in self._right.items():
            wrong = self._wrong.get(test)
            off = f"{_times(wrong.error)} ({wrong.program})" if wrong else "by nobody"
            lines.append(f"{test}: right {_percent(right.error)} ({right.program}), wrong {off}")
        return "\n".join(lines)

    def _row(self, standing: Standing, sentence: str, test: str = "", detail: str = "") -> Row:
        hidden = self._exercise.hidden_tests if test else None
        return Row(
            exercise=self._exercise.name,
            claim=Claim.MARGIN,
            what=test,
            standing=standing,
            sentence=sentence,
            file=shown(self._course, hidden) if hidden is not None else None,
            line=line_of(hidden, test) if hidden is not None else None,
            detail=detail,
        )


def _too_far(margin: Margin) -> str:
    return (
        f"{margin.program}, which is right, uses {_percent(margin.error)} of the allowance; "
        "see what it sums, and say so in allowance.py"
    )


def _too_near(margin: Margin) -> str:
    return (
        f"{margin.program}, which is wrong, is off by only {_times(margin.error)} the allowance; "
        "draw inputs on which it differs more"
    )


def _percent(share: float) -> str:
    return f"{number(100 * share, 2)}%"


def _times(share: float) -> str:
    return f"{number(share, 3)} times"
