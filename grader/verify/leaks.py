"""Whether anything of the staff's reaches students: in the files that they get, or in their reports.

`rows` looks through a student's copy of the course, `report_rows` through reports as
students see them. Both look for the pieces that `staff_only` cuts. What students
have anyway is no leak in a report: their own program, and the files that they got.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from grader.course import Course, Exercise
from grader.report.model import ExerciseReport
from grader.report.numbers import count
from grader.report.terminal import as_text, exercise_view
from grader.verify.citations import bare
from grader.verify.fragments import Fragment, of_module, of_prose
from grader.verify.report import Claim, Row, Standing
from grader.verify.sources import parsed, shown, text_of
from grader.verify.staff_only import StaffOnly, runs, squeeze, staff_only, titles

SHOWN = 60
"""Characters of a leak that a sentence shows."""


@dataclass(frozen=True)
class Leak:
    """Something of the staff's in a place where it must not be.

    Attributes:
        what: What it is, such as 'the name of a hidden test'.
        text: The piece itself.
        source: Where it comes from.
        line: Where it stands; None where that has no lines.
    """

    what: str
    text: str
    source: str
    line: int | None = None


@dataclass(frozen=True)
class Judged:
    """A program of the staff's and what came of it.

    Attributes:
        what: The program's name.
        source: Its text: what stands there is its author's own.
        report: The report, as staff see it.
    """

    what: str
    source: str
    report: ExerciseReport


def rows(course: Course, exercise: Exercise) -> Iterator[Row]:
    """A row for each piece of this exercise's staff files that students get; one row if there is none.

    Raises:
        CourseError: A file cannot be read, or is not Python.
    """
    hidden, public = staff_only(course, exercise), _public(course)
    leaking = False
    for path in course.student_files:
        where = shown(course, path)
        looked_for = hidden if path in _own(course, exercise) else replace(hidden, secrets={})
        for leak in in_file(path, looked_for, public):
            leaking = True
            yield Row(
                exercise=exercise.name,
                claim=Claim.LEAK,
                what=where,
                standing=Standing.FAILS,
                sentence=f"{where}, which students get, holds {_said(leak)}",
                file=where,
                line=leak.line,
            )
    if not leaking:
        looked = f"{count(len(hidden.runs), 'run')} of statements, {count(len(hidden.names), 'hidden test')}"
        sentence = f"{count(len(course.student_files), 'file')} for students hold none of {looked}"
        yield Row(
            exercise=exercise.name,
            claim=Claim.LEAK,
            what="files for students",
            standing=Standing.HOLDS,
            sentence=f"{sentence} and {count(len(hidden.texts), 'text')} of the staff's",
        )


def report_rows(course: Course, exercise: Exercise, judged: Iterable[Judged]) -> Iterator[Row]:
    """A row for each piece of the staff's that a report shows to its student; one row if none does.

    Raises:
        CourseError: A file cannot be read, or is not Python.
    """
    hidden = staff_only(course, exercise)
    had = squeeze("".join(text_of(path) for path in course.student_files))
    seen, leaking = 0, False
    for each in judged:
        seen += 1
        view = each.report.for_student(course.reveal)
        for leak in in_report(view, hidden, had + squeeze(each.source)):
            leaking = True
            yield Row(
                exercise=exercise.name,
                claim=Claim.LEAK,
                what=f"report of {each.what}",
                standing=Standing.FAILS,
                sentence=f"the report that the author of {each.what} would get holds {_said(leak)}",
                file=leak.source.partition(",")[0],
            )
    if seen and not leaking:
        yield Row(
            exercise=exercise.name,
            claim=Claim.LEAK,
            what="reports",
            standing=Standing.HOLDS,
            sentence=f"{count(seen, 'report')} as students see them hold none of "
            f"{count(len(hidden.lines), 'line')} of the staff's code",
        )


def _own(course: Course, exercise: Exercise) -> set[Path]:
    """Where the secret is looked for with this exercise: it is of no one exercise, and is told of once."""
    folders = {exercise.folder, course.root} if exercise == course.exercises[0] else {exercise.folder}
    return {path for path in course.student_files if path.parent in folders}


def _said(leak: Leak) -> str:
    text = " ".join(leak.text.split())
    return f"{leak.what} of {leak.source}: '{text if len(text) <= SHOWN else text[: SHOWN - 4] + ' ...'}'"


def _public(course: Course) -> frozenset[str]:
    """Names that hidden tests may share with what students have anyway: visible tests, and their files."""
    visible = [each.visible_tests for each in course.exercises]
    defined = (re.findall(r"^\s*(?:async )?def (\w+)", text_of(path), re.MULTILINE) for path in visible)
    return frozenset({*(path.stem for path in visible), *chain.from_iterable(defined)})


def in_file(path: Path, hidden: StaffOnly, public: frozenset[str] = frozenset()) -> Iterator[Leak]:
    """What a file for students holds of the staff's, in the order of the kinds.

    Args:
        path: The file.
        hidden: What to look for.
        public: Names of hidden tests that students know anyway.
    """
    text = text_of(path)
    is_code = path.suffix == ".py"
    for secret, source in hidden.secrets.items():
        if secret in text:
            # Not the secret itself: this sentence stands in logs.
            yield Leak("the secret", "...", source, _line(text, secret))
    yield from _code(of_module(text) if is_code else of_prose(text), hidden)
    for name, source in hidden.names.items():
        if name not in public and (found := re.search(rf"\b{name}\b", text)):
            yield Leak("the name of a hidden test", name, source, text.count("\n", 0, found.start()) + 1)
    for title, line in titles(parsed(path)) if is_code else ():
        if title in hidden.titles:
            yield Leak("the title of a hidden test", title, hidden.titles[title], line)
    plain = bare(text)
    for told, source in hidden.texts.items():
        if told in plain:
            yield Leak("a text for staff", told, source, _line(text, told))


def _code(sequences: Iterable[list[Fragment]], hidden: StaffOnly) -> Iterator[Leak]:
    """The staff's statements among those of a file, each run once."""
    seen: set[str] = set()
    for fragments in sequences:
        found = [*runs(fragments), *(((each.text,), each.line) for each in fragments)]
        for run, line in sorted(found, key=lambda each: each[1]):
            source = hidden.runs.get(run)
            if source is not None and source not in seen:
                seen.add(source)
                yield Leak("code", "; ".join(run), source, line)


def _line(text: str, piece: str) -> int | None:
    """The line that a piece begins in, whatever stands between its words."""
    words = re.findall(r"\w+", piece)
    found = re.search(r"\W+".join(map(re.escape, words)), text) if words else None
    return text.count("\n", 0, found.start()) + 1 if found else None


def in_report(view: ExerciseReport, hidden: StaffOnly, had: str) -> Iterator[Leak]:
    """What a report as its student sees it holds of the staff's.

    Args:
        view: The student's view.
        hidden: What to look for.
        had: What its student has anyway, squeezed.
    """
    text = "\n".join([as_text(exercise_view(view)), *_strings(view.model_dump(mode="json"))])
    squeezed = squeeze(text)
    for secret, source in hidden.secrets.items():
        if secret in text:
            yield Leak("the secret", "...", source)
    for name, source in hidden.names.items():
        if re.search(rf"\b{name}\b", text) and name not in had:
            yield Leak("the name of a hidden test", name, source)
    for line, source in hidden.lines.items():
        if line in squeezed and line not in had:
            yield Leak("a line", line, source)


def _strings(data: object) -> Iterator[str]:
    """All texts of some plain data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _strings(each)
