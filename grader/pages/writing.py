"""Puts a student's page beside the student's reports, if it is not there already as it is to be.

The cells of a notebook are laid out on the far side, which takes a while: a page
that shows some says in its head what it was made of, so that they are asked for
only where it is to be made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from grader.pages.student import student_page
from grader.report.files import folder_name, renew
from grader.report.model import StudentReport
from grader.submission import Submission

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
) -> Path:
    """Write `folder/students/<student>/report.html`.

    Args:
        report: What the student may see.
        submissions: The student's attempts, with their files.
        folder: The run's output folder.
        notebooks: For exercises the file, beside the page, that shows their notebook with feedback.
        cells: Asked for the cells to show, where there are such notebooks and the page is made anew.

    Returns:
        The page.

    Raises:
        OutputError: It cannot be written.
    """
    place = folder / "students" / folder_name(report.student) / "report.html"
    bare = student_page(report, submissions, notebooks)
    if not notebooks or cells is None:
        renew(place, bare)
        return place
    digests = "".join(exercise.digest for exercise in report.exercises)
    made_of = hashlib.sha256(bare + digests.encode()).hexdigest()
    if not _is_made_of(place, made_of):
        renew(place, student_page(report, submissions, notebooks, cells(), made_of=made_of))
    return place


def _is_made_of(place: Path, stamp: str) -> bool:
    try:
        if place.is_symlink():
            return False
        with open(place, "rb") as file:
            return f'name="grader-made-of" content="{stamp}"'.encode() in file.read(_HEAD_BYTES)
    except OSError:
        return False
