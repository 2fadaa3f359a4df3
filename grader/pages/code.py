"""A student's files as they were handed in, with the lines marked that findings speak of.

Bytes that are no text, lines of any length and files of any size come out as a
bounded number of short, inert lines. Of a long file the beginning and what is
around each marked line is shown. Notebooks are not read here: they come back as
pages of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from grader.findings import Finding, Frame
from grader.report.model import ExerciseReport
from grader.report.safe import safe_text
from grader.report.words import name
from grader.submission import SubmittedFile

WHOLE = 300
"""Lines of a file that is shown whole: longer than an exercise is."""

_BEGINNING = 30
"""Lines at the beginning of a longer file, where its imports are."""

_AROUND = 12
"""Lines before and after a marked one in a longer file."""

_Key = TypeVar("_Key")

_LINE = 240
"""Characters of a line: longer ones are data, or a trick."""

_SEARCHED = 20_000
"""Lines that are searched for a function: some milliseconds, whatever was handed in."""

_FILES = 8
"""Files of an exercise that are shown."""

_MARKS = 20
"""Lines of a file that are marked: more is no mark."""

_CALLED = re.compile(r"(?:model\.)?([^\W\d]\w{0,99})\(")
"""The function of a call in short form."""

_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_ENCODINGS = frozenset({"ascii", "latin-1", "iso-8859-1", "iso-8859-15", "cp1252", "windows-1252"})
"""Encodings that Python's own files name beside UTF-8; with any other one, bytes are shown replaced."""


@dataclass(frozen=True)
class Line:
    """A line of code, or a gap between lines.

    Attributes:
        number: Its number, from 1; 0 for a gap.
        text: What stands there, inert; for a gap how much is left out.
        marks: What findings call it, such as 'exception'; () where none speaks of it.
    """

    number: int
    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """A file.

    Attributes:
        name: Its name, inert.
        lines: What is shown of it.
        total: How many lines it has.
        marked: Which lines are marked.
    """

    name: str
    lines: tuple[Line, ...]
    total: int
    marked: tuple[int, ...]


def listings(report: ExerciseReport, files: Sequence[SubmittedFile]) -> tuple[Listing, ...]:
    """The files that an exercise was read from, those with marked lines first.

    Args:
        report: The exercise, as the student may see it.
        files: What was handed in for it, the main file first.
    """
    spoken = _Spoken(report)
    sources = [file for file in files if not file.name.lower().endswith(".ipynb")]
    shown = [_listing(file, spoken) for file in sources[:_FILES]]
    return tuple(sorted(shown, key=lambda each: not each.marked))


class _Spoken:
    """What findings speak of: lines where they have some, else the function that was called."""

    def __init__(self, report: ExerciseReport) -> None:
        self._lines: dict[tuple[str, int], list[str]] = {}
        self._functions: dict[str, list[str]] = {}
        for finding in (*report.findings, *(each for test in report.tests for each in test.findings)):
            if frames := _frames(finding):
                for frame in frames:
                    _note(self._lines, (frame.file, frame.line), finding.code)
            elif finding.call is not None and (called := _CALLED.match(finding.call)):
                _note(self._functions, called[1], finding.code)

    def marks(self, file: str, lines: Sequence[str]) -> dict[int, tuple[str, ...]]:
        """The lines of a file that they speak of, each with the findings' codes."""
        found: dict[int, list[str]] = {}
        for (named, number), codes in self._lines.items():
            if named == file and 0 < number <= len(lines):
                found[number] = codes
        for function, codes in self._functions.items():
            head = re.compile(rf"\s*(?:async\s+)?(?:def|class)\s+{function}\b")
            # The last definition is the one that counts.
            searched = enumerate(lines[:_SEARCHED], 1)
            number = max((i for i, line in searched if head.match(line[:_LINE])), default=0)
            if number:
                found[number] = list(dict.fromkeys((*found.get(number, ()), *codes)))
        return {number: tuple(found[number]) for number in sorted(found)[:_MARKS]}


def _note(found: dict[_Key, list[str]], key: _Key, code: str) -> None:
    codes = found.setdefault(key, [])
    if code not in codes:
        codes.append(code)


def _frames(finding: Finding) -> tuple[Frame, ...]:
    frame = getattr(finding, "frame", None)
    frames: tuple[Frame, ...] = getattr(finding, "frames", ())
    return (frame, *frames) if isinstance(frame, Frame) else frames


def _listing(file: SubmittedFile, spoken: _Spoken) -> Listing:
    lines = decoded(file.content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    marks = spoken.marks(file.name, lines)
    return Listing(name(file.name), tuple(_shown(lines, marks)), len(lines), tuple(marks))


def decoded(content: bytes) -> str:
    """Source text as Python would read it; what Python could not read is replaced."""
    for line in content[:2000].split(b"\n")[:2]:
        cookie = _COOKIE.match(line)
        if cookie and (encoding := cookie[1].decode("ascii").lower().replace("_", "-")) in _ENCODINGS:
            return content.decode(encoding, "replace")
    return content.decode("utf-8-sig", "replace")


def _shown(lines: Sequence[str], marks: Mapping[int, tuple[str, ...]]) -> Iterator[Line]:
    last = 0
    for number in _numbers(len(lines), tuple(marks)):
        if number > last + 1:
            yield Line(0, f"lines {last + 1:,} to {number - 1:,} are not shown")
        yield Line(number, safe_text(lines[number - 1], _LINE), marks.get(number, ()))
        last = number
    if last < len(lines):
        yield Line(0, f"lines {last + 1:,} to {len(lines):,} are not shown")


def _numbers(total: int, marked: Sequence[int]) -> list[int]:
    """Which lines are shown."""
    if total <= WHOLE:
        return list(range(1, total + 1))
    kept = set(range(1, _BEGINNING + 1))
    for number in marked:
        kept.update(range(max(1, number - _AROUND), min(total, number + _AROUND) + 1))
    return sorted(kept)
