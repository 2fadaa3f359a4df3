"""Puts a student's pages in their places, where they are not yet as they are to be.

The student's own lies among the student's reports, the staff's in a folder of
its own, so that a folder which is given to a student never holds it. Cells of a
notebook are laid out on the far side, which takes a while: a page that shows
some says in its head what it was made of, so that they are asked for only where
it is to be made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from grader.pages.student import Around, staff_page, student_page
from grader.report.files import folder_name, renew
from grader.report.model import ExerciseReport, StudentReport
from grader.submission import Submission

STAFF = "staff"
"""The folder of the pages for staff."""

_HEAD_BYTES = 1000
"""So much of a page holds its stamp."""

Cells = Callable[[], Mapping[str, Mapping[int, str]]]
"""Gives for exercises the code cells, by number, of the notebook that they were read from."""


def write_student_page(
    report: StudentReport,
    submissions: Sequence[Submission],
    folder: Path,
    notebooks: Mapping[str, str] | None = None,
    cells: Cells | None = None,
    before: Mapping[str, ExerciseReport] | None = None,
) -> Path:
    """Write `folder/students/<student>/report.html`, for the student.

    Args:
        report: What the student may see.
        submissions: The student's attempts, with their files.
        folder: The run's output folder.
        notebooks: For exercises the file, beside the page, that shows their notebook with feedback.
        cells: Asked for the cells to show, where there are such notebooks and the page is made anew.
        before: For exercises what the attempt before came to, as the student may see it.

    Returns:
        The page.

    Raises:
        OutputError: It cannot be written.
    """

    def made(shown: Mapping[str, Mapping[int, str]], made_of: str) -> bytes:
        return student_page(report, submissions, notebooks, shown, before, made_of)

    place = folder / "students" / folder_name(report.student) / "report.html"
    _write(place, report, made, cells if notebooks else None)
    return place


def write_staff_page(
    report: StudentReport,
    submissions: Sequence[Submission],
    folder: Path,
    notebooks: Mapping[str, str] | None = None,
    cells: Cells | None = None,
    before: Mapping[str, ExerciseReport] | None = None,
) -> Path:
    """Write `folder/staff/<student>.html`, for staff: as `write_student_page`, of whole reports.

    Raises:
        OutputError: It cannot be written.
    """
    name = folder_name(report.student)
    own = f"../students/{quote(name, safe='')}"
    books = {
        exercise: f"{own}/{quote(file, errors='replace')}" for exercise, file in (notebooks or {}).items()
    }

    def made(shown: Mapping[str, Mapping[int, str]], made_of: str) -> bytes:
        around = Around(books, shown, before or {}, made_of, f"{own}/report.html")
        return staff_page(report, submissions, around)

    place = folder / STAFF / f"{name}.html"
    _write(place, report, made, cells if books else None)
    return place


def _write(
    place: Path,
    report: StudentReport,
    made: Callable[[Mapping[str, Mapping[int, str]], str], bytes],
    cells: Cells | None,
) -> None:
    bare = made({}, "")
    if cells is None:
        renew(place, bare)
        return
    digests = "".join(exercise.digest for exercise in report.exercises)
    made_of = hashlib.sha256(bare + digests.encode()).hexdigest()
    if not _is_made_of(place, made_of):
        renew(place, made(cells(), made_of))


def _is_made_of(place: Path, stamp: str) -> bool:
    try:
        if place.is_symlink():
            return False
        with open(place, "rb") as file:
            return f'name="grader-made-of" content="{stamp}"'.encode() in file.read(_HEAD_BYTES)
    except OSError:
        return False
