"""Moodle: an assignment's grading worksheet, filled, and the archive of feedback files.

The worksheet's importer wants the downloaded file: rows by `Identifier`, whose number is
the participant's and not the user's, and `Last modified (grade)` as it came. Only grades
and feedback comments are filled here. Feedback files go into folders named as those
that submissions were downloaded in. Facts: Moodle's `mod/assign/feedback`.
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from grader.errors import UsageError, suggestion
from grader.export.filling import Filling, by_key, number, scaled, written
from grader.export.marks import Mark, counted, rounded
from grader.export.sheet import Sheet, read_sheet
from grader.report.gradebook import cell
from grader.report.model import StudentReport
from grader.report.numbers import points
from grader.report.safe import safe_text

_PARTICIPANT = re.compile(r"(\d+)\s*$", re.ASCII)
"""The number in `Participant 1234`, whatever the word is in the site's language."""

_NO_NAME = re.compile(r"[\x00-\x1f/\\:*?\"<>|_]+")
"""What may not stand in the name of a folder, and the underscore, at which the importer cuts."""


@dataclass(frozen=True)
class Columns:
    """What the columns are called, in the site's language."""

    identifier: str = "Identifier"
    grade: str = "Grade"
    most: str = "Maximum Grade"
    comments: str = "Feedback comments"
    changeable: str = "Grade can be changed"


ENGLISH = Columns()


def fill(
    content: bytes,
    marks: Sequence[Mark],
    comments: Mapping[str, str],
    *,
    columns: Columns = ENGLISH,
    scale: bool = False,
    replace: bool = False,
    encoding: str = "utf-8",
    name: str = "the worksheet",
) -> Filling:
    """Fill the grades and comments of a worksheet.

    Args:
        content: The file that Moodle gave.
        marks: Everybody's mark.
        comments: What stands as feedback comment, by student, as HTML in one line; none leaves it.
        columns: What its columns are called.
        scale: Whether marks are scaled to the maximum grade.
        replace: Whether comments that are there are replaced.
        encoding: How its characters are written.
        name: What messages call the file, inert.

    Raises:
        UsageError: It is no such file, or its maximum grade is another.
    """
    sheet = read_sheet(content, name, encoding)
    header = sheet.values(0)
    identifier = _column(header, columns.identifier, "--identifier-column", name)
    grade = _column(header, columns.grade, "--grade-column", name)
    most = header.index(columns.most) if columns.most in header else None
    students = range(1, len(sheet.rows))
    marks = scaled(marks, _most(sheet, students, most, name), f"'{name}'", scale=scale)
    filling = Filling(column=columns.grade)
    wanted = by_key(marks, [mark.number for mark in marks], filling)
    decimal = _decimal_mark(sheet, students, grade, most)
    comment = header.index(columns.comments) if columns.comments in header else None
    changeable = header.index(columns.changeable) if columns.changeable in header else None
    found = set()
    for row in students:
        who = sheet.value(row, identifier)
        participant = _participant(who)
        mark = wanted.get(participant or "")
        if mark is None:
            filling.unmarked += [who] if who.strip() else []
            continue
        if participant in found:
            raise UsageError(f"'{name}' has several rows for '{who}'; download it again.")
        found.add(participant)
        if changeable is not None and sheet.value(row, changeable).strip().casefold() == "no":
            filling.left.append(f"{mark.student}: locked in Moodle")
            continue
        _fill_grade(sheet, row, grade, mark, decimal, filling)
        if comment is not None and (replace or not sheet.value(row, comment).strip()):
            _fill_comment(sheet, row, comment, comments.get(mark.student, ""))
    filling.strangers += [mark.student for key, mark in wanted.items() if key not in found]
    filling.content = (sheet.text()).encode(encoding)
    return filling


def comment(report: StudentReport, file: str | None = None) -> str:
    """A short comment: each exercise's verdict and mark, in one line of HTML, for a spreadsheet's cell.

    Args:
        report: The student's view of the report.
        file: The feedback file that says more, if there is one.
    """
    lines = [
        f"{safe_text(exercise.name)}: {exercise.verdict}"
        + (f", {points(counted(exercise))} of {points(exercise.max_score)}" if exercise.max_score else "")
        for exercise in report.exercises
    ]
    more = [f"More is in {safe_text(file)}."] if file else []
    return cell("<br>".join(html.escape(line) for line in [*lines, *more]))


def feedback(files: Iterable[tuple[str, str, bytes]]) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Where feedback files go in the archive.

    Args:
        files: Of each student the id, the file's name and its bytes.

    Returns:
        Paths and bytes, and the students whose id has no participant's number.
    """
    placed, strangers = [], []
    for student, name, content in files:
        found = Mark(student, 0, 0)
        if found.number is None:
            strangers.append(student)
            continue
        full = _NO_NAME.sub(" ", safe_text(found.name)).strip(" .") or "Participant"
        # With an underscore at the end, as before Moodle 4.1: importers of all versions take it.
        placed.append((f"{full}_{found.number}_assignsubmission_file_/{name}", content))
    return placed, strangers


def _fill_grade(sheet: Sheet, row: int, column: int, mark: Mark, decimal: str, filling: Filling) -> None:
    if rounded(mark.score) > rounded(mark.most):
        filling.left.append(f"{mark.student}: {written(mark.score, decimal)} is above the maximum grade")
        return
    before, now = sheet.value(row, column).strip(), written(mark.score, decimal)
    filling.filled += 1
    filling.in_doubt += [mark.student] if mark.in_doubt else []
    if number(before) == rounded(mark.score):
        return
    if before:
        filling.changed.append(f"{mark.student}: {before}, now {now}")
    sheet.put(row, column, now)


def _fill_comment(sheet: Sheet, row: int, column: int, text: str) -> None:
    if text and sheet.value(row, column) != text:
        sheet.put(row, column, text)


def _column(header: Sequence[str], wanted: str, option: str, name: str) -> int:
    if wanted not in header:
        raise UsageError(
            f"'{name}' has no column '{wanted}', so it is no grading worksheet in that language; it has: "
            f"{', '.join(safe_text(cell, 40) for cell in header[:14])}; say which with {option}."
            f"{suggestion(wanted, header)}"
        )
    return header.index(wanted)


def _most(sheet: Sheet, students: range, column: int | None, name: str) -> Decimal | None:
    """The maximum grade, where the worksheet says one number for all.

    Raises:
        UsageError: It grades in words, or says several.
    """
    if column is None:
        return None
    said = {sheet.value(row, column).strip() for row in students} - {""}
    numbers = {number(each) for each in said}
    if None in numbers:
        raise UsageError(
            f"'{name}' grades by a scale in words, which points don't fit; use points in Moodle."
        )
    if len(numbers) > 1:
        raise UsageError(f"'{name}' has several maximum grades; download the worksheet of one assignment.")
    return numbers.pop() if numbers else None


def _decimal_mark(sheet: Sheet, students: range, *columns: int | None) -> str:
    """A comma if one of the columns has it."""
    marks = {sheet.decimal_mark(column, students) for column in columns if column is not None}
    return "," if "," in marks else "."


def _participant(identifier: str) -> str | None:
    found = _PARTICIPANT.search(identifier)
    return (found[1].lstrip("0") or "0") if found else None
