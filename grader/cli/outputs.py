"""The folder that `grade` writes: what may be there before, what is there after.

A folder with an earlier run's reports is fine and is brought up to date;
somebody else's files are never mixed with reports. Reports of students who are
no longer in the class go away only once the new run is complete.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

RUN_FILES = (
    *("run.json", "grades.csv", "grades.txt", "class.html"),
    *("changes.csv", "changes.json", "overrides.csv", "progress.json"),
)
_PART = re.compile(r"\.[0-9a-f]{16}\.part")
"""A file on its way to its place, see `grader.report.files.write_whole`."""

STUDENT_FILES = ("report.json", "student.json", "report.txt", "report.html")


def prepared(out: Path, *, beside: Path) -> AbstractContextManager[None]:
    """The folder for the reports, tried before hours are spent on them; see `grader.report.folders.prepared`.

    Args:
        out: The folder; made if it is not there.
        beside: The folder of the submissions, which must not hold it.

    Raises:
        OutputError: It cannot be written to, or holds something else.
    """
    from grader.report import folders

    return folders.prepared(out, beside=beside, what="reports", foreign=_foreign)


def something_else(folder: Path) -> str | None:
    """Something that is not ours in a folder without a run; None where there is a run, or nothing."""
    return _foreign(sorted(os.listdir(folder))) if folder.is_dir() else None


def _foreign(names: Sequence[str]) -> str | None:
    """Something that is not ours, where no earlier run is."""
    if {"run.json", "journal.sqlite"} & {*names}:
        return None
    return next((name for name in names if not _is_ours(name)), None)


def clear(out: Path, students: Iterable[str]) -> None:
    """Take away the reports of students who are not among `students`, and what a killed run half wrote.

    Nobody else's files are touched. Call it as the one who has the journal.
    """
    from grader.report.files import folder_name

    _clear_parts(out)
    if (out / "staff").is_dir():
        _clear_parts(out / "staff")
    if (out / "students").is_dir():
        _clear(out, {folder_name(student) for student in students})


def _clear(out: Path, current: Collection[str]) -> None:
    from grader.press.returning import FILES

    for folder in (out / "students").iterdir():
        if folder.is_symlink() or not folder.is_dir():
            continue
        _clear_parts(folder)
        if folder.name in current:
            continue
        if all(path.name in STUDENT_FILES or FILES.fullmatch(path.name) for path in folder.iterdir()):
            # First the page for staff: by the folder it is known whose it is.
            (out / "staff" / f"{folder.name}.html").unlink(missing_ok=True)
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()


def _clear_parts(folder: Path) -> None:
    for entry in list(os.scandir(folder)):
        if _PART.fullmatch(entry.name):
            os.unlink(entry.path)


def _is_ours(name: str) -> bool:
    # `.part` files are what a killed run may leave behind; the journal has files beside it while it is open.
    journal = name.startswith("journal") and (".sqlite" in name or name.endswith(".lock"))
    return name in (*RUN_FILES, "students", "staff") or journal or name.endswith(".part")
