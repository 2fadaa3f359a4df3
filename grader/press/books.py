"""Which notebooks of a student come back, and what is said in each.

One notebook may hold several exercises, and comes back once with all that is
said of them. Reports that come here are redacted: nothing else is sent over
the wall.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.report.markdown import TOP, cell_notes, exercise_markdown, front_markdown
from grader.report.model import ExerciseReport, StudentReport
from grader.submission import Submission
from grader.verdicts import Verdict


@dataclass(frozen=True)
class Feedback:
    """One cell of feedback.

    Attributes:
        cell: The code cell that it stands under, counted from 1; 0 is the top.
        exercise: The exercise that it is about; '' for all of the notebook.
        passed: Whether nothing is wrong with that exercise.
        markdown: What is said.
    """

    cell: int
    exercise: str
    passed: bool
    markdown: str


@dataclass(frozen=True)
class Book:
    """A notebook that was handed in, and what is said of it.

    Attributes:
        name: Its name; hostile text.
        content: Its bytes, which nobody has looked into.
        reports: The exercises that were read from it, as their student may see them.
    """

    name: str
    content: bytes
    reports: tuple[ExerciseReport, ...]

    @cached_property
    def feedback(self) -> tuple[Feedback, ...]:
        """All that is said, in the order of the cells that it stands under."""
        return tuple(sorted(self._feedback(), key=lambda each: each.cell))

    def _feedback(self) -> Iterator[Feedback]:
        passed = all(report.verdict is Verdict.PASSED for report in self.reports)
        yield Feedback(TOP, "", passed, front_markdown(self.reports))
        for report in self.reports:
            for cell, markdown in notes_on(report):
                yield Feedback(cell, report.name, report.verdict is Verdict.PASSED, markdown)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that the graded notebook is made of."""
        total = hashlib.sha256(self.content)
        for each in self.feedback:
            total.update(f"{each.cell} {len(each.markdown)} {each.markdown}".encode())
        return total.hexdigest()


def books_of(report: StudentReport, submissions: Sequence[Submission]) -> tuple[Book, ...]:
    """The notebooks that a student's exercises were read from, in the order of the exercises.

    Args:
        report: What the student may see.
        submissions: The student's attempts.
    """
    found: dict[tuple[str, bytes], list[ExerciseReport]] = {}
    for exercise in report.exercises:
        if (handed_in := _notebook(exercise, submissions)) is not None:
            found.setdefault(handed_in, []).append(exercise)
    return tuple(Book(name, content, tuple(reports)) for (name, content), reports in found.items())


def notes_on(report: ExerciseReport) -> list[tuple[int, str]]:
    """What is said of one exercise, by cell."""
    if report.kept is not None:  # an earlier result counts, whose notebook may have had other cells
        return [(TOP, exercise_markdown(report))]
    return cell_notes(report)


def _notebook(report: ExerciseReport, submissions: Sequence[Submission]) -> tuple[str, bytes] | None:
    """The notebook that an exercise was read from, or was to be."""
    for bundle in (b for s in submissions if s.attempt == report.attempt for b in s.bundles):
        if bundle.exercise != report.name:
            continue
        names = [report.notebook.file] if report.notebook is not None else bundle.main
        for file in bundle.files:
            if file.name in names and file.name.lower().endswith(".ipynb"):
                return file.name, file.content
    return None
