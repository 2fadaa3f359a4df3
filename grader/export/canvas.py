"""Canvas: one column of the course's own gradebook export, filled.

The importer matches rows by `ID` and columns by the number in `Title (123)`. It takes
an unknown header for a new assignment, a value in the row of points for a change of
them, and a blank for a mark taken away. So the export is filled where a student of
the run has a mark, and nowhere else. Facts: Canvas's `gradebook_importer.rb`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grader.errors import UsageError, suggestion
from grader.export.filling import Filling, by_key, letters, number, put_mark, scaled
from grader.export.marks import Mark
from grader.export.sheet import Sheet, read_sheet

_ASSIGNMENT = re.compile(r"(?P<title>.*)\s\((?P<id>\d+)\)", re.ASCII | re.DOTALL)
_HEADER = "its first line must begin with Student and ID and name Section, as Canvas exports it"
_TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
"""What makes the importer take a column for one of Canvas's own, and pass over it."""
_EXCUSED = "EX"
_NOT_ASSIGNED = "N/A"


class Match(StrEnum):
    """What a student of the run and a row of the gradebook are matched by."""

    ID = "id"
    LOGIN = "login"
    SIS_ID = "sis-id"
    NAME = "name"


_COLUMN = {Match.ID: "ID", Match.LOGIN: "SIS Login ID", Match.SIS_ID: "SIS User ID"}


@dataclass(frozen=True)
class _Gradebook:
    sheet: Sheet
    header: Sequence[str]
    name: str
    points: int | None
    """The row of points, if there is one."""

    @property
    def students(self) -> list[int]:
        """All other rows; one that says where marks are posted by hand has no name and no ID."""
        return [row for row in range(1, len(self.sheet.rows)) if row != self.points]

    def who(self, row: int) -> str:
        """The name in a row."""
        split = self.header[0] == "LastName"
        parts = self.sheet.values(row)[: 2 if split else 1]
        return ", ".join(part for part in parts if part.strip())


def fill(
    content: bytes,
    marks: Sequence[Mark],
    titles: Sequence[str],
    *,
    match: Match = Match.ID,
    scale: bool = False,
    name: str = "the gradebook",
) -> Filling:
    """Fill one column of a gradebook.

    Args:
        content: The file that Canvas exported.
        marks: Everybody's mark.
        titles: What the column may be called, the best first: with its number, or the title alone.
        match: What rows are matched by.
        scale: Whether marks are scaled to the column's points.
        name: What messages call the file, inert.

    Raises:
        UsageError: It is no such file, it has no such column, or its points are others.
    """
    book = _read(content, name)
    column = _find(book, titles)
    most = number(book.sheet.value(book.points, column)) if book.points is not None else None
    marks = scaled(marks, most, f"The column '{book.header[column]}'", scale=scale)
    filling = Filling(column=book.header[column])
    wanted = by_key(marks, [_key(mark, match) for mark in marks], filling)
    rows = _rows(book, match, wanted)
    decimal = book.sheet.decimal_mark(column, range(1, len(book.sheet.rows)))
    for row in book.students:
        mark = wanted.get(rows.get(row, ""))
        if mark is not None:
            _fill_cell(book, row, column, mark, decimal, filling)
            if match is Match.ID and letters(mark.name) not in {"", *_names(book, row)}:
                filling.misnamed.append(f"{mark.student} is '{book.who(row)}'")
        elif who := book.who(row):
            filling.unmarked.append(who)
    found = set(rows.values())
    filling.strangers += [mark.student for key, mark in wanted.items() if key not in found]
    filling.content = book.sheet.text().encode()
    return filling


def _fill_cell(book: _Gradebook, row: int, column: int, mark: Mark, decimal: str, filling: Filling) -> None:
    before = book.sheet.value(row, column).strip()
    if before.upper() in (_EXCUSED, _NOT_ASSIGNED):
        why = "excused" if before.upper() == _EXCUSED else "not assigned"
        filling.left.append(f"{mark.student}: {why}")
        return
    put_mark(book.sheet, (row, column), mark, decimal, filling)


# --- the table -------------------------------------------------------------------


def _read(content: bytes, name: str) -> _Gradebook:
    sheet = read_sheet(content, name)
    header = sheet.values(0)
    split = header[:3] == ["LastName", "FirstName", "ID"]
    ordinary = len(header) > 3 and "Student" in header[0] and "ID" in header[1]
    if not (ordinary or split) or not any("Section" in cell for cell in header):
        raise UsageError(f"'{name}' is no gradebook of Canvas: {_HEADER}; export it there again.")
    points = (row for row in range(1, len(sheet.rows)) if "Points Possible" in sheet.value(row, 0))
    return _Gradebook(sheet, header, name, next(points, None))


def _find(book: _Gradebook, titles: Sequence[str]) -> int:
    """The column that is meant.

    Raises:
        UsageError: There is none or more than one, or nothing may be written there.
    """
    assignments = {
        column: found
        for column, cell in enumerate(book.header)
        if (found := _ASSIGNMENT.fullmatch(cell)) is not None
    }
    for title in titles:
        exact = [column for column in assignments if book.header[column] == title]
        meant = exact or [column for column, each in assignments.items() if each["title"] == title]
        if len(meant) > 1:
            several = " and ".join(f"'{book.header[column]}'" for column in meant)
            raise UsageError(f"'{book.name}' has {several}; say which with --column, number and all.")
        if meant:
            return _writable(book, meant[0])
    there = [book.header[column] for column in assignments if not _TOTALS.search(book.header[column])]
    told = suggestion(titles[0], there) or f" It has: {', '.join(there) or 'no assignment'}."
    raise UsageError(
        f"'{book.name}' has no column '{titles[0]}' with a number behind it; name one with --column.{told}"
    )


def _writable(book: _Gradebook, column: int) -> int:
    if total := _TOTALS.search(book.header[column]):
        raise UsageError(
            f"Canvas does not read the column '{book.header[column]}': it takes whatever is called "
            f"'{total[0]}' for a total of its own. Call the assignment otherwise there."
        )
    if book.points is not None and "read only" in book.sheet.value(book.points, column).lower():
        raise UsageError(f"The column '{book.header[column]}' is read only in Canvas; name another one.")
    return column


# --- who is who --------------------------------------------------------------------


def _key(mark: Mark, match: Match) -> str | None:
    """What a student of the run is matched by."""
    match match:
        case Match.ID:
            return mark.number
        case Match.NAME:
            return letters(mark.name) or None
        case _:
            return mark.student.casefold()


def _rows(book: _Gradebook, match: Match, wanted: Iterable[str]) -> Mapping[int, str]:
    """By which key each row is known, if by any.

    Raises:
        UsageError: The column to match by is not there, or two rows have the key of one student.
    """
    keys = {row: _keys(book, row, match) for row in book.students}
    asked = set(wanted)
    rows = {row: key for row, known in keys.items() for key in known if key in asked}
    several = [key for key, times in Counter(rows.values()).items() if times > 1]
    if several:
        raise UsageError(
            f"'{book.name}' has several rows for '{several[0]}'; match by something else with --match."
        )
    return rows


def _keys(book: _Gradebook, row: int, match: Match) -> set[str]:
    if match is Match.NAME:
        return _names(book, row)
    if _COLUMN[match] not in book.header:
        raise UsageError(f"'{book.name}' has no column '{_COLUMN[match]}'; choose another --match.")
    value = book.sheet.value(row, book.header.index(_COLUMN[match])).strip()
    if match is Match.ID:
        return {value.lstrip("0") or "0"} if value.isascii() and value.isdigit() else set()
    return {value.casefold()} if value else set()


def _names(book: _Gradebook, row: int) -> set[str]:
    """A student's name as Canvas writes it into the names of files: sortable, small, letters only."""
    if "FirstName" in book.header:
        last, first = book.sheet.value(row, 0), book.sheet.value(row, 1)
    else:
        last, comma, first = book.sheet.value(row, 0).partition(",")
        if not comma:
            first, _, last = last.strip().rpartition(" ")
    return {letters(last + first), letters(first + last)} - {""}
