"""Archives: which names are archives, how each kind is opened, and a place in one.

Nothing is ever unpacked to disk. What an archive really is says its first
bytes, not its name: a `.zip` that is a renamed `.tar.gz` is read as what it is.
Whatever is wrong with an archive ends as `Refused`, whose clause stands in the
report; an archive never ends a run.
"""

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import BinaryIO

from grader.findings import UnreadableFile
from grader.submission.caps import ARCHIVE_BYTES, DEPTH, FILE_BYTES, Meter, Refused
from grader.submission.place import Entry, Place, whole
from grader.submission.tars import read_tar
from grader.submission.tree import Node, shown
from grader.submission.unpacking import DAMAGED, Plain, Unpacked
from grader.submission.zips import read_zip

ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
"""Of the archives that are read."""

OTHER_ENDINGS = (
    ".rar",
    ".7z",
    ".zipx",
    ".tar.zst",
    ".tzst",
    ".tar.lz",
    ".tar.lzma",
    ".tar.z",
    ".cab",
    ".dmg",
)
"""Of those that are not: the standard library has no reader for them, or none with a bound."""

ERRORS = (
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
    tarfile.TarError,
)
"""What the library's readers raise over damaged bytes."""

_MAGIC = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"Rar!": ".rar",
    b"7z\xbc\xaf": ".7z",
    b"\x28\xb5\x2f\xfd": ".zst",
}


class ArchivePlace:
    """A folder in an archive.

    Args:
        archive: The archive's name.
        node: The folder.
        meter: Counts what is read.
        depth: 1 in an archive, 2 in an archive in an archive.
    """

    def __init__(self, archive: str, node: Node, meter: Meter, depth: int) -> None:
        self._archive = archive
        self._node = node
        self._meter = meter
        self._depth = depth

    def entries(self, most: int | None = None) -> list[Entry]:
        """What is in it, sorted by name; how much that can be was decided when the archive was opened."""
        return self._node.entries()

    def read(self, entry: Entry, most: int = FILE_BYTES) -> bytes | UnreadableFile:
        """The bytes of a file in it, `most` at most, or why they cannot be had."""
        if entry.kind == "folder":
            return UnreadableFile(file=entry.name, reason="folder")
        return whole(entry.name, self._load(entry, most + 1, self._meter), most)

    def inside(
        self, entry: Entry, meter: Meter | None = None, stack: ExitStack | None = None
    ) -> "ArchivePlace":
        """A folder or an archive that is in it.

        Raises:
            Refused: It is an archive that cannot or must not be read.
        """
        meter = meter or self._meter
        if entry.kind == "folder":
            return ArchivePlace(self._archive, self._node.children[entry.name], meter, self._depth)
        if self._depth >= DEPTH:
            raise Refused("it is an archive in an archive in an archive; pack the files only once")
        content = self._load(entry, ARCHIVE_BYTES + 1, meter)
        if isinstance(content, UnreadableFile):
            raise Refused(content.detail or content.reason)
        if len(content) > ARCHIVE_BYTES:
            raise Refused(f"the limit for an archive in an archive is {ARCHIVE_BYTES >> 20} MiB")
        return open_archive(io.BytesIO(content), entry.name, meter, self._depth + 1)

    def modified(self, entry: Entry) -> datetime | None:
        """When a file in it was last changed, as the archive has it."""
        return self._node.children[entry.name].modified

    def again(self, meter: Meter, stack: ExitStack) -> "ArchivePlace":
        """The same folder, with another meter."""
        return ArchivePlace(self._archive, self._node, meter, self._depth)

    def _load(self, entry: Entry, most: int, meter: Meter) -> bytes | UnreadableFile:
        load = self._node.children[entry.name].load
        assert load is not None, "a folder is not read"
        try:
            return load(meter, most)
        except Refused as refused:
            why = refused.why
        except ERRORS:
            why = f"the entry '{shown(entry.name)}' is damaged"
        return UnreadableFile(file=self._archive, reason="archive", detail=why)


def is_archive(name: str) -> bool:
    """Whether a file of this name is taken for an archive, of a kind that is read or not."""
    return name.lower().endswith(ENDINGS + OTHER_ENDINGS)


def stem(name: str) -> str:
    """The name of an archive without its ending."""
    for ending in sorted(ENDINGS + OTHER_ENDINGS, key=len, reverse=True):
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name


def open_archive(file: BinaryIO, name: str, meter: Meter, depth: int = 1) -> ArchivePlace:
    """The outermost folder of an archive.

    Args:
        file: Its bytes; it must stay open as long as the place is read.
        name: Its name.
        meter: Counts what is read.
        depth: How many archives it is in, itself included; at most `DEPTH`.

    Raises:
        Refused: It cannot or must not be read.
    """
    try:
        kind = _kind(file, name)
        if kind == "zip":
            node = read_zip(file, meter)
        elif kind in ("gzip", "bzip2", "xz"):
            node = read_tar(Unpacked(file, kind, meter), meter, ENDINGS + OTHER_ENDINGS)
        else:
            node = read_tar(Plain(file, meter), meter, ENDINGS + OTHER_ENDINGS)
    except ERRORS:
        raise Refused(DAMAGED) from None
    if not node.children:
        raise Refused("there is nothing in it")
    return ArchivePlace(name, node, meter, depth)


def _kind(file: BinaryIO, name: str) -> str:
    """What an archive is.

    Raises:
        Refused: It is of a kind that is not read.
    """
    head = file.read(512)
    file.seek(0)
    if not head:
        raise Refused("it is empty; perhaps the upload was cut short")
    kinds = [kind for magic, kind in _MAGIC.items() if head.startswith(magic)]
    if head[257:262] == b"ustar":
        kinds = ["tar"]
    other = next((ending for ending in OTHER_ENDINGS if name.lower().endswith(ending)), "")
    kind = kinds[0] if kinds else other or ("zip" if name.lower().endswith(".zip") else "tar")
    if kind.startswith("."):
        raise Refused(f"archives of this kind ({kind}) are not read; make a .zip instead")
    return kind


def unwrapped(place: Place, means: Callable[[Entry], bool]) -> Place:
    """The folder that holds what was handed in.

    Packing a folder packs its name too: while there is one folder and nothing
    else, it is only a wrapping.

    Args:
        place: An archive.
        means: Whether a folder's name means something, so that it is no wrapping.

    Raises:
        OSError, Refused: The folder cannot be opened.
    """
    for _ in range(3):  # home/ada/course/softmax.py is the most that anyone packs by accident
        there = [entry for entry in place.entries() if not entry.hidden]
        if len(there) != 1 or there[0].kind != "folder" or means(there[0]):
            break
        place = place.inside(there[0])
    return place
