"""The names in an archive, checked and put in order as a tree.

Names are hostile: one that is absolute, leads outside, hides a character or is
there twice refuses the whole archive, because whoever packed it did not mean
it well, or meant one thing and would be marked for another. Only the first few
levels are kept; no name is ever used as a path.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from grader.findings import UnreadableFile
from grader.submission.caps import LEVELS, NAME_CHARACTERS, PART_BYTES, BadEntry, Meter
from grader.submission.names import TIMES
from grader.submission.place import Entry, hidden

Load = Callable[[Meter, int], bytes | UnreadableFile]
"""Reads a file of an archive: at most so many bytes from its beginning, or what is wrong with it."""


@dataclass
class Node:
    """A folder or file in an archive.

    Attributes:
        load: Reads the file; None for a folder.
        modified: When it was last changed, if the archive says so.
        children: What is in the folder, by name.
    """

    load: Load | None = None
    children: dict[str, "Node"] = field(default_factory=dict)
    modified: datetime | None = None

    def entries(self) -> list[Entry]:
        """What is in the folder, sorted by name."""
        return [
            Entry(raw=name, name=name, kind="file" if node.load else "folder")
            for name, node in sorted(self.children.items())
        ]


class Tree:
    """The names of an archive, met one after the other.

    Args:
        meter: Counts them.

    Attributes:
        root: The archive's outermost folder.
    """

    def __init__(self, meter: Meter) -> None:
        self.root = Node()
        self._meter = meter
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._spellings: dict[str, str] = {}

    def folder(self, name: str) -> None:
        """Add a folder; the same one may come again.

        Raises:
            BadEntry: The name is not one that an archive may hold.
        """
        self._meter.entry()
        parts = split(name)
        if parts:
            self._add(name, parts, Node())

    def file(self, name: str, load: Load, modified: datetime | None = None) -> tuple[str, ...]:
        """Add a file, with the time at which it was last changed.

        Returns:
            The parts of its name.

        Raises:
            BadEntry: The name is not one that an archive may hold, or was there before.
        """
        self._meter.entry()
        parts = split(name)
        if not parts:
            raise BadEntry("it holds an entry without a name")
        path = "/".join(parts)
        if path in self._files or path in self._folders:
            raise BadEntry(f"the entry '{shown(name)}' is there twice")
        self._files.add(path)
        if wanted(parts):
            self._refuse_other_spelling(name, parts)
        self._add(name, parts, Node(load, modified=modified))
        return parts

    def _refuse_other_spelling(self, name: str, parts: tuple[str, ...]) -> None:
        # Windows and macOS keep one of `Softmax.py` and `softmax.py`: which one would be marked depends on
        # where the archive was made and unpacked. Among files that nobody reads it does no harm.
        spelling = "/".join(unicodedata.normalize("NFC", part).casefold() for part in parts)
        other = self._spellings.setdefault(spelling, name)
        if other != name:
            raise BadEntry(
                f"the entries '{shown(other)}' and '{shown(name)}' are one file on many computers; "
                "leave one of them out"
            )

    def _add(self, name: str, parts: tuple[str, ...], added: Node) -> None:
        node = self.root
        for level, part in enumerate(parts[:LEVELS], start=1):
            last = level == len(parts)
            path = "/".join(parts[:level])
            if not last or added.load is None:
                if path in self._files:
                    raise BadEntry(f"the entry '{shown(name)}' is there as a file and as a folder")
                self._folders.add(path)
            node = node.children.setdefault(part, added if last else Node())


def split(name: str) -> tuple[str, ...]:
    """The parts of a name in an archive, as text; '.' and doubled separators are dropped.

    A backslash separates as a slash does: Windows programs have written both,
    and a name that means a file on one system must not mean a folder on another.

    Raises:
        BadEntry: The name is absolute, leads outside, is too long, or has a control character in it.
    """
    if len(name) > NAME_CHARACTERS:
        raise BadEntry(f"the name '{shown(name)}' is longer than {NAME_CHARACTERS} characters")
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise BadEntry(f"the name '{shown(name)}' has a control character in it")
    path = name.replace("\\", "/")
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        raise BadEntry(f"the name '{shown(name)}' is a path from the root of a disk")
    parts = tuple(as_text(part) for part in path.split("/") if part not in ("", "."))
    if ".." in parts:
        raise BadEntry(f"the name '{shown(name)}' leads out of the archive")
    if any(len(part.encode()) > PART_BYTES for part in parts):
        raise BadEntry(f"the name '{shown(name)}' has a part longer than {PART_BYTES} bytes")
    return parts


def wanted(parts: tuple[str, ...]) -> bool:
    """Whether an exercise may ask for a file of this name: source, not too deep, not hidden."""
    return (
        len(parts) <= LEVELS
        and parts[-1].lower().endswith((".py", ".ipynb"))
        and not any(hidden(part) for part in parts)
    )


def tells_times(parts: tuple[str, ...]) -> bool:
    """Whether a file of this name may say when something was handed in."""
    return len(parts) <= LEVELS and parts[-1] in TIMES and not any(hidden(part) for part in parts)


def as_text(raw: str) -> str:
    """A name as text that any encoding can hold; bytes that are not UTF-8 are written as escapes."""
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def shown(name: str) -> str:
    """A name for a sentence: whole if it is short, its beginning and end if not."""
    plain = name.encode("utf-8", "backslashreplace").decode()
    return plain if len(plain) <= 100 else f"{plain[:60]}...{plain[-30:]}"
