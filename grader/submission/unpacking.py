"""Decompress a stream in small steps: gzip, bzip2, xz, or nothing at all.

The standard library's decompressors are enough here, driven by hand: each
takes a bound on what it gives at a time, and lzma one on its memory. The
file-like wrappers round them are not: tarfile's own stream unpacks 10 KB of
bzip2 at a time, which can be 10 GB, and LZMAFile sets no bound on memory.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

from grader.submission.caps import DICTIONARY_BYTES, STREAMS, Meter, Refused

_STEP = 64 << 10
"""Bytes read, and most bytes given, in one step."""

BREAKS_OFF = "it breaks off in the middle; perhaps the upload was cut short"
DAMAGED = "it is damaged; perhaps the upload was cut short"


class Source(Protocol):
    """A stream of bytes, read once from beginning to end."""

    def piece(self) -> bytes:
        """The next bytes, 64 KiB at most; none at the end."""

    def finish(self) -> None:
        """Nothing more is wanted: see whether it is whole, as far as that can be told."""


class Plain:
    """A stream that is not compressed."""

    def __init__(self, file: BinaryIO, meter: Meter) -> None:
        self._file = file
        self._meter = meter

    def piece(self) -> bytes:
        """The next bytes; none at the end."""
        given = self._file.read(_STEP)
        self._meter.unpack(len(given), len(given))
        return given

    def finish(self) -> None:
        """Nothing tells whether it is whole."""


class Unpacked:
    """A compressed stream, unpacked as it is read.

    Streams that follow one another are one, as with `cat a.gz b.gz`; anything
    else after the end is left alone.

    Args:
        file: The compressed bytes.
        kind: 'gzip', 'bzip2' or 'xz'.
        meter: Counts bytes in and out.
    """

    def __init__(self, file: BinaryIO, kind: str, meter: Meter) -> None:
        self._file = file
        self._meter = meter
        self._magic, self._start = _CODECS[kind]
        self._codec: _Codec | None = self._start()
        self._pending = b""
        self._exhausted = False
        self._streams = 1

    def piece(self) -> bytes:
        """The next bytes; none at the end.

        Raises:
            Refused: It breaks off, or costs too much.
            zlib.error, OSError: It is damaged.
        """
        while self._codec is not None:
            if not self._pending and self._codec.needs_input:
                self._pending = self._take()
            starved = self._exhausted and not self._pending
            try:
                given = self._codec.decompress(self._pending, _STEP)
            except lzma.LZMAError as error:
                raise Refused(_of_lzma(error)) from None
            self._pending = b""
            self._meter.unpack(0, len(given))
            if self._codec.eof:
                self._next_stream()
            elif starved and not given and self._codec.needs_input:
                raise Refused(BREAKS_OFF)
            if given:
                return given
        return b""

    def finish(self) -> None:
        """Unpack the rest, so that the sum at the end is checked.

        Raises:
            Refused, zlib.error, OSError: As for `piece`.
        """
        while self.piece():
            pass

    def _take(self) -> bytes:
        taken = self._file.read(_STEP)
        self._exhausted = not taken
        self._meter.unpack(len(taken), 0)
        return taken

    def _next_stream(self) -> None:
        assert self._codec is not None
        rest = self._codec.unused_data.lstrip(b"\0")  # padding up to a whole block
        while len(rest) < len(self._magic) and (more := self._take()):
            rest = (rest + more).lstrip(b"\0")
        if not rest.startswith(self._magic):
            self._codec = None
            return
        self._streams += 1
        if self._streams > STREAMS:
            raise Refused(f"it is made of more than {STREAMS:,} pieces")
        self._codec, self._pending = self._start(), rest


class _Codec(Protocol):
    """A decompressor as those of bz2 and lzma are."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib's decompressor, made to look like the other two."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


_CODECS: dict[str, tuple[bytes, Callable[[], _Codec]]] = {
    "gzip": (b"\x1f\x8b", _Gzip),
    "bzip2": (b"BZh", bz2.BZ2Decompressor),
    "xz": (b"\xfd7zXZ\0", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=DICTIONARY_BYTES)),
}
"""For each kind: how a stream begins, and a fresh decompressor."""


def _of_lzma(error: lzma.LZMAError) -> str:
    if "emory" in str(error):
        return f"unpacking it would take more than {DICTIONARY_BYTES >> 20} MiB of memory"
    return DAMAGED
