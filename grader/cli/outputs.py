"""The folder that `grade` writes: what may be there before, what is there after.

A folder with an earlier run's reports is fine and is brought up to date;
somebody else's files are never mixed with reports. Reports of students who are
no longer in the class go away only once the new run is complete.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

RUN_FILES = (
    *("run.json", "grades.csv", "grades.txt", "class.html"),
    *("changes.csv", "changes.json", "overrides.csv"),
)
_PART = re.compile(r"\.[0-9a-f]{16}\.part")
"""A file on its way to its place, see `grader.report.files.write_whole`."""

STUDENT_FILES = ("report.json", "student.json", "report.txt", "report.html")


@contextmanager
def prepared(out: Path, *, beside: Path) -> Iterator[None]:
    """As `prepare`, for a `with`: if it ends early and nothing was written, the folder goes again.

    Raises:
        OutputError: As `prepare`.
    """
    absent = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        prepare(out, beside=beside)
        yield
    except BaseException:
        with suppress(OSError):  # one that holds something stays, and so do those above it
            for folder in absent:
                folder.rmdir()
        raise


def prepare(out: Path, *, beside: Path) -> None:
    """Make sure that reports can be written to `out`, before hours are spent on them.

    Args:
        out: The folder for the reports; made if it is not there.
        beside: The folder of the submissions, which must not hold it.

    Raises:
        OutputError: It is a file, holds something else, or cannot be written.
    """
    from grader.errors import OutputError

    if beside.resolve() in out.resolve().parents:
        raise OutputError(
            f"'{out}' lies among the submissions, where the next run would take it for a student; "
            "name another folder with --out."
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        foreign = sorted(entry.name for entry in os.scandir(out) if not _is_ours(entry.name))
        if foreign and not any((out / name).is_file() for name in ("run.json", "journal.sqlite")):
            raise OutputError(
                f"'{out}' holds other things, such as '{foreign[0]}'; "
                "name an empty or new folder with --out, or one with an earlier run's reports."
            )
        # The one test of writing that tells the truth on every file system is to write.
        with tempfile.TemporaryFile(dir=out):
            pass
    except FileExistsError:
        raise OutputError(f"'{out}' is a file; name a folder with --out.") from None
    except OSError as error:
        raise OutputError(
            f"Reports cannot be written to '{out}' ({error.strerror}); name another folder with --out."
        ) from None


def clear(out: Path, students: Iterable[str]) -> None:
    """Take away the reports of students who are not among `students`, and what a killed run half wrote.

    Nobody else's files are touched. Call it as the one who has the journal.
    """
    from grader.report.files import folder_name

    _clear_parts(out)
    if (out / "students").is_dir():
        _clear(out / "students", {folder_name(student) for student in students})


def _clear(students: Path, current: Collection[str]) -> None:
    from grader.press.returning import FILES

    for folder in students.iterdir():
        if folder.is_symlink() or not folder.is_dir():
            continue
        _clear_parts(folder)
        if folder.name in current:
            continue
        if all(path.name in STUDENT_FILES or FILES.fullmatch(path.name) for path in folder.iterdir()):
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
    return name in (*RUN_FILES, "students") or journal or name.endswith(".part")
