"""Collects reports that students would get, to look through them for what is the staff's."""

from __future__ import annotations

from collections.abc import Iterator

from grader.course import Course, Exercise
from grader.report.model import ExerciseReport
from grader.verify import leaks
from grader.verify.judging import AS_FOR_MARKS, Trial
from grader.verify.leaks import Judged
from grader.verify.report import Row


class Views:
    """The reports on one exercise's programs that were judged as submissions are.

    Args:
        course: The course.
        exercise: The exercise.
    """

    def __init__(self, course: Course, exercise: Exercise) -> None:
        self._course = course
        self._exercise = exercise
        self._judged: list[Judged] = []

    def see(self, trial: Trial, report: ExerciseReport) -> None:
        """Keep the first report on each program; with other inputs it says the same of other numbers."""
        if trial == Trial(trial.program, manner=AS_FOR_MARKS):
            source = trial.program.bundle.files[0].content.decode("utf-8", "replace")
            self._judged.append(Judged(trial.program.name, source, report))

    def rows(self) -> Iterator[Row]:
        """One for each piece of the staff's that a report holds; one that says so if none does."""
        return leaks.report_rows(self._course, self._exercise, self._judged)
