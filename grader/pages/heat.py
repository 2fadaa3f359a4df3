"""Heat maps of the smallest case: what came back, what should have, and the difference, number by number.

The smallest case holds both results as text, in the form in which torch prints
them and with few elements. What is not of that form, or not of the same shape
on both sides, has no heat map. A cell's colour says nothing that its number does not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.findings import NotFinite, SmallestCase, ValuesDiffer
from grader.report.model import ExerciseReport
from grader.report.numbers import number

MOST_CHARACTERS = 1000
"""Of a result in short: 24 elements have half as many."""

MOST_COLUMNS = 12
"""Wider ones are not seen at a glance."""

LEVELS = 3
"""Strengths of a colour."""

_NUMBER = r"-?(?:inf|nan|\d+\.?\d*(?:e[+-]?\d+)?)"
_ROW = re.compile(rf"\[({_NUMBER}(?:, {_NUMBER})*)\]")
_BETWEEN = re.compile(r"[\[\], ]*")


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
class Map:
    """A table of numbers.

    Attributes:
        title: What it shows.
        rows: Its rows, all of one length.
    """

    title: str
    rows: tuple[tuple[Cell, ...], ...]


def maps(report: ExerciseReport) -> tuple[Map, ...]:
    """Yours, expected and the difference of the first smallest case that has them; () where none does."""
    for test in report.tests:
        for finding in test.findings:
            if finding.smallest is not None and isinstance(finding, ValuesDiffer | NotFinite):  # else a shape
                return _maps(finding.smallest)
    return ()


def _maps(case: SmallestCase) -> tuple[Map, ...]:
    yours, expected = _rows(case.yours), _rows(case.expected)
    if [len(row) for row in yours] != [len(row) for row in expected] or sum(map(len, yours)) < 2:
        return ()
    gaps = [
        [_gap(float(one), float(other)) for one, other in zip(mine, right, strict=True)]
        for mine, right in zip(yours, expected, strict=True)
    ]
    most = _largest(float(text) for row in (*yours, *expected) for text in row)
    worst = _largest(gap for row in gaps for gap in row)
    return (
        Map("yours", tuple(tuple(Cell(text, _signed(float(text), most)) for text in row) for row in yours)),
        Map("expected", tuple(tuple(Cell(text, _signed(float(text), most)) for text in r) for r in expected)),
        Map("difference", tuple(tuple(Cell(number(gap, 4), _apart(gap, worst)) for gap in r) for r in gaps)),
    )


def _rows(text: str) -> Sequence[Sequence[str]]:
    """The rows of a vector, or of a tensor whose leading dimensions are laid under each other."""
    if len(text) > MOST_CHARACTERS or "][" in text or not _BETWEEN.fullmatch(_ROW.sub("", text)):
        return ()
    rows = [row.split(", ") for row in _ROW.findall(text)]
    same = all(len(row) == len(rows[0]) <= MOST_COLUMNS for row in rows)
    return rows if same else ()


def _gap(yours: float, expected: float) -> float:
    same = yours == expected or (math.isnan(yours) and math.isnan(expected))
    return 0.0 if same else yours - expected


def _largest(values: Iterator[float]) -> float:
    return max((abs(value) for value in values if math.isfinite(value)), default=0.0)


def _level(value: float, most: float) -> int:
    """How strong the colour of a size is; 0 for nothing, and what is no number is as strong as can be."""
    if not math.isfinite(value):
        return LEVELS
    return math.ceil(LEVELS * abs(value) / most) if most else 0


def _signed(value: float, most: float) -> str:
    return f"{'below' if value < 0 else 'above'}-{_level(value, most)}"


def _apart(gap: float, worst: float) -> str:
    return f"apart-{_level(gap, worst)}"
