"""Whether anything of the staff's reaches students: in the files that they get, or in their reports.

`rows` looks through the bytes that `grader release` would write, `report_rows` through
reports as students see them. Both look for the pieces that `staff_only` cuts, the first
also for what `course_only` knows. What students have anyway is no leak in a report: their
own program, and the files that they got.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from grader.course import Course, Exercise
from grader.release import Released, released
from grader.report.model import ExerciseReport
from grader.report.numbers import count
from grader.report.terminal import as_text, exercise_view
from grader.verify.citations import bare
from grader.verify.course_only import course_only, found_in
from grader.verify.fragments import Fragment, of_module, of_prose
from grader.verify.readable import Readable, readable, strings
from grader.verify.report import Claim, Row, Standing
from grader.verify.sources import shown, text_of
from grader.verify.staff_only import StaffOnly, runs, squeeze, staff_only, titles

SHOWN = 60
"""Characters of a leak that a sentence shows."""


@dataclass(frozen=True)
class Leak:
    """Something of the staff's in a place where it must not be.

    Attributes:
        what: What it is, such as 'the name of a hidden test'.
        text: The piece itself; '' of a whole file.
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


def rows(course: Course, exercise: Exercise, files: Sequence[Released] | None = None) -> Iterator[Row]:
    """A row for each piece of this exercise's staff files that students get; one row if there is none.

    What is of no one exercise, such as the secret, is told of with the one whose file it is in, or the first.

    Args:
        course: The course.
        exercise: One of its exercises.
        files: The release; None makes one.

    Raises:
        CourseError: A file cannot be read, is a link, or is not Python.
    """
    files = released(course) if files is None else files
    hidden, public, only = staff_only(course, exercise), _public(course), course_only(course)
    leaking = False
    for file in files:
        is_own = _is_own(file, course, exercise)
        wholes = [Leak(*found) for found in found_in(file, only)] if is_own else []
        # Of a copy nothing more is to be said.
        pieces = [] if wholes else in_file(file, hidden if is_own else replace(hidden, secrets={}), public)
        for leak in (*wholes, *pieces):
            leaking = True
            where = shown(course, file.source)
            yield Row(
                exercise=exercise.name,
                claim=Claim.LEAK,
                what=file.path,
                standing=Standing.FAILS,
                sentence=f"{file.path}, which students get, holds {_said(leak)}",
                file=where,
                line=leak.line if file.is_copy else None,
            )
    if not leaking:
        looked = f"{count(len(hidden.runs), 'run')} of statements, {count(len(hidden.names), 'hidden test')}"
        sentence = f"{count(len(files), 'file')} for students hold none of {looked}"
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
    had = squeeze("".join(each.text for file in released(course) for each in _texts(file)))
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


def _is_own(file: Released, course: Course, exercise: Exercise) -> bool:
    """Whether what is of no one exercise is looked for here: each file's turn comes once."""
    folders = {each.name: f"exercises/{each.name}/" for each in course.exercises}
    if file.path.startswith(folders[exercise.name]):
        return True
    return exercise == course.exercises[0] and not file.path.startswith(tuple(folders.values()))


def _said(leak: Leak) -> str:
    text = " ".join(leak.text.split())
    if not text:
        return f"{leak.what} of {leak.source}"
    return f"{leak.what} of {leak.source}: '{text if len(text) <= SHOWN else text[: SHOWN - 4] + ' ...'}'"


def _public(course: Course) -> frozenset[str]:
    """Names that hidden tests may share with what students have anyway: visible tests, and their files."""
    visible = [each.visible_tests for each in course.exercises]
    defined = (re.findall(r"^\s*(?:async )?def (\w+)", text_of(path), re.MULTILINE) for path in visible)
    return frozenset({*(path.stem for path in visible), *chain.from_iterable(defined)})


def in_file(file: Released, hidden: StaffOnly, public: frozenset[str] = frozenset()) -> Iterator[Leak]:
    """What a file for students holds of the staff's, in the order of the kinds.

    Args:
        file: The file.
        hidden: What to look for.
        public: Names of hidden tests that students know anyway.
    """
    for each in _texts(file):
        for leak in _in_text(each, hidden, public):
            yield leak if each.is_whole else replace(leak, line=None)


@lru_cache(maxsize=1000)  # each exercise looks through the files of all others
def _texts(file: Released) -> tuple[Readable, ...]:
    return tuple(readable(file.path, file.content))


def _in_text(each: Readable, hidden: StaffOnly, public: frozenset[str]) -> Iterator[Leak]:
    text = each.text
    for secret, source in hidden.secrets.items():
        if secret in text:
            # Not the secret itself: this sentence stands in logs.
            yield Leak("the secret", "...", source, _line(text, secret))
    yield from _code(_fragments(each), hidden)
    for name, source in hidden.names.items():
        if name not in public and (found := re.search(rf"\b{name}\b", text)):
            yield Leak("the name of a hidden test", name, source, text.count("\n", 0, found.start()) + 1)
    for title, line in _titles(text) if each.is_code else ():
        if title in hidden.titles:
            yield Leak("the title of a hidden test", title, hidden.titles[title], line)
    plain = _bare(text)
    for told, source in hidden.texts.items():
        if told in plain:
            yield Leak("a text for staff", told, source, _line(text, told))


@lru_cache(maxsize=1000)
def _fragments(each: Readable) -> tuple[list[Fragment], ...]:
    return tuple(of_module(each.text) if each.is_code else of_prose(each.text))


_bare = lru_cache(maxsize=1000)(bare)


def _titles(text: str) -> Iterator[tuple[str, int]]:
    """The titles of the tests in a module; of what is no Python none."""
    try:
        yield from titles(ast.parse(text))
    except (SyntaxError, ValueError):
        return


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
    text = "\n".join([as_text(exercise_view(view)), *strings(view.model_dump(mode="json"))])
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
