"""Read the bytes of strangers' files, without harm.

A folder is opened once and everything in it is reached through that
descriptor, so nothing can be swapped for a link between looking and opening.
Links are never followed, devices and pipes never block, and no file is read
beyond the cap. What cannot be read comes back as a finding, never an exception.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SubmissionsError
from grader.findings import UnreadableFile

FILE_BYTES = 5 << 20
"""Largest file that is read: notebooks with pictures are large, source files are not."""

# O_NONBLOCK: opening a pipe that nobody writes to must not wait.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


@dataclass(frozen=True)
class Entry:
    """A name in a folder.

    Attributes:
        raw: The name as the file system has it.
        name: The name as text; bytes that are not UTF-8 are written as escapes.
        kind: 'file', 'folder', 'link' or 'other' (devices, pipes, sockets).
    """

    raw: str
    name: str
    kind: str

    @property
    def hidden(self) -> bool:
        """Whether people never mean it: dot files, caches, what archivers leave behind."""
        return self.name.startswith(".") or self.name in ("__pycache__", "__MACOSX")


def text(raw: str) -> str:
    """A file name as text that any encoding can hold: 'M\\xfcller' for a byte that is not UTF-8."""
    return os.fsencode(raw).decode("utf-8", "backslashreplace")


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


def entries(descriptor: int) -> list[Entry]:
    """What is in an opened folder, sorted by name."""
    with os.scandir(descriptor) as found:
        return sorted(
            (Entry(raw=each.name, name=text(each.name), kind=_kind(each)) for each in found),
            key=lambda entry: entry.name,
        )


def read(descriptor: int, entry: Entry) -> bytes | UnreadableFile:
    """The bytes of a file in an opened folder, or why they cannot be had."""
    if entry.kind == "folder":
        return UnreadableFile(file=entry.name, reason="folder")
    if entry.kind == "link":
        return UnreadableFile(file=entry.name, reason="link")
    try:
        file = os.open(entry.raw, _FLAGS, dir_fd=descriptor)
    except OSError as error:
        return UnreadableFile(file=entry.name, reason="unreadable", detail=error.strerror or "")
    with os.fdopen(file, "rb") as stream:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return UnreadableFile(file=entry.name, reason="unreadable", detail="it is not a regular file")
        try:
            content = stream.read(FILE_BYTES + 1)
        except OSError as error:
            return UnreadableFile(file=entry.name, reason="unreadable", detail=error.strerror or "")
    if len(content) > FILE_BYTES:
        limit = f"the limit is {FILE_BYTES >> 20} MiB"
        return UnreadableFile(file=entry.name, reason="too-large", detail=limit)
    if not content:
        return UnreadableFile(file=entry.name, reason="empty")
    return content


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


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"
