"""Heat maps of a wrong result: what came back, what should have, and the difference, number by number.

Made of the part of the tensor that a finding keeps, else of its smallest case,
which holds both results as text in the form in which torch prints them. What is
not of that form, or not of the same shape on both sides, has no heat map. A
cell's colour says nothing that its number does not.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.findings import Excerpt, Finding, NotFinite, SmallestCase, ValuesDiffer
from grader.report.numbers import brackets, number
from grader.report.words import part as part_of

MOST_CHARACTERS = 1000
"""Of a result in short: 24 elements have half as many."""

MOST_COLUMNS = 12
"""Wider ones are not seen at a glance."""

LEVELS = 3
"""Strengths of a colour."""

_NUMBER = re.compile(r"-?(?:inf|nan|\d+\.?\d*(?:e[+-]?\d+)?)")
_NUMBERS = re.compile(r"[\[\], ]*(?:(?:-?(?:inf|nan|\d+\.?\d*(?:e[+-]?\d+)?))[\[\], ]*)+")


@dataclass(frozen=True)
class Cell:
    """A number and how it looks.

    Attributes:
        text: The number.
        look: The class that its colour hangs on.
    """

    text: str
    look: str


@dataclass(frozen=True)
class Line:
    """A row of a map.

    Attributes:
        label: Its place in the tensor, without that along the last dimension; '' for a vector.
        cells: Its numbers.
        apart: Whether it begins another matrix of the tensor than the row above it.
    """

    label: str
    cells: tuple[Cell, ...]
    apart: bool


@dataclass(frozen=True)
class Map:
    """A table of numbers.

    Attributes:
        title: What it shows.
        columns: The places along the last dimension.
        lines: Its rows, each with as many numbers.
    """

    title: str
    columns: tuple[int, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Heat:
    """Three maps side by side.

    Attributes:
        maps: Yours, expected and the difference.
        of: What of which result they show, in words.
    """

    maps: tuple[Map, ...]
    of: str


def heat(finding: Finding) -> Heat | None:
    """The maps of a finding about numbers; None where there is nothing to draw."""
    if not isinstance(finding, ValuesDiffer | NotFinite):  # of others a smallest case shows shapes
        return None
    if finding.excerpt is not None:
        return _of_excerpt(finding.excerpt, finding)
    return _of_case(finding.smallest) if finding.smallest is not None else None


def _of_excerpt(part: Excerpt, finding: ValuesDiffer | NotFinite) -> Heat:
    yours, expected, gaps = (
        [row.split() for row in rows] for rows in (part.yours, part.expected, part.apart)
    )
    said = f"a tensor of shape {brackets(finding.shape)}"
    if part.shape != finding.shape:
        said = f"a part of shape {brackets(part.shape)} of {said}, from {brackets(part.start)} on"
    what = part_of(finding.leaf) or "the result"
    return Heat(_maps(yours, expected, gaps, part.start, part.shape), f"From the call above, {what}: {said}.")


def _of_case(case: SmallestCase) -> Heat | None:
    shape = _shape(case.yours)
    if not shape or shape != _shape(case.expected) or shape[-1] > MOST_COLUMNS or math.prod(shape) < 2:
        return None
    yours, expected = (_rows(text, shape[-1]) for text in (case.yours, case.expected))
    gaps = [
        [number(_gap(float(one), float(other)), 4) for one, other in zip(mine, right, strict=True)]
        for mine, right in zip(yours, expected, strict=True)
    ]
    return Heat(
        _maps(yours, expected, gaps, (0,) * len(shape), shape), "The result of the smallest failing call."
    )


def _shape(text: str) -> tuple[int, ...]:
    """The shape of a tensor in short; () for what is none."""
    if len(text) > MOST_CHARACTERS or not _NUMBERS.fullmatch(text):
        return ()
    try:
        found = json.loads(_NUMBER.sub("0", text))
    except (ValueError, RecursionError):
        return ()
    return _sizes(found) or ()


def _sizes(found: object) -> tuple[int, ...] | None:
    """The sizes of lists within lists; None where they are not all alike."""
    if not isinstance(found, list):
        return ()
    each = {_sizes(item) for item in found}
    inner = each.pop() if len(each) == 1 else None
    return (len(found), *inner) if inner is not None else None


def _rows(text: str, width: int) -> list[list[str]]:
    found = _NUMBER.findall(text)
    return [found[i : i + width] for i in range(0, len(found), width)]


def _gap(yours: float, expected: float) -> float:
    same = yours == expected or (math.isnan(yours) and math.isnan(expected))
    return 0.0 if same else yours - expected


# --- tables -----------------------------------------------------------------------

_Rows = Sequence[Sequence[str]]


def _maps(
    yours: _Rows, expected: _Rows, gaps: _Rows, start: Sequence[int], shape: Sequence[int]
) -> tuple[Map, ...]:
    most = _largest((*yours, *expected))
    worst = _largest(gaps)
    columns = tuple(range(start[-1], start[-1] + shape[-1]))

    def map_of(title: str, rows: _Rows, look: str, largest: float) -> Map:
        return Map(title, columns, tuple(_lines(rows, start, shape, look, largest)))

    return (
        map_of("yours", yours, "", most),
        map_of("expected", expected, "", most),
        map_of("difference", gaps, "apart", worst),
    )


def _lines(
    rows: _Rows, start: Sequence[int], shape: Sequence[int], look: str, largest: float
) -> Iterator[Line]:
    for place, row in enumerate(rows):
        index = [first + at for first, at in zip(start, _unravelled(place, shape[:-1]), strict=False)]
        label = "" if not index else brackets(index) if len(index) > 1 else str(index[0])
        cells = tuple(Cell(_shown(text), _look(float(text), largest, look)) for text in row)
        yield Line(label, cells, apart=len(index) > 1 and place > 0 and place % shape[-2] == 0)


def _unravelled(place: int, shape: Sequence[int]) -> list[int]:
    index: list[int] = []
    for size in reversed(shape):
        place, at = divmod(place, size)
        index.insert(0, at)
    return index


def _shown(text: str) -> str:
    return "NaN" if text.lower() == "nan" else text


def _largest(rows: Iterable[Sequence[str]]) -> float:
    sizes = (abs(float(text)) for row in rows for text in row)
    return max((size for size in sizes if math.isfinite(size)), default=0.0)


def _look(value: float, largest: float, kind: str) -> str:
    """The class of a colour: what it is about, and how strong it is."""
    return f"{kind or ('below' if value < 0 else 'above')}-{_level(value, largest)}"


def _level(value: float, largest: float) -> int:
    """How strong a colour is; 0 for nothing, and what is no number is as strong as can be."""
    if not math.isfinite(value):
        return LEVELS
    # The quotient first: that of the largest is 1, and three times it by itself may come out above 3.
    return math.ceil(LEVELS * (abs(value) / largest)) if largest else 0
