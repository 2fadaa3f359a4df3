"""Read a zip: its directory at once, each wanted file when it is asked for.

The standard library's zipfile is enough under three conditions, which hold
here: the directory is handed to it through a file that gives no more than the
cap; entries that share bytes are refused (a bomb of 42 KB holds 5 GB that way);
and only stored and deflated files are read, because zipfile unpacks the other
kinds without a bound. It checks that both names of a file agree, and its sum.
"""

import io
import stat
import struct
import zipfile
from datetime import UTC, datetime
from typing import BinaryIO

from grader.submission.caps import DIRECTORY_BYTES, BadEntry, Meter, Refused
from grader.submission.tree import Load, Node, Tree, shown

_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # the file, strongly, or its name
_TIMES = 0x5455  # the extra field "UT", of Info-ZIP and macOS
_NO_DATE = (1980, 1, 1, 0, 0, 0)  # what packers write that keep no times
_LOCAL_HEADER = 30  # bytes before the name, which stands there again


def read_zip(file: BinaryIO, meter: Meter) -> Node:
    """The tree of a zip.

    Args:
        file: The zip, which must stay open as long as files are read from the tree.
        meter: Counts the entries.

    Raises:
        Refused: It must not be read.
        zipfile.BadZipFile, and others of `archive.DAMAGED`: It cannot be.
    """
    capped = _Capped(file, DIRECTORY_BYTES * meter.caps.entries)
    archive = zipfile.ZipFile(capped)
    capped.cap = None  # files are read in amounts that whoever reads them chooses
    tree = Tree(meter)
    for info in archive.infolist():
        name = info.orig_filename
        with meter.each():
            _refuse_special(info, name)
            if name.endswith(("/", "\\")):
                tree.folder(name)
            else:
                tree.file(name, _loader(archive, info), _modified(info))
    _refuse_shared_bytes(archive)
    return tree.root


class _Capped(io.RawIOBase):
    """A file that gives no more than a cap at once: zipfile reads a directory of any size in one go."""

    def __init__(self, file: BinaryIO, cap: int) -> None:
        super().__init__()
        self._file = file
        self.cap: int | None = cap

    def read(self, size: int = -1, /) -> bytes:
        if self.cap is None:
            return self._file.read(size)
        given = self._file.read(min(size, self.cap + 1) if size >= 0 else self.cap + 1)
        if len(given) > self.cap:
            raise Refused(f"its directory is larger than {self.cap >> 20} MiB; leave environments out")
        return given

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def _refuse_special(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise Refused("it has a password; make it again without one")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise BadEntry(f"the entry '{shown(name)}' is a link")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadEntry(f"the entry '{shown(name)}' is not an ordinary file")


def _refuse_shared_bytes(archive: zipfile.ZipFile) -> None:
    """Refuse entries that overlap each other or the directory: whoever packs files never makes such."""
    limit = archive.start_dir
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset, reverse=True):
        end = info.header_offset + _LOCAL_HEADER + len(info.orig_filename) + info.compress_size
        if info.header_offset < 0 or end > limit:
            raise Refused(f"the entry '{shown(info.orig_filename)}' shares its bytes with another")
        limit = info.header_offset


def _modified(info: zipfile.ZipInfo) -> datetime | None:
    """When an entry was last changed: in UTC if an extra field has it, else by the clock that packed it."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _TIMES and 5 <= size <= len(extra) - 4 and extra[4] & 1:
            return datetime.fromtimestamp(struct.unpack_from("<I", extra, 5)[0], UTC)
        extra = extra[4 + size :]
    try:
        return datetime(*info.date_time) if info.date_time > _NO_DATE else None
    except ValueError:
        return None


def _loader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Load:
    def load(meter: Meter, most: int) -> bytes:
        if info.compress_type not in _READ:
            raise Refused("it is compressed in an unusual way; make the .zip again with the usual settings")
        with archive.open(info) as stream:
            content = stream.read(most)
        meter.unpack(min(info.compress_size, most), len(content))
        return content

    return load
