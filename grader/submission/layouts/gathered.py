"""A student's files that lie among those of others, seen as a folder of their own.

Platforms put a class into one flat folder and the student into each name. Here
the files of one student stand under the names that the student gave them, so
that one finds and imports the other as on the student's own machine.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

from grader.findings import UnreadableFile
from grader.submission.caps import FILE_BYTES, Meter
from grader.submission.place import Entry, Place


class Gathered:
    """Some entries of a place under other names.

    Args:
        place: Where they lie.
        names: Each entry, by the name under which it stands here.
    """

    def __init__(self, place: Place, names: Mapping[str, Entry]) -> None:
        self._place = place
        self._names = names

    def entries(self, most: int | None = None) -> list[Entry]:
        """What is in it, sorted by name."""
        entries = [replace(entry, raw=name, name=name) for name, entry in sorted(self._names.items())]
        return entries if most is None else entries[:most]

    def read(self, entry: Entry, most: int = FILE_BYTES) -> bytes | UnreadableFile:
        """The bytes of a file in it, `most` at most, or why they cannot be had."""
        content = self._place.read(self._names[entry.name], most)
        if isinstance(content, UnreadableFile):
            return content.model_copy(update={"file": entry.name})
        return content

    def inside(self, entry: Entry, meter: Meter | None = None, stack: ExitStack | None = None) -> Place:
        """A folder or an archive that is in it.

        Raises:
            Refused: It is an archive that cannot or must not be read.
            OSError: It cannot be opened.
        """
        return self._place.inside(self._names[entry.name], meter, stack)

    def modified(self, entry: Entry) -> datetime | None:
        """When a file in it was last changed, if that is known."""
        return self._place.modified(self._names[entry.name])

    def again(self, meter: Meter, stack: ExitStack) -> Place:
        """The same files, with another meter and stack."""
        return Gathered(self._place.again(meter, stack), self._names)
