"""Whether limits of time have slack: a slow right answer needs less than a third of them.

A student's machine, or ours on a bad day, is easily twice as slow as this one is
now. What is measured is a whole test, comparison and all, so that it is never less
than what the limits count. Of several runs the quickest counts, because a machine
with other work makes a program slower and never quicker.
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

SHARE = 1 / 3
"""Of its limit, what a right answer may take."""

RUNS = 3
"""Measurements of a program before it is more than a warning that it is too slow."""


ALL = ""
"""In the place of a test's name: all tests together."""


class Took(NamedTuple):
    """How long a program took at least, in so many runs of a test."""

    seconds: float
    program: str
    test: str
    runs: int


class Slack:
    """Compares the times of the right programs of one exercise with its limits.

    Args:
        course: The course.
        exercise: The exercise.
    """

    def __init__(self, course: Course, exercise: Exercise) -> None:
        self._course = course
        self._exercise = exercise
        self._seconds: dict[tuple[str, str], list[float]] = {}

    def see(self, trial: Trial, report: ExerciseReport) -> None:
        """Note how long a right program took on the usual terms."""
        if trial.program.claim in RIGHT and trial.is_usual:
            devices = dict.fromkeys(test.device for test in report.tests)
            for test in report.tests:
                self._seconds.setdefault((test.name, trial.program.name), []).append(test.seconds)
            for device in devices:
                together = sum(test.seconds for test in report.tests if test.device == device)
                self._seconds.setdefault((ALL, trial.program.name), []).append(together)

    def rows(self) -> Iterator[Row]:
        """One for each limit that is too near; one with the slowest program if none is."""
        limits = self._exercise.limits
        slowest: dict[str, Took] = {}
        for (test, program), seconds in self._seconds.items():
            took = Took(min(seconds), program, test, len(seconds))
            slowest[test] = max(slowest.get(test, took), took)
        whole = slowest.pop(ALL, None)
        if whole is None:
            return
        near = [each for each in slowest.values() if each.seconds >= SHARE * limits.test_seconds]
        for each in near:
            yield self._near(each, "this test", "test_seconds", limits.test_seconds)
        if is_near := whole.seconds >= SHARE * limits.exercise_seconds:
            yield self._near(whole, "all tests together", "exercise_seconds", limits.exercise_seconds)
        if not near and not is_near:
            yield self._far(max(slowest.values()), whole)

    def _near(self, took: Took, what: str, limit: str, allowed: float) -> Row:
        return self._row(
            Standing.FAILS if took.runs >= RUNS else Standing.WARNING,
            f"{took.program} takes {number(took.seconds, 2)} s for {what}, more than a third of "
            f"{limit} = {allowed:g}; raise the limit in exercise.toml, or make the inputs smaller",
            took.test,
        )

    def _far(self, took: Took, whole: Took) -> Row:
        limits = self._exercise.limits
        return self._row(
            Standing.HOLDS,
            f"{took.program} is slowest with {number(took.seconds, 2)} s of {limits.test_seconds:g} s for "
            f"{took.test}; all tests take at most {number(whole.seconds, 2)} s of "
            f"{limits.exercise_seconds:g} s",
        )

    def _row(self, standing: Standing, sentence: str, test: str = "") -> Row:
        hidden = self._exercise.hidden_tests if test else None
        return Row(
            exercise=self._exercise.name,
            claim=Claim.TIME,
            what=test,
            standing=standing,
            sentence=sentence,
            file=shown(self._course, hidden or self._exercise.folder / "exercise.toml"),
            line=line_of(hidden, test) if hidden is not None else None,
        )
