"""The texts in a file that students get, whatever it is packed in.

A reference that lies in a zip of data is as readable as one that lies beside it.
Packed files are opened as far as the standard library can and a cap allows, a
notebook is the texts of its cells; what is no text is looked at byte by byte.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

UNPACKED = 64 << 20
"""Bytes that are read of one packed file: data for an exercise has a few MiB, and weights hold no text."""


@dataclass(frozen=True)
class Readable:
    """A text, or what can be read as one.

    Attributes:
        name: The file's name; of a packed one that of what is in it.
        text: What stands there.
        is_whole: Whether it is the file as it is, so that its lines are the file's.
    """

    name: str
    text: str
    is_whole: bool = True

    @property
    def is_code(self) -> bool:
        """Whether it is a module."""
        return self.name.endswith(".py")


def readable(name: str, content: bytes, is_whole: bool = True) -> Iterator[Readable]:
    """The texts of a file."""
    if content.startswith(b"\x1f\x8b"):
        yield from readable(name.removesuffix(".gz"), _unzipped(content), False)
    elif content.startswith(b"PK\x03\x04"):
        yield from _members(name, content)
    else:
        try:
            text = content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            # Letters and digits are where they are; nothing else is looked for in what is no text.
            yield Readable(name, content.decode("latin-1"), False)
            return
        cells = _cells(text) if name.endswith(".ipynb") else None
        yield Readable(name, text, is_whole) if cells is None else Readable(name, cells, False)


def _unzipped(content: bytes) -> bytes:
    """What is in a .gz, as far as it can be read."""
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            return stream.read(UNPACKED)
    except (OSError, EOFError, zlib.error):
        return content[2:]  # no longer the beginning of one: looked at byte by byte


def _members(name: str, content: bytes) -> Iterator[Readable]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            left = UNPACKED
            for entry in archive.infolist():
                with archive.open(entry) as stream:
                    inner = stream.read(left)
                left -= len(inner)
                yield from readable(entry.filename, inner, False)
    except (OSError, ValueError, RuntimeError, EOFError, zlib.error, zipfile.BadZipFile):
        yield Readable(name, content.decode("latin-1"), False)


def _cells(text: str) -> str | None:
    """The texts in a notebook, one below the other; None if it is no JSON."""
    try:
        return "\n".join(strings(json.loads(text)))
    except (ValueError, RecursionError):
        return None


def strings(data: object) -> Iterator[str]:
    """All texts of some plain data; lines that stand in a list are one text."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list) and data and all(isinstance(each, str) for each in data):
        yield "".join(data)
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from strings(each)
