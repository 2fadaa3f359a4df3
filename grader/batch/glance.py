"""A look at what a student has handed in so far: what changes as it is written, and whether its end is there.

Names, sizes and times only, so that it can be done again and again; a firm look
opens files as well, because a network file system tells the truth only then. No
file is read but for its end, no link is followed, and how much is looked at is
bounded, since all of this is a stranger's.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import BinaryIO

from grader.submission.archive import is_archive
from grader.submission.caps import FOLDER_NAMES, LEVELS
from grader.submission.place import hidden, text
from grader.submission.reading import opened, regular

PARTIAL_ENDINGS = (".part", ".partial", ".crdownload", ".tmp", ".filepart", ".download", ".opdownload")
"""Of files that are being written: by Firefox, wget and many more, Chrome, WinSCP, Safari, Opera."""

PARTIAL_BEGINNING = "~$"
"""Of what an office program keeps beside a file that is open in it."""

_ZIP_END = 22
"""Bytes of a zip's end of directory."""

_ZIP_TAIL = _ZIP_END + (1 << 16)
"""Last bytes of a zip in which that is: a comment of up to 65,535 may follow."""

_NOTEBOOK_TAIL = 4096
"""Last bytes of a notebook in which its closing brace is: blank lines may follow it."""


@dataclass(frozen=True)
class Glance:
    """What was seen.

    Attributes:
        everything: Differs whenever anything there was written, hidden files among it.
        content: Differs whenever something was written that a person may mean.
        is_whole: Whether there is something, and nothing of it looks as if its end were still to come.
    """

    everything: bytes
    content: bytes
    is_whole: bool


def is_partial(name: str) -> bool:
    """Whether something of this name is still being written, or was when its program ended."""
    return name.startswith(PARTIAL_BEGINNING) or name.lower().endswith(PARTIAL_ENDINGS)


def glance(folder: int, names: Iterable[str], *, firmly: bool = False) -> Glance:
    """Look at some of what lies in a folder, and at all that lies in that.

    Args:
        folder: A descriptor of it.
        names: What to look at: a student's folder, an archive.
        firmly: Whether files are opened: for their true size, and to see whether their end is there.
    """
    look = _Look(firmly)
    for name in sorted(names):
        look.at(folder, name, LEVELS)
    return Glance(look.everything.digest(), look.content.digest(), look.is_whole and look.files > 0)


class _Look:
    """One look, as far as it has got."""

    def __init__(self, firmly: bool) -> None:
        self.everything = blake2b(digest_size=16)
        self.content = blake2b(digest_size=16)
        self.is_whole = True
        self.files = 0
        self._firmly = firmly
        self._left = FOLDER_NAMES

    def at(self, folder: int, name: str, levels: int) -> None:
        """Look at one name, and at what is in it if it is a folder."""
        try:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:  # gone since the names were read
            return
        if self._firmly and stat.S_ISREG(found.st_mode) and not hidden(text(name)):
            with suppress(OSError):  # not ours to read: its student is told by whoever reads it
                found = self._opened(folder, name)
        self._note(name, found)
        if hidden(text(name)) or not stat.S_ISDIR(found.st_mode) or not levels:
            return
        with suppress(OSError), opened(name, folder) as descriptor:
            with os.scandir(descriptor) as entries:
                inside = sorted(entry.name for entry in islice(entries, self._left))
            self._left -= len(inside)
            for each in inside:
                self.at(descriptor, each, levels - 1)
        self.content.update(b"/")  # what follows is not in it

    def _note(self, name: str, found: os.stat_result) -> None:
        kind = stat.S_IFMT(found.st_mode)
        # The change time, too: a copy may put back the modification time and keep the size.
        facts = f"/{kind} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}\0"
        self.everything.update(os.fsencode(name) + facts.encode())
        if hidden(text(name)):
            return
        if kind == stat.S_IFDIR:  # its size and times are those of hidden files in it, too
            facts = f"/{kind}\0"
        else:
            self.files += 1
        self.content.update(os.fsencode(name) + facts.encode())
        if is_partial(text(name)):
            self.is_whole = False

    def _opened(self, folder: int, name: str) -> os.stat_result:
        """What an opened file says of itself.

        Raises:
            OSError: It cannot be opened.
        """
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
        with regular(os.open(name, flags, dir_fd=folder)) as file:
            found = os.fstat(file.fileno())
            self.is_whole &= _has_end(file, name.lower(), found.st_size)
            return found


def _has_end(file: BinaryIO, name: str, size: int) -> bool:
    """Whether the end of a file is there, as far as its kind has one that can be told without reading it."""
    if name.endswith(".zip"):
        # Where the first bytes say that it is no zip, whatever its name, nothing is waited for.
        return size > 0 and (file.read(2) != b"PK" or _ends_as_zip(_tail(file, size, _ZIP_TAIL)))
    if name.endswith(".ipynb"):
        return _tail(file, size, _NOTEBOOK_TAIL).rstrip().endswith(b"}")
    return size > 0 or not is_archive(name)


def _ends_as_zip(tail: bytes) -> bool:
    """Whether a zip's end of directory is there: 22 bytes, of which the last two count those of a comment."""
    end = tail[at:] if (at := tail.rfind(b"PK\x05\x06")) >= 0 else b""
    return len(end) >= _ZIP_END and len(end) >= _ZIP_END + int.from_bytes(end[20:22], "little")


def _tail(file: BinaryIO, size: int, most: int) -> bytes:
    file.seek(max(0, size - most))
    return file.read(most)
