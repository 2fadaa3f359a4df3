"""The page of one student: the marks, what was found and what to do next, and the code that it speaks of.

Made of a report and of the files that were handed in; the findings are laid out
as in a notebook (`report.html`), in the house's order. The student's page is
made of what the student may see and of nothing else. The staff's is the same
page of the whole report, with every test by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from grader.pages.attempts import Since, Try, since, tries
from grader.pages.base import page
from grader.pages.code import Listing, listings
from grader.pages.figures import figures
from grader.pages.links import anchor
from grader.report import telling
from grader.report.groups import grouped, split
from grader.report.html import fragment, tone
from grader.report.isolation import lowered, lowered_for_student
from grader.report.model import ExerciseReport, StudentReport, TestReport
from grader.report.numbers import number
from grader.report.reckoning import of_student
from grader.report.text import describe
from grader.report.words import name
from grader.submission import Submission, SubmittedFile
from grader.verdicts import Blame, Verdict

_PARTS = ("What to look at", "Not handed in", "Passed")
"""The parts of a page, in the order in which they are worth reading."""


@dataclass(frozen=True)
class Around:
    """What stands on a page beside the report.

    Attributes:
        notebooks: For exercises the address of the page that shows their notebook with feedback.
        cells: For exercises the code cells, by number, of the notebook that they were read from.
        before: For exercises what the attempt before came to, as the page's reader may see it.
        made_of: What the page says in its head that it was made of; '' for nothing.
        own_page: On a page for staff the address of the student's own one.
    """

    notebooks: Mapping[str, str]
    cells: Mapping[str, Mapping[int, str]]
    before: Mapping[str, ExerciseReport]
    made_of: str = ""
    own_page: str = ""


@dataclass(frozen=True)
class _Test:
    """A test on a page for staff."""

    name: str
    title: str
    verdict: str
    tone: str
    blame: str
    score: str
    seconds: str
    error: str


@dataclass(frozen=True)
class _Exercise:
    """An exercise on the page."""

    anchor: str
    name: str
    verdict: str
    tone: str
    score: str
    part: str
    lead: str
    html: Markup
    code: tuple[Listing, ...]
    notebook: str
    tries: tuple[Try, ...]
    since: Since | None
    tests: tuple[_Test, ...]


def student_page(
    report: StudentReport,
    submissions: Sequence[Submission] = (),
    notebooks: Mapping[str, str] | None = None,
    cells: Mapping[str, Mapping[int, str]] | None = None,
    before: Mapping[str, ExerciseReport] | None = None,
    made_of: str = "",
) -> bytes:
    """The page that the student opens.

    Args:
        report: What the student may see.
        submissions: The student's attempts, with their files.
        notebooks: For exercises the file, beside the page, that shows their notebook with feedback.
        cells: For exercises the code cells, by number, of the notebook that they were read from.
        before: For exercises what the attempt before came to, as the student may see it.
        made_of: What the page is to say in its head that it was made of.

    Raises:
        ValueError: The report is the staff's.
    """
    if report.view != "student":
        raise ValueError("a student's page is made of what the student may see")
    return _page(report, submissions, Around(_beside(notebooks or {}), cells or {}, before or {}, made_of))


def staff_page(report: StudentReport, submissions: Sequence[Submission], around: Around) -> bytes:
    """The page of a student for staff, who see hidden tests whole.

    Args:
        report: The whole report.
        submissions: The student's attempts, with their files.
        around: What stands beside it.
    """
    return _page(report, submissions, around)


def _page(report: StudentReport, submissions: Sequence[Submission], around: Around) -> bytes:
    exercises = tuple(_exercises(report, submissions, around))
    parts = [(part, [each for each in exercises if each.part == part]) for part in _PARTS]
    staff = report.view == "staff"
    return page(
        "student.html",
        styles=("student.css",),
        staff=staff,
        own_page=around.own_page,
        made_of=around.made_of,
        course=name(report.course),
        student=name(report.student),
        score=telling.score(report),
        reckoning=of_student(report),
        notes=telling.noted(report.notes),
        isolation=(lowered if staff else lowered_for_student)(report.environment),
        exercises=exercises,
        parts=[(part, those) for part, those in parts if those],
        made_with=telling.ran_on(report.environment),
    )


def _beside(notebooks: Mapping[str, str]) -> dict[str, str]:
    """The addresses of files that lie beside the page."""
    return {exercise: f"./{quote(file, errors='replace')}" for exercise, file in notebooks.items()}


def _exercises(
    report: StudentReport, submissions: Sequence[Submission], around: Around
) -> Iterator[_Exercise]:
    staff = report.view == "staff"
    for place, exercise in enumerate(report.exercises, start=1):
        markup = fragment(exercise, staff=staff, styled=False, figures=figures)
        files = _files(exercise, submissions)
        yield _Exercise(
            anchor=anchor(place),
            name=name(exercise.name),
            verdict=exercise.verdict.value,
            tone=tone(exercise.verdict),
            score=telling.score(exercise),
            part=_part(exercise),
            lead=_lead(exercise),
            html=Markup(markup),  # noqa: S704 - templates of ours made it
            code=listings(exercise, files, around.cells.get(exercise.name)),
            notebook=around.notebooks.get(exercise.name, ""),
            tries=tries(exercise),
            since=since(around.before.get(exercise.name), exercise),
            tests=tuple(map(_test, exercise.tests)) if staff else (),
        )


def _test(test: TestReport) -> _Test:
    return _Test(
        name=name(test.name),
        title=telling.title(test),
        verdict=test.verdict.value,
        tone=tone(test.verdict),
        blame="" if test.blame is Blame.NOBODY else test.blame.value,
        score=telling.score(test),
        seconds=f"{test.seconds:.2f}",
        error="" if test.worst_error is None else number(test.worst_error, 3),
    )


def _part(exercise: ExerciseReport) -> str:
    match exercise.verdict:
        case Verdict.PASSED:
            return _PARTS[2]
        case Verdict.MISSING:
            return _PARTS[1]
        case _:
            return _PARTS[0]


def _lead(exercise: ExerciseReport) -> str:
    """The headline of the finding to begin with; '' where a verdict is all that is told."""
    opened, _, _ = split(grouped(exercise))
    if not opened or exercise.verdict is Verdict.MISSING:
        return ""
    first = opened[0]
    assert first.finding is not None
    return describe(first.finding, first.leader.title if first.leader else None, first.mistake).headline


def _files(exercise: ExerciseReport, submissions: Sequence[Submission]) -> tuple[SubmittedFile, ...]:
    """The files of the attempt that counts."""
    for submission in submissions:
        if submission.attempt == exercise.attempt:
            return next((b.files for b in submission.bundles if b.exercise == exercise.name), ())
    return ()
