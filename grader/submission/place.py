"""A place with entries and bytes: what folders and archives have in common.

The rules about which file belongs to which exercise see only this, so that a
student gets the same answer for `softmax.py` in a folder and in an archive. A
place lists names, hands out the bytes of a file, and steps inside a folder or
an archive; it never writes, follows a link, or looks into the bytes.
"""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from grader.findings import UnreadableFile
from grader.submission.caps import FILE_BYTES, Meter


@dataclass(frozen=True)
class Entry:
    """A name in a place.

    Attributes:
        raw: The name as the file system or archive has it.
        name: The name as text; bytes that are not UTF-8 are written as escapes.
        kind: 'file', 'folder', 'link' or 'other' (devices, pipes, sockets).
    """

    raw: str
    name: str
    kind: str

    @property
    def hidden(self) -> bool:
        """Whether people never mean it: dot files, caches, what archivers leave behind."""
        return hidden(self.name)


class Place(Protocol):
    """A folder, or a folder in an archive."""

    def entries(self, most: int | None = None) -> list[Entry]:
        """What is in it, sorted by name.

        Args:
            most: How many are kept where nothing else bounds them: those first that may be handed in.
        """

    def read(self, entry: Entry, most: int = FILE_BYTES) -> bytes | UnreadableFile:
        """The bytes of a file in it, `most` at most, or why they cannot be had."""

    def inside(self, entry: Entry, meter: Meter | None = None, stack: ExitStack | None = None) -> "Place":
        """A folder or an archive that is in it.

        Args:
            entry: Which.
            meter: Counts what is read from there on; None goes on with this place's own.
            stack: Closes what is opened from there on; None goes on with this place's own.

        Raises:
            Refused: It is an archive that cannot or must not be read.
            OSError: It cannot be opened.
        """

    def modified(self, entry: Entry) -> datetime | None:
        """When a file in it was last changed, if that is known; without an offset where it has none."""

    def again(self, meter: Meter, stack: ExitStack) -> "Place":
        """The same place, whose meter counts and whose stack closes what is opened from there on."""


def hidden(name: str) -> bool:
    """Whether people never mean a file or folder of this name."""
    return name.startswith(".") or name in ("__pycache__", "__MACOSX")


def text(raw: str) -> str:
    """A file name as text that any encoding can hold: 'M\\xfcller' for a byte that is not UTF-8."""
    return os.fsencode(raw).decode("utf-8", "backslashreplace")


def whole(name: str, content: bytes | UnreadableFile, most: int = FILE_BYTES) -> bytes | UnreadableFile:
    """What was read of a file, up to a byte beyond the cap, or a finding: too much, nothing."""
    if isinstance(content, UnreadableFile):
        return content
    if len(content) > most:
        return too_large(name, most)
    return content or UnreadableFile(file=name, reason="empty")


def too_large(name: str, most: int = FILE_BYTES) -> UnreadableFile:
    """The finding for a file beyond the cap."""
    return UnreadableFile(file=name, reason="too-large", detail=f"the limit is {most >> 20} MiB")
