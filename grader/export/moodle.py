"""Moodle: an assignment's grading worksheet, filled, and the archive of feedback files.

The worksheet's importer wants the downloaded file: rows by `Identifier`, whose number is
the participant's and not the user's, and `Last modified (grade)` as it came. Only grades
and feedback comments are filled here. Feedback files go into folders named as those
that submissions were downloaded in. Facts: Moodle's `mod/assign/feedback`.
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from grader.errors import UsageError, suggestion
from grader.export.filling import Filling, by_key, letters, number, put_mark, scaled
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

_DEVICE = re.compile(r"(?:con|nul|aux|prn|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever stands behind the dot."""

_NAME_BYTES = 160
"""Of a student's name in that of a folder: with all that is put behind it file systems take 255."""

_MODIFIED = "Last modified (grade)"
"""A column that the importer looks at, and that nobody fills; in other languages it has another name."""


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
    sheet = _read(content, columns, encoding, name)
    marks = scaled(marks, sheet.most(), f"'{name}'", scale=scale)
    filling = Filling(column=columns.grade)
    wanted = by_key(marks, [mark.number for mark in marks], filling)
    found = set()
    for row in sheet.students:
        who = sheet.value(row, "identifier")
        mark = wanted.get(_participant(who) or "")
        if mark is None:
            filling.unmarked += [who] if who.strip() else []
            continue
        if mark.student in found:
            raise UsageError(f"'{name}' has several rows for '{who}'; download it again.")
        found.add(mark.student)
        _fill_row(sheet, row, mark, comments.get(mark.student, ""), filling, replace=replace)
        if not _named(sheet, row, mark):
            filling.misnamed.append(f"{mark.student} is in the row of '{who}'")
    filling.strangers += [mark.student for mark in wanted.values() if mark.student not in found]
    try:
        filling.content = sheet.sheet.text().encode(encoding)
    except UnicodeEncodeError:
        raise UsageError(f"A comment has characters that {encoding.upper()} does not have.") from None
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

    Raises:
        UsageError: Two students have one number, so that one would get the other's feedback.
    """
    placed, strangers = [], []
    whose: dict[str, str] = {}
    for student, name, content in files:
        found = Mark(student, 0, 0)
        if found.number is None:
            strangers.append(student)
            continue
        if (other := whose.setdefault(found.number, student)) != student:
            raise UsageError(
                f"'{safe_text(other, 60)}' and '{safe_text(student, 60)}' are one participant in Moodle, "
                f"{found.number}; give one of them another number, or leave one out of the run."
            )
        # With an underscore at the end, as before Moodle 4.1: importers of all versions take it.
        placed.append((f"{_folder(found.name)}_{found.number}_assignsubmission_file_/{name}", content))
    return placed, strangers


def _folder(name: str) -> str:
    """A student's name as that of a folder anywhere; importers look at the number behind it only."""
    plain = _NO_NAME.sub(" ", safe_text(name)).encode("utf-8")[:_NAME_BYTES].decode("utf-8", "ignore")
    full = plain.strip(" .")
    return f"Participant {full}".rstrip() if not full or _DEVICE.match(full) else full


@dataclass(frozen=True)
class _Worksheet:
    """A worksheet, and where in it the columns are that are there."""

    sheet: Sheet
    places: Mapping[str, int]
    decimal_mark: str
    name: str

    @property
    def students(self) -> range:
        return range(1, len(self.sheet.rows))

    def value(self, row: int, what: str) -> str:
        """What stands in a column; '' where there is none."""
        return self.sheet.value(row, self.places[what]) if what in self.places else ""

    def most(self) -> Decimal | None:
        """The maximum grade; None where the worksheet has no such column.

        Raises:
            UsageError: It grades in words, or says several.
        """
        said = {self.value(row, "most").strip() for row in self.students} - {""}
        numbers = {number(each) for each in said}
        if None in numbers:
            raise UsageError(
                f"'{self.name}' grades by a scale in words, which points don't fit; use points in Moodle."
            )
        if len(numbers) > 1:
            raise UsageError(
                f"'{self.name}' has several maximum grades; download the worksheet of one assignment."
            )
        return numbers.pop() if numbers else None


def _read(content: bytes, columns: Columns, encoding: str, name: str) -> _Worksheet:
    sheet = read_sheet(content, name, encoding)
    header = sheet.values(0)
    for wanted, option in ((columns.identifier, "identifier"), (columns.grade, "grade")):
        if wanted not in header:
            there = ", ".join(safe_text(cell, 40) for cell in header[:14])
            raise UsageError(
                f"'{name}' has no column '{wanted}', so it is no grading worksheet in that language; it has: "
                f"{there}; say which with --{option}-column.{suggestion(wanted, header)}"
            )
    if columns.identifier == ENGLISH.identifier and _MODIFIED not in header:
        raise UsageError(
            f"'{name}' has no column '{_MODIFIED}', without which Moodle takes no worksheet; "
            "download it again."
        )
    places = {what: header.index(called) for what, called in asdict(columns).items() if called in header}
    columns_of_numbers = (places[what] for what in ("grade", "most") if what in places)
    marks = {sheet.decimal_mark(column, range(1, len(sheet.rows))) for column in columns_of_numbers}
    return _Worksheet(sheet, places, "," if "," in marks else ".", name)


def _fill_row(
    sheet: _Worksheet, row: int, mark: Mark, comment: str, filling: Filling, *, replace: bool
) -> None:
    if sheet.value(row, "changeable").strip().casefold() == "no":
        filling.left.append(f"{mark.student}: locked in Moodle")
        return
    if rounded(mark.score) > rounded(mark.most):
        filling.left.append(f"{mark.student}: {rounded(mark.score)} is above the maximum grade")
    else:
        put_mark(sheet.sheet, (row, sheet.places["grade"]), mark, sheet.decimal_mark, filling)
    before = sheet.value(row, "comments")
    if comment and comment != before and "comments" in sheet.places and (replace or not before.strip()):
        sheet.sheet.put(row, sheet.places["comments"], comment)


def _named(sheet: _Worksheet, row: int, mark: Mark) -> bool:
    """Whether the name in an id stands in the row; where nobody has a name, it begins as the identifier."""
    name, cells = letters(mark.name), map(letters, sheet.sheet.values(row))
    return name in cells or letters(sheet.value(row, "identifier")).startswith(name)


def _participant(identifier: str) -> str | None:
    found = _PARTICIPANT.search(identifier)
    return (found[1].lstrip("0") or "0") if found else None
