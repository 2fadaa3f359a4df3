"""A student's code as it was handed in, with the lines marked that findings speak of.

Bytes that are no text, lines of any length and files of any size come out as a
bounded number of short, inert lines. Of a long file the beginning and what is
around each marked line is shown. Of a notebook the cells that were used are
shown, one below the other; they were taken out of it on the far side, and no
notebook is read here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

from grader.findings import Finding, Frame
from grader.report.about_cells import cells as cells_told
from grader.report.model import ExerciseReport
from grader.report.numbers import count, listed
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

_CELL = re.compile(r"cell ([1-9]\d{0,4})")
"""What findings call a notebook's cell."""

_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_ENCODINGS = frozenset({"ascii", "latin-1", "iso-8859-1", "iso-8859-15", "cp1252", "windows-1252"})
"""Encodings that Python's own files name beside UTF-8; with any other one, bytes are shown replaced."""


@dataclass(frozen=True)
class Line:
    """A line of code, a gap between lines, or what stands above a cell.

    Attributes:
        kind: Which of them.
        number: Its number in its file or cell, from 1; 0 for what is no code.
        text: What stands there, inert; for a gap how much is left out.
        marks: What findings call it, such as 'exception'; () where none speaks of it.
    """

    kind: Literal["code", "gap", "cell"]
    number: int
    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """A file.

    Attributes:
        name: Its name, inert.
        lines: What is shown of it.
        extent: How many lines it has, or which of its cells were used.
        marked: Which lines are marked, in words; '' if none is.
    """

    name: str
    lines: tuple[Line, ...]
    extent: str
    marked: str


def listings(
    report: ExerciseReport, files: Sequence[SubmittedFile], cells: Mapping[int, str] | None = None
) -> tuple[Listing, ...]:
    """What an exercise was read from, files with marked lines first.

    Args:
        report: The exercise, as the student may see it.
        files: What was handed in for it, the main file first.
        cells: The code cells, by number, of the notebook that it was read from, if it was.
    """
    spoken = _Spoken(report)
    sources = [file for file in files if not file.name.lower().endswith(".ipynb")]
    shown = [_listing(_of_file(file), spoken) for file in sources[:_FILES]]
    if cells and (code := _of_cells(report, files, cells, spoken)) is not None:
        shown.insert(0, _listing(code, spoken))
    return tuple(sorted(shown, key=lambda each: not each.marked))


@dataclass(frozen=True)
class _Code:
    """Lines of one file, or of several cells one below the other.

    Attributes:
        name: Its name; hostile text.
        extent: How much of it there is, in words.
        lines: All lines.
        parts: For the file, or for each cell, how many lines stand before it and in it.
        cells: Whether they are cells.
    """

    name: str
    extent: str
    lines: Sequence[str]
    parts: Mapping[str, tuple[int, int]]
    cells: bool

    def place(self, part: str, number: int) -> int | None:
        """Which line, from 1, a finding's place is, if it is one of these."""
        before, there = self.parts.get(part, (0, 0))
        return before + number if 0 < number <= there else None

    def part(self, place: int) -> tuple[str, int]:
        """The part that a line is in, and its number there."""
        name, (before, _) = self._ordered[bisect_left(self._ordered, place, key=lambda each: each[1][0]) - 1]
        return name, place - before

    @cached_property
    def _ordered(self) -> list[tuple[str, tuple[int, int]]]:
        return list(self.parts.items())


def _of_file(file: SubmittedFile) -> _Code:
    lines = _lines(decoded(file.content))
    return _Code(file.name, count(len(lines), "line"), lines, {file.name: (0, len(lines))}, cells=False)


def _of_cells(
    report: ExerciseReport, files: Sequence[SubmittedFile], cells: Mapping[int, str], spoken: _Spoken
) -> _Code | None:
    """The cells that were used, and those that findings speak of; None where it is neither."""
    use = report.notebook
    used = use.used if use is not None else ()
    shown = [number for number in sorted({*used, *spoken.cells}) if number in cells]
    if not shown:
        return None
    books = (file.name for file in files if file.name.lower().endswith(".ipynb"))
    lines: list[str] = []
    parts = {}
    for number in shown:
        found = _lines(cells[number])
        parts[f"cell {number}"] = (len(lines), len(found))
        lines += found
    of = f" of {use.cells:,}" if use is not None else ""
    book = use.file if use is not None else next(books, "notebook")
    return _Code(book, cells_told(shown) + of, lines, parts, cells=True)


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


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

    @property
    def cells(self) -> set[int]:
        """The cells that they speak of."""
        places = (_CELL.fullmatch(file) for file, _ in self._lines)
        return {int(cell[1]) for cell in places if cell}

    def marks(self, code: _Code) -> dict[int, tuple[str, ...]]:
        """The lines of code that they speak of, each with the findings' codes."""
        found: dict[int, list[str]] = {}
        for (part, number), codes in self._lines.items():
            if (place := code.place(part, number)) is not None:
                found[place] = codes
        for function, codes in self._functions.items():
            head = re.compile(rf"\s*(?:async\s+)?(?:def|class)\s+{function}\b")
            # The last definition is the one that counts.
            searched = enumerate(code.lines[:_SEARCHED], 1)
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


def _listing(code: _Code, spoken: _Spoken) -> Listing:
    marks = spoken.marks(code)
    return Listing(name(code.name), tuple(_shown(code, marks)), code.extent, _places(code, tuple(marks)))


def _places(code: _Code, marked: Sequence[int]) -> str:
    """`lines 4 and 9`, or `cell 7, lines 1 and 2; cell 9, line 3`."""
    found: dict[str, list[str]] = {}
    for part, number in map(code.part, marked):
        found.setdefault(part, []).append(f"{number:,}")
    told = (
        (part, f"{'line' if len(numbers) == 1 else 'lines'} {listed(numbers, _MARKS)}")
        for part, numbers in found.items()
    )
    return "; ".join(f"{part}, {lines}" if code.cells else lines for part, lines in told)


def decoded(content: bytes) -> str:
    """Source text as Python would read it; what Python could not read is replaced."""
    for line in content[:2000].split(b"\n")[:2]:
        cookie = _COOKIE.match(line)
        if cookie and (encoding := cookie[1].decode("ascii").lower().replace("_", "-")) in _ENCODINGS:
            return content.decode(encoding, "replace")
    return content.decode("utf-8-sig", "replace")


def _shown(code: _Code, marks: Mapping[int, tuple[str, ...]]) -> Iterator[Line]:
    last, total, above = 0, len(code.lines), ""
    for place in _numbers(total, tuple(marks)):
        if place > last + 1:
            yield _gap(code, last + 1, place - 1)
        part, number = code.part(place)
        if code.cells and part != above:
            yield Line("cell", 0, part)
        yield Line("code", number, safe_text(code.lines[place - 1], _LINE), marks.get(place, ()))
        last, above = place, part
    if last < total:
        yield _gap(code, last + 1, total)


def _gap(code: _Code, first: int, last: int) -> Line:
    many = last - first + 1
    if code.cells:
        return Line("gap", 0, f"{count(many, 'line is', 'lines are')} not shown")
    return Line("gap", 0, f"lines {first:,} to {last:,} are not shown")


def _numbers(total: int, marked: Sequence[int]) -> list[int]:
    """Which lines are shown."""
    if total <= WHOLE:
        return list(range(1, total + 1))
    kept = set(range(1, _BEGINNING + 1))
    for number in marked:
        kept.update(range(max(1, number - _AROUND), min(total, number + _AROUND) + 1))
    return sorted(kept)
