"""The page of one student: the marks, what was found and what to do next, and the code that it speaks of.

Made of the student's view of a report and of the files that were handed in; the
findings are laid out as in a notebook (`report.html`), in the house's order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from grader.pages.attempts import Try, tries
from grader.pages.base import page
from grader.pages.code import Listing, listings
from grader.pages.curves import HEIGHT, WIDTH, Chart, chart
from grader.pages.heat import Map, maps
from grader.report import telling
from grader.report.html import fragment, tone
from grader.report.isolation import lowered_for_student
from grader.report.model import ExerciseReport, StudentReport
from grader.report.reckoning import of_student
from grader.report.safe import safe_text
from grader.report.words import name
from grader.submission import Submission, SubmittedFile
from grader.verdicts import Verdict


@dataclass(frozen=True)
class _Exercise:
    """An exercise on the page."""

    anchor: str
    name: str
    verdict: str
    tone: str
    score: str
    to_do: bool
    html: Markup
    maps: tuple[Map, ...]
    chart: Chart | None
    code: tuple[Listing, ...]
    notebook: str
    tries: tuple[Try, ...]


def student_page(
    report: StudentReport,
    submissions: Sequence[Submission] = (),
    notebooks: Mapping[str, str] | None = None,
    cells: Mapping[str, Mapping[int, str]] | None = None,
    made_of: str = "",
) -> bytes:
    """The page of a student.

    Args:
        report: What the student may see.
        submissions: The student's attempts, with their files.
        notebooks: For exercises the file, beside the page, that shows their notebook with feedback.
        cells: For exercises the code cells, by number, of the notebook that they were read from.
        made_of: What the page is to say in its head that it was made of.

    Raises:
        ValueError: The report is the staff's.
    """
    if report.view != "student":
        raise ValueError("a student's page is made of what the student may see")
    exercises = tuple(_exercises(report, submissions, notebooks or {}, cells or {}))
    return page(
        "student.html",
        styles=("student.css",),
        made_of=made_of,
        course=name(report.course),
        student=name(report.student),
        score=telling.score(report),
        reckoning=of_student(report),
        notes=telling.noted(report.notes),
        isolation=lowered_for_student(report.environment),
        exercises=exercises,
        to_do=[each for each in exercises if each.to_do],
        width=WIDTH,
        height=HEIGHT,
        made_with=_made_with(report),
    )


def _exercises(
    report: StudentReport,
    submissions: Sequence[Submission],
    notebooks: Mapping[str, str],
    cells: Mapping[str, Mapping[int, str]],
) -> Iterator[_Exercise]:
    for number, exercise in enumerate(report.exercises, start=1):
        book = notebooks.get(exercise.name, "")
        yield _Exercise(
            anchor=f"exercise-{number}",
            name=name(exercise.name),
            verdict=exercise.verdict.value,
            tone=tone(exercise.verdict),
            score=telling.score(exercise),
            to_do=exercise.verdict is not Verdict.PASSED,
            html=Markup(fragment(exercise, styled=False)),  # noqa: S704 - a template of ours made it
            maps=maps(exercise),
            chart=chart(exercise),
            code=listings(exercise, _files(exercise, submissions), cells.get(exercise.name)),
            notebook=f"./{quote(book, errors='replace')}" if book else "",
            tries=tries(exercise),
        )


def _files(exercise: ExerciseReport, submissions: Sequence[Submission]) -> tuple[SubmittedFile, ...]:
    """The files of the attempt that counts."""
    for submission in submissions:
        if submission.attempt == exercise.attempt:
            return next((b.files for b in submission.bundles if b.exercise == exercise.name), ())
    return ()


def _made_with(report: StudentReport) -> str:
    made = report.environment
    devices = ", ".join(made.devices) or "no device"
    return safe_text(f"grader {made.grader}, Python {made.python}, torch {made.torch}, on {devices}")
