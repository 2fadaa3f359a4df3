"""Pages for staff: a list of the pairs, and one page a pair with both sides and the same parts in one colour.

Static, without scripts or requests, and readable without colours: each part has
a number that leads to the other side. Every string of a student's is made inert
and escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

from grader.report.safe import safe_text
from grader.report.templating import templates
from grader.similar.code import Code
from grader.similar.finding import Found
from grader.similar.report import Lines, Pair, Similarity
from grader.similar.telling import ABOUT_USUAL, NOTHING, PAIRS, USUAL, named, percent, usual

_TEMPLATES = Path(__file__).parent / "templates"

HUES = 6
"""Colours; the seventh part has the first one again, and its own number."""

MOST_LINES = 2000
"""Of one side: what is shown of code that is one statement and a hundred thousand blank lines."""

MOST_PAGES = 200
"""Pairs with a page: whoever has more to read has asked the wrong question."""

WIDTH = 400
"""Characters of a line."""

Side = Literal["first", "second"]
SIDES: tuple[Side, Side] = ("first", "second")


@dataclass(frozen=True)
class _Chunk:
    """Lines that belong to the same part, or to none.

    Attributes:
        number: Of the part, from 1; 0 for none.
        lines: Numbers and texts.
        anchor: What the other side's part leads to; '' where it is not the beginning of one.
        other: What leads to the other side.
    """

    number: int
    lines: tuple[tuple[int, str], ...]
    anchor: str = ""
    other: str = ""

    @property
    def hue(self) -> int:
        """Its colour, from 1."""
        return (self.number - 1) % HUES + 1


@dataclass(frozen=True)
class _File:
    """A file or a cell on the page."""

    name: str
    chunks: tuple[_Chunk, ...]


@dataclass(frozen=True)
class _Exercise:
    """One exercise of a pair."""

    name: str
    told: str
    sides: tuple[tuple[str, tuple[_File, ...]], ...]


def pages(found: Found) -> Iterator[tuple[str, bytes]]:
    """The name and the content of each page, the index first."""
    told = found.report
    together: dict[tuple[str, str], list[Pair]] = {}
    for pair in told.pairs:
        together.setdefault(pair.students, []).append(pair)
    names = {students: f"pair-{place:03}.html" for place, students in enumerate(together, 1)}
    names = dict(list(names.items())[:MOST_PAGES])
    yield "index.html", _index(told, names)
    for students, name in names.items():
        yield name, _pair(told, students, together[students], found)


def _index(told: Similarity, names: dict[tuple[str, str], str]) -> bytes:
    rows = [
        {
            "students": [named(each) for each in pair.students],
            "page": names.get(pair.students, ""),
            "exercise": pair.exercise,
            "share": percent(pair.share),
            "lines": pair.lines,
        }
        for pair in told.pairs
    ]
    return _rendered(
        "index.html",
        course=safe_text(told.course),
        meaning=told.meaning,
        rows=rows,
        pairs=PAIRS,
        nothing=NOTHING,
        usual=USUAL,
        about=ABOUT_USUAL,
        exercises=[usual(each) for each in told.exercises],
        notes=[safe_text(note) for note in told.notes],
    )


def _pair(told: Similarity, students: tuple[str, str], pairs: Sequence[Pair], found: Found) -> bytes:
    exercises = []
    for pair in pairs:
        codes = [found.codes[pair.exercise][student] for student in students]
        amount = " and ".join(str(each) for each in pair.lines)
        seen = [_seen(pair, code, side) for code, side in zip(codes, SIDES, strict=True)]
        sides = tuple(
            (named(student), tuple(_files(pair, code, side, seen[0] & seen[1])))
            for student, code, side in zip(students, codes, SIDES, strict=True)
        )
        says = f"{percent(pair.share)} of the shorter one's rare code is in both: {amount} lines."
        exercises.append(_Exercise(pair.exercise, says, sides))
    return _rendered(
        "pair.html",
        course=safe_text(told.course),
        meaning=told.meaning,
        students=[named(each) for each in students],
        exercises=exercises,
    )


def _seen(pair: Pair, code: Code, side: Side) -> set[int]:
    """The parts that have a line on this side: a line that belongs to two shows only the first."""
    return {number for part in code.parts for number in _marked(pair, part.file, part.cell, side).values()}


def _files(pair: Pair, code: Code, side: Side, linked: AbstractSet[int]) -> Iterator[_File]:
    """The parts of one side's code, each line with the part that it belongs to."""
    left, begun = MOST_LINES, set[int]()
    for part in code.parts:
        marked = _marked(pair, part.file, part.cell, side)
        lines = [
            (at, marked.get(at, 0), safe_text(text, WIDTH)) for at, text in enumerate(part.lines[:left], 1)
        ]
        left -= len(lines)
        name = safe_text(part.file) + (f", cell {part.cell}" if part.cell else "")
        yield _File(name, tuple(_chunks(pair.exercise, lines, side, begun, linked)))
        if len(lines) < len(part.lines):
            yield _File(f"{len(part.lines) - len(lines):,} more lines are not shown", ())
            return


def _marked(pair: Pair, file: str, cell: int, side: Side) -> dict[int, int]:
    """For lines of a file or cell the number of the part that they belong to."""
    found: dict[int, int] = {}
    for number, part in enumerate(pair.parts, 1):
        spans: tuple[Lines, ...] = getattr(part, side)
        for span in spans:
            if (span.file, span.cell) == (file, cell):
                for line in range(span.first, span.last + 1):
                    found.setdefault(line, number)
    return found


def _chunks(
    exercise: str,
    lines: Sequence[tuple[int, int, str]],
    side: Side,
    begun: set[int],
    linked: AbstractSet[int],
) -> Iterator[_Chunk]:
    other = SIDES[1 - SIDES.index(side)]
    for number, group in groupby(lines, lambda line: line[1]):
        anchor = f"{exercise}-{side}-{number}" if number and number not in begun else ""
        leads_to = f"{exercise}-{other}-{number}" if number in linked else ""
        begun.add(number)
        yield _Chunk(number, tuple((at, text) for at, _, text in group), anchor, leads_to)


def _rendered(template: str, **facts: object) -> bytes:
    return templates(_TEMPLATES).get_template(template).render(**facts).encode("utf-8", "backslashreplace")
