"""Read the bytes of strangers' files in folders, without harm.

A folder is opened once and everything in it is reached through that
descriptor, so nothing can be swapped for a link between looking and opening.
Links are never followed, devices and pipes never block, and no file is read
beyond the cap. What cannot be read comes back as a finding, never an exception.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from heapq import nsmallest
from pathlib import Path
from typing import BinaryIO

from grader.errors import SubmissionsError
from grader.findings import UnreadableFile
from grader.submission.archive import is_archive, open_archive
from grader.submission.caps import FILE_BYTES, Meter
from grader.submission.names import TIMES
from grader.submission.place import Entry, Place, text, whole

# O_NONBLOCK: opening a pipe that nobody writes to must not wait. O_NOCTTY: nor may a terminal become ours.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


class Folder:
    """A folder on disk.

    Args:
        descriptor: The opened folder.
        meter: Counts what is read of archives in it.
        stack: Closes what is opened in it.
    """

    def __init__(self, descriptor: int, meter: Meter, stack: ExitStack) -> None:
        self._descriptor = descriptor
        self._meter = meter
        self._stack = stack

    def entries(self, most: int | None = None) -> list[Entry]:
        """What is in it, sorted by name; of more than `most`, those first that may be handed in."""
        with os.scandir(self._descriptor) as found:
            entries = (Entry(raw=each.name, name=text(each.name), kind=_kind(each)) for each in found)
            kept = entries if most is None else nsmallest(most, entries, key=_last)
            return sorted(kept, key=lambda entry: entry.name)

    def read(self, entry: Entry, most: int = FILE_BYTES) -> bytes | UnreadableFile:
        """The bytes of a file in it, `most` at most, or why they cannot be had."""
        if entry.kind == "folder":
            return UnreadableFile(file=entry.name, reason="folder")
        if entry.kind == "link":
            return UnreadableFile(file=entry.name, reason="link")
        try:
            with self._opened(entry) as stream:
                return whole(entry.name, stream.read(most + 1), most)
        except OSError as error:
            return UnreadableFile(file=entry.name, reason="unreadable", detail=error.strerror or str(error))

    def inside(self, entry: Entry, meter: Meter | None = None, stack: ExitStack | None = None) -> Place:
        """A folder or an archive that is in it.

        Raises:
            Refused: It is an archive that cannot or must not be read.
            OSError: It cannot be opened.
        """
        meter, stack = meter or self._meter, stack or self._stack
        if entry.kind == "folder":
            return Folder(stack.enter_context(opened(entry.raw, self._descriptor)), meter, stack)
        return open_archive(stack.enter_context(self._opened(entry)), entry.name, meter)

    def modified(self, entry: Entry) -> datetime | None:
        """When a file in it was last changed."""
        try:
            found = os.stat(entry.raw, dir_fd=self._descriptor, follow_symlinks=False)
            return datetime.fromtimestamp(found.st_mtime, UTC)
        except (OSError, ValueError, OverflowError):  # gone, or a date before the year 1 or after 9999
            return None

    def again(self, meter: Meter, stack: ExitStack) -> Place:
        """The same folder, with another meter and stack."""
        return Folder(self._descriptor, meter, stack)

    def _opened(self, entry: Entry) -> BinaryIO:
        if entry.kind not in ("file", "folder"):
            raise OSError("it is not a regular file")
        return regular(os.open(entry.raw, _FLAGS, dir_fd=self._descriptor))


def regular(descriptor: int) -> BinaryIO:
    """The opened file, if it is one and no device, pipe or folder.

    Raises:
        OSError: It is not.
    """
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("it is not a regular file")
    return os.fdopen(descriptor, "rb")


@contextmanager
def opened(folder: Path | str, within: int | None = None) -> Iterator[int]:
    """A descriptor of `folder`; a link is followed only at the top, where a person named it.

    Raises:
        OSError: It cannot be opened, or is not a folder.
    """
    flags = _FLAGS | os.O_DIRECTORY
    if within is None:
        flags &= ~os.O_NOFOLLOW
    descriptor = os.open(folder, flags, dir_fd=within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def named_file(path: Path) -> BinaryIO:
    """A file that a person named, where a link is followed.

    Raises:
        OSError: It cannot be opened, or is no regular file.
    """
    return regular(os.open(path, _FLAGS & ~os.O_NOFOLLOW))


def student_id(name: str) -> str:
    """The id of the student whose folder is called `name`.

    Any text will do, control characters and formulas included: renderers
    escape it. Only what could not be a folder of the reports is refused.

    Raises:
        SubmissionsError: The name cannot be a folder's.
    """
    student = text(name)
    if (
        student in ("", ".", "..")
        or "/" in student
        or len(student.encode()) > os.pathconf("/", "PC_NAME_MAX")
    ):
        raise SubmissionsError(
            f"The folder {student[:60]!r} cannot be a student's id, "
            "because no report can be filed under it; rename it."
        )
    return student


def _last(entry: Entry) -> tuple[bool, bool, str]:
    """What stands last where names are too many: what is hidden, and before it what is not looked into."""
    looked_into = entry.kind == "folder" or entry.name in TIMES or is_archive(entry.name)
    return entry.hidden, not (looked_into or entry.name.lower().endswith((".py", ".ipynb"))), entry.name


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"
