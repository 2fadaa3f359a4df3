"""Read a tar from beginning to end, once.

The standard library's tarfile decodes each header block (its sum, its numbers,
its names); the loop over the blocks is ours. tarfile's own reads extended
headers of any length into memory, follows chains of them by recursion, takes
time with the square of their length in some versions of Python, and takes a
damaged header in the middle for the end. What is no plain file or folder is refused.
"""

import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime

from grader.findings import UnreadableFile
from grader.submission.caps import (
    ARCHIVE_BYTES,
    FILE_BYTES,
    HEADER_BYTES,
    METADATA_BYTES,
    NOTEBOOK_BYTES,
    RECORDS,
    Meter,
    Refused,
    most_of,
)
from grader.submission.names import GRADESCOPE_EXPORT
from grader.submission.place import hidden, too_large
from grader.submission.tree import Load, Node, Tree, shown, split, tells_times, wanted
from grader.submission.unpacking import BREAKS_OFF, DAMAGED, Source

_BLOCK = 512
_FILES = (b"0", b"\0", b"7")
_FOLDERS = (b"5", b"D")
_LABEL = b"V"


@dataclass
class _Extended:
    """What stands in front of a header and is about the next entry."""

    name: str | None = None
    size: int | None = None


class _Blocks:
    """A source, read in exact amounts."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._buffer = memoryview(b"")

    def take(self, size: int) -> bytes:
        """Exactly `size` bytes, or fewer at the end."""
        parts: list[memoryview] = []
        while size > 0:
            if not self._buffer:
                self._buffer = memoryview(self._source.piece())
                if not self._buffer:
                    break
            parts.append(self._buffer[:size])
            self._buffer = self._buffer[size:]
            size -= len(parts[-1])
        return b"".join(parts)

    def data(self, size: int, most: int) -> bytes:
        """The data of an entry: at most `most` bytes; the rest and the padding are skipped.

        Raises:
            Refused: It is not all there.
        """
        content = self.take(min(size, most))
        left = size - len(content)
        left += -size % _BLOCK
        while left > 0:
            skipped = len(self.take(min(left, 1 << 20)))
            if not skipped:
                raise Refused(BREAKS_OFF)
            left -= skipped
        return content


def read_tar(source: Source, meter: Meter, archives: tuple[str, ...]) -> Node:
    """The tree of a tar.

    Args:
        source: The tar, unpacked.
        meter: Counts entries, and the bytes that are kept.
        archives: Endings of files that may be opened later as archives.

    Raises:
        Refused: It must not be read, or is damaged.
        tarfile.HeaderError: A header is damaged.
    """
    blocks, tree, extended = _Blocks(source), Tree(meter), _Extended()
    count = 0
    while header := blocks.take(_BLOCK):
        if not any(header):
            break
        info = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        count += 1
        if info.size < 0:
            raise Refused(DAMAGED)
        if info.type in b"LKxgXA":
            meter.entry()  # or a chain of them would cost nothing
            _extend(extended, info, blocks)
            continue
        _entry(info, extended, blocks, tree, meter, archives)
        extended = _Extended()
    source.finish()
    if not count:
        raise Refused("there is nothing in it")
    return tree.root


def _extend(extended: _Extended, info: tarfile.TarInfo, blocks: _Blocks) -> None:
    """Read a long name or an extended header."""
    if info.size > HEADER_BYTES:
        raise Refused(f"it holds a header of {info.size:,} bytes; the limit is {HEADER_BYTES >> 10} KiB")
    data = blocks.data(info.size, info.size)
    if info.type == b"L":
        extended.name = data.rstrip(b"\0").decode("utf-8", "surrogateescape")
    elif info.type in (b"x", b"X", b"g"):
        for key, value in _records(data):
            if key.startswith(b"GNU.sparse"):
                raise Refused("it holds a file with holes; pack it without --sparse")
            if info.type == b"g" and key in (b"path", b"size"):
                raise Refused("one header renames or resizes all its files")
            if key == b"path":
                extended.name = value.decode("utf-8", "surrogateescape")
            elif key == b"size":
                extended.size = _number(value)


def _records(data: bytes) -> list[tuple[bytes, bytes]]:
    """The records of an extended header: each is its length, a space, key=value and a line feed."""
    records: list[tuple[bytes, bytes]] = []
    at = 0
    while at < len(data) and data[at]:
        space = data.find(b" ", at, at + 10)
        end = at + _number(data[at:space]) if space > 0 else -1
        key, equals, value = data[space + 1 : end - 1].partition(b"=")
        if not at < end <= len(data) or not equals or len(records) == RECORDS:
            raise Refused(DAMAGED)
        records.append((key, value))
        at = end
    return records


def _number(digits: bytes) -> int:
    if not digits.isdigit() or len(digits) > 15:
        raise Refused(DAMAGED)
    return int(digits)


def _entry(
    info: tarfile.TarInfo,
    extended: _Extended,
    blocks: _Blocks,
    tree: Tree,
    meter: Meter,
    archives: tuple[str, ...],
) -> None:
    name = info.name if extended.name is None else extended.name
    size = info.size if extended.size is None else extended.size
    if info.type == _LABEL:
        blocks.data(size, 0)
    elif info.type in _FOLDERS or (info.type in _FILES and name.endswith(("/", "\\"))):
        tree.folder(name)
        blocks.data(size if info.type != b"5" else 0, 0)
    elif info.type in _FILES:
        _file(name, size, _modified(info), blocks, tree, meter, archives)
    elif info.type in (b"1", b"2"):
        raise Refused(f"the entry '{shown(name)}' is a link")
    elif info.type == b"S":
        raise Refused(f"the entry '{shown(name)}' is a file with holes; pack it without --sparse")
    else:
        raise Refused(f"the entry '{shown(name)}' is not an ordinary file")


def _modified(info: tarfile.TarInfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(info.mtime, UTC) if info.mtime else None
    except (ValueError, OverflowError, OSError):
        return None


def _file(
    name: str,
    size: int,
    modified: datetime | None,
    blocks: _Blocks,
    tree: Tree,
    meter: Meter,
    archives: tuple[str, ...],
) -> None:
    """Add a file; its bytes are kept if an exercise may ask for them, or if it is an archive."""
    parts = split(name)
    most = 0
    if parts and (wanted(parts) or tells_times(parts)):
        most = METADATA_BYTES if parts[-1] == GRADESCOPE_EXPORT else most_of(parts[-1])
    elif parts and parts[-1].lower().endswith(archives) and not any(map(hidden, parts)):
        most = ARCHIVE_BYTES
    if not most or size > most or not meter.keep(size):
        tree.file(name, _left(parts[-1] if parts else "", size, most), modified)
        blocks.data(size, 0)
    else:
        content = blocks.data(size, size)
        tree.file(name, lambda meter, most: content[:most], modified)


def _left(name: str, size: int, most: int) -> Load:
    """For a file whose bytes were not kept."""

    def load(meter: Meter, asked: int) -> bytes | UnreadableFile:
        if size > most and most in (FILE_BYTES, NOTEBOOK_BYTES, METADATA_BYTES):
            return too_large(name, most)
        detail = (
            f"the limit for an archive in an archive is {ARCHIVE_BYTES >> 20} MiB"
            if size > most
            else "there is too much before it in the same archive"
        )
        return UnreadableFile(file=name, reason="too-large", detail=detail)

    return load
