"""How much is read of what strangers hand in, with the reason for each number.

The caps count what really happened (bytes that came out of a decompressor,
names that were met), never what an archive says of itself. One meter runs
for all the archives of a student, so that many small bombs are one large one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

FILE_BYTES = 5 << 20
"""Largest file that is read: the longest source files have 100 KB."""

NOTEBOOK_BYTES = 20 << 20
"""Largest notebook: forty plots of 300 KB each, written as text, and a run that printed each step."""

METADATA_BYTES = 32 << 20
"""Largest list of submissions in an export: Gradescope puts the results of every test into it, 30 KB of each
student."""

STUDENT_BYTES = 64 << 20
"""Most that is read of one student for all exercises: a dozen notebooks full of pictures. What goes to
the far side for one exercise must stay under the wire's cap, 256 MiB."""

ARCHIVE_BYTES = 64 << 20
"""Largest archive inside an archive: it is held in memory. Learning platforms take 10 to 100 MB."""

DEPTH = 2
"""How deep archives are opened: the download of a class, and in it what each student handed in."""

NAME_CHARACTERS = 1000
"""Longest name of an entry, folders included: four times what Windows can unpack."""

PART_BYTES = 255
"""Longest name of a file or folder: no file system takes more, and no report could be filed under it."""

FOLDER_NAMES = 50_000
"""Names that are kept of a student's folder on disk, source and archives first: as many as in archives."""

LEVELS = 5
"""Folders that are kept of a name: a folder round the class, one round the submission, student, exercise.
Below lie environments and data sets: their names are checked and forgotten."""

DIRECTORY_BYTES = 160
"""Of a zip's directory, for each entry that is allowed: 46, the name, and time stamps."""

HEADER_BYTES = 64 << 10
"""Of one long name or extended header in a tar: names have at most 1000 characters, attributes a few KB."""

RECORDS = 100
"""In one extended header: there are a dozen kinds, and an attribute of a file system is one each."""

DICTIONARY_BYTES = 80 << 20
"""Memory that unpacking an .xz may take: `xz -9`, the most that anyone asks for, needs 65 MiB."""

STREAMS = 20_000
"""Streams that follow one another in one .gz, .bz2 or .xz: parallel packers begin one every 64 KB or more."""

RATIO = 200
"""Bytes out for a byte in: code and notebooks give 3 to 20, only zeros and bombs more than 200."""

RATIO_FROM = 32 << 20
"""Bytes out before the ratio counts, so that a small file of zeros is no bomb."""


class Refused(Exception):
    """An archive that cannot or must not be read, and why.

    Attributes:
        why: A clause for 'where' in a report; names in it are hostile text.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class BadEntry(Refused):
    """An entry of an archive that must not be read, whatever else is in the archive."""


def most_of(name: str) -> int:
    """The bytes that a file of this name may have."""
    return NOTEBOOK_BYTES if name.lower().endswith(".ipynb") else FILE_BYTES


@dataclass(frozen=True)
class Caps:
    """What archives may cost.

    Attributes:
        entries: Names in them.
        unpacked: Bytes that come out of decompressors, or of a tar, wanted or not.
        kept: Bytes held in memory of a tar, which can be read only once.
    """

    entries: int
    unpacked: int
    kept: int


STUDENT = Caps(entries=50_000, unpacked=512 << 20, kept=STUDENT_BYTES)
"""Of one student's archives. An environment with torch, handed in by mistake, has 30,000 files; a data
set that goes with an exercise, 200 MB; half a gigabyte takes 2 s to unpack, as .bz2 half a minute."""

CLASS = Caps(entries=200_000, unpacked=8 << 30, kept=1 << 30)
"""Of the archive of a class, which staff chose to trust that far: 2000 students with 100 files and 4 MB
each. As a tar it must fit into memory; as a zip it need not."""


class Meter:
    """What reading archives has cost so far.

    Args:
        caps: What it may cost.
        forgiving: Whether a bad entry is left out instead of its archive: in that of a class, one
            student's odd name must not cost all others their marks.

    Attributes:
        caps: What it may cost.
        subject: What costs too much, for a sentence.
        left_out: Why each entry was left out.
    """

    def __init__(self, caps: Caps, *, forgiving: bool = False) -> None:
        self.caps = caps
        self.subject = "it holds"
        self.left_out: list[str] = []
        self._forgiving = forgiving
        self._entries = self._taken = self._unpacked = self._kept = self._held = 0

    @contextmanager
    def each(self) -> Iterator[None]:
        """Round what is done with one entry.

        Raises:
            BadEntry: The entry must not be read, and nothing is forgiven.
        """
        try:
            yield
        except BadEntry as bad:
            if not self._forgiving:
                raise
            self.left_out.append(bad.why)

    def entry(self) -> None:
        """Count a name.

        Raises:
            Refused: There are too many.
        """
        self._entries += 1
        if self._entries > self.caps.entries:
            raise self._too_much(f"{self.caps.entries:,} entries")

    def unpack(self, taken: int, given: int) -> None:
        """Count bytes that went into a decompressor, and bytes that came out.

        Raises:
            Refused: There are too many, or they grow too much.
        """
        self._taken += taken
        self._unpacked += given
        if max(self._unpacked, self._taken) > self.caps.unpacked:
            raise self._too_much(f"{self.caps.unpacked >> 20} MiB")
        if self._unpacked > max(RATIO_FROM, RATIO * self._taken):
            raise Refused(
                f"it grows more than {RATIO} times when it is unpacked; leave data and trained weights out"
            )

    def keep(self, size: int) -> bool:
        """Whether so many bytes more can be held in memory; counts them if so."""
        if self._kept + size > self.caps.kept:
            return False
        self._kept += size
        return True

    @property
    def is_full(self) -> bool:
        """Whether no more files are to be read."""
        return self._held >= STUDENT_BYTES

    def hold(self, size: int) -> None:
        """Count the bytes of a file that was read."""
        self._held += size

    def _too_much(self, limit: str) -> Refused:
        return Refused(f"{self.subject} more than {limit}; leave environments and data sets out")
