"""Where what is handed in goes: an archive beside the student's files, or a drop folder.

Nothing that is there is ever replaced, and what arrives arrives whole: it is
written beside its place under a hidden name, which no reader takes for a submission.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from grader.desk.handing_in import Files
from grader.errors import OutputError, SubmissionsError, UsageError
from grader.submission.reading import student_id

SECONDS = 60
"""Names that are tried for an attempt: one a second, and nobody hands in sixty times within one."""


def free_place(folder: Path, stem: str, content: bytes) -> Path:
    """`<stem>.zip`, or with a number where another file is there; one that holds just this is as good."""
    for number in count(1):
        path = folder / (f"{stem}.zip" if number == 1 else f"{stem}-{number}.zip")
        if not os.path.lexists(path) or _holds(path, content):
            return path
    raise AssertionError("numbers never end")


def refuse_taken(path: Path, content: bytes) -> None:
    """Make sure that no other file is where the archive is to go.

    Raises:
        OutputError: One is.
    """
    if os.path.lexists(path) and not _holds(path, content):
        raise OutputError(f"'{path}' is there already, and is not replaced; name another file with --to.")


def put_archive(path: Path, content: bytes) -> None:
    """Write the archive.

    Raises:
        OutputError: Another file is there, or it cannot be written.
    """
    with _told(path):
        if not put_new(path, content):
            refuse_taken(path, content)


def put_receipt(archive: Path, content: bytes) -> Path:
    """Write the receipt beside the archive, under a name that is free.

    Raises:
        OutputError: It cannot be written.
    """
    for number in count(1):
        again = "" if number == 1 else f"-{number}"
        path = archive.with_name(f"{archive.stem}-receipt{again}.txt")
        with _told(path):
            if put_new(path, content):
                return path
    raise AssertionError("numbers never end")


def put_new(target: Path, content: bytes) -> bool:
    """Make `target` with `content`, whole; False, with nothing changed, if something is there."""
    if os.path.lexists(target):
        return False
    beside = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with open(beside, "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # A link fails where a file has appeared meanwhile; a rename would replace it.
        try:
            os.link(beside, target)
        except FileExistsError:
            return False
        except OSError:
            beside.rename(target)  # file systems without hard links, such as USB sticks
    finally:
        beside.unlink(missing_ok=True)
    return True


def own_name(typed: str) -> str:
    """The student's id, as somebody typed it.

    Raises:
        UsageError: No folder can be called that, or it would not be taken for a student.
    """
    name = typed.strip()
    try:
        student = student_id(name)
    except SubmissionsError:
        student = ""
    if not student or student != name or student.startswith(".") or not student.isprintable():
        raise UsageError(f"{typed[:60]!r} cannot be a student's id: it is the name of a folder.")
    return student


def drop(files: Files, folder: Path, student: str, now: datetime) -> Path:
    """Copy files into a drop folder, as an attempt of `student` that is named after the time.

    Args:
        files: Contents by path.
        folder: The drop folder, which must be there.
        student: The student's id.
        now: The time, in UTC.

    Returns:
        The attempt's folder, `<folder>/<student>/<time>`.

    Raises:
        OutputError: It cannot be written.
    """
    own = folder / student
    with _told(folder):
        if own.is_symlink():
            raise OutputError(f"'{own}' is a link, which is not followed; ask whoever gave you the folder.")
        own.mkdir(exist_ok=True)
        beside = own / f".{secrets.token_hex(8)}.part"
        try:
            for path, content in files.items():
                (beside / path).parent.mkdir(parents=True, exist_ok=True)
                (beside / path).write_bytes(content)
            return _named(beside, own, now)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _named(beside: Path, own: Path, now: datetime) -> Path:
    """Give an attempt the first free name from `now` on."""
    for second in range(SECONDS):
        target = own / (now + timedelta(seconds=second)).strftime("%Y-%m-%dT%H-%M-%SZ")
        if not os.path.lexists(target):
            beside.rename(target)
            return target
    raise OutputError(f"There are too many attempts of this minute in '{own}'; wait a moment and try again.")


def _holds(path: Path, content: bytes) -> bool:
    try:
        return not path.is_symlink() and path.read_bytes() == content
    except OSError:
        return False


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Whatever the system refuses becomes one sentence."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutputError(f"'{path}' cannot be written ({why}); name another place with --to.") from None
