"""Puts graded notebooks beside a student's reports, and takes away those of an earlier time.

A notebook and its page that are there already are not made again. Files appear
whole or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from grader.errors import IsolationError
from grader.press.books import Book, books_of
from grader.press.page import stamp
from grader.press.press import Graded, NotDone, Press
from grader.report.files import folder_name, write_whole
from grader.report.model import StudentReport
from grader.report.safe import safe_text
from grader.submission import Submission

FILES = re.compile(r".+\.graded\.(?:ipynb|html)", re.DOTALL)
"""The names of graded notebooks and their pages."""

_HEAD_BYTES = 2000
"""So much of a page holds its stamp."""


class Returning:
    """Has notebooks come back, student after student.

    Args:
        press: What makes them.
        folder: The run's output folder.

    Attributes:
        problem: Why no notebook comes back at all; '' while they do.
    """

    def __init__(self, press: Press, folder: Path) -> None:
        self.problem = ""
        self._pressed: dict[str, Graded] = {}
        self._press = press
        self._students = folder / "students"

    def give_back(self, report: StudentReport, submissions: Sequence[Submission]) -> tuple[str, ...]:
        """Write a student's graded notebooks.

        Args:
            report: What the student may see.
            submissions: The student's attempts.

        Returns:
            A sentence for each notebook that does not come back.

        Raises:
            OutputError: The files cannot be written.
        """
        own = self._students / folder_name(report.student)
        notes, current = [], set[str]()
        self._pressed.clear()
        for book, name in named(books_of(report, submissions)):
            places = own / f"{name}.graded.ipynb", own / f"{name}.graded.html"
            current |= {place.name for place in places}
            if _holds(places, book):
                continue
            try:
                graded = self._graded(book, f"{report.course}: {report.student}")
                self._pressed[book.digest] = graded
            except NotDone as reason:
                current -= {place.name for place in places}
                notes.append(f"{safe_text(book.name, 100)} comes back without feedback in it: {reason}.")
                continue
            # The page last: it says what both were made of.
            write_whole(places[0], graded.notebook)
            write_whole(places[1], graded.page)
        _clear(own, current)
        return tuple(notes)

    def cells(self, report: StudentReport, submissions: Sequence[Submission]) -> dict[str, Mapping[int, str]]:
        """For each exercise that was read from a notebook that notebook's code cells, by number.

        What `give_back` has just laid out is not laid out again; what cannot be is not there.

        Args:
            report: What the student may see.
            submissions: The student's attempts.
        """
        found: dict[str, Mapping[int, str]] = {}
        for book in books_of(report, submissions):
            try:
                graded = self._pressed.get(book.digest) or self._graded(book, "")
            except NotDone:
                continue
            found |= {each.name: graded.cells for each in book.reports}
        return found

    def _graded(self, book: Book, heading: str) -> Graded:
        if not self.problem:
            try:
                return self._press.press(book, heading)
            except IsolationError as error:
                self.problem = str(error)
        raise NotDone("no notebook could be laid out on this machine")


def pages_of(report: StudentReport, submissions: Sequence[Submission], folder: Path) -> dict[str, str]:
    """For each exercise that was read from a notebook the name of that notebook's page, where there is one.

    Args:
        report: What the student may see.
        submissions: The student's attempts.
        folder: The run's output folder.
    """
    own = folder / "students" / folder_name(report.student)
    found: dict[str, str] = {}
    for book, name in named(books_of(report, submissions)):
        page = f"{name}.graded.html"
        if (own / page).is_file():
            found |= {each.name: page for each in book.reports}
    return found


def named(books: Sequence[Book]) -> list[tuple[Book, str]]:
    """Each notebook with a safe name that no other has."""
    taken = set[str]()
    found = []
    for book in books:
        stem = folder_name(PurePosixPath(book.name).stem or "notebook")
        name, further = stem, 1
        while name.casefold() in taken:  # file systems may not tell upper from lower case
            further += 1
            name = f"{stem}-{further}"
        taken.add(name.casefold())
        found.append((book, name))
    return found


def _holds(places: Sequence[Path], book: Book) -> bool:
    """Whether both files are there, made of just this."""
    try:
        if any(place.is_symlink() or not place.is_file() for place in places):
            return False
        with open(places[1], "rb") as file:
            return f'content="{stamp(book)}"'.encode() in file.read(_HEAD_BYTES)
    except OSError:
        return False


def _clear(own: Path, current: set[str]) -> None:
    """Take away what came back of notebooks that were handed in before."""
    if not own.is_dir():
        return
    for path in own.iterdir():
        if FILES.fullmatch(path.name) and path.name not in current and (path.is_file() or path.is_symlink()):
            path.unlink(missing_ok=True)
