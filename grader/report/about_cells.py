"""Words for what of a notebook was used: a line, and one more for what was left out.

A cell that nothing needs is not worth a word. The others are named with the
reason, and with the line where they stopped, so that a student who misses
something finds it.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from grader.report.notebook_use import NotebookUse, WhyLeftOut
from grader.report.numbers import listed
from grader.report.safe import safe_text

_RUNS = 12
"""Cells, or cells in a row, that are told before the rest is only counted."""

_REASONS: dict[WhyLeftOut, str] = {
    "not Python": "not Python",
    "magic": "magics only",
    "tests": "tests of the course",
    "ignored": "tagged to be ignored",
    "no time left": "no time left",
}
"""Why cells were left out where no place in them says it; those that are not needed are not told."""


def about_cells(use: NotebookUse) -> tuple[str, ...]:
    """One line or two, inert: which cells were used, and which were left out or stopped."""
    file = safe_text(use.file, 100)
    way = ", all run one by one" if use.way == "one by one" else ""
    if use.used:
        lines = [f"used {cells(use.used)} of {use.cells:,} in {file}{way}{_which(use)}"]
    else:
        lines = [f"used none of the {use.cells:,} cells in {file}{way}"]
    out = [said for _, said in sorted([*_reasons(use), *_stops(use)])]
    return (*lines, f"left out: {listed(out, _RUNS)}") if out else tuple(lines)


def _which(use: NotebookUse) -> str:
    """Where the entry points come from, if cells before that are not needed: one may hold another version."""
    spare = [each.cell for each in use.left_out if each.why == "not needed"]
    come = [
        f"{safe_text(each.name, 100)} is the one in cell {each.cell}"
        for each in use.defined
        if min(spare, default=each.cell) < each.cell
    ]
    return f"; {listed(come, _RUNS)}" if come else ""


def cells(numbers: Iterable[int]) -> str:
    """`cell 3`, or `cells 2, 5 to 8 and 11`."""
    runs = _runs(sorted(numbers))
    noun = "cell" if len(runs) == 1 and runs[0].isdigit() else "cells"
    return f"{noun} {listed(runs, _RUNS)}"


def _runs(numbers: Sequence[int]) -> list[str]:
    """The numbers, three and more in a row as `5 to 8`."""
    found: list[str] = []
    # In a row, a number and its position grow together.
    for _, pairs in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        row = [number for _, number in pairs]
        found += [f"{row[0]} to {row[-1]}"] if len(row) > 2 else map(str, row)
    return found


def _reasons(use: NotebookUse) -> list[tuple[int, str]]:
    """For each reason: the first cell, and what is said of all of them."""
    found = []
    for why, words in _REASONS.items():
        numbers = [each.cell for each in use.left_out if each.why == why]
        if numbers:
            found.append((numbers[0], f"{cells(numbers)} ({words})"))
    return found


def _stops(use: NotebookUse) -> list[tuple[int, str]]:
    used = frozenset(use.used)
    return [
        (
            stop.cell,
            f"{'the rest of ' if stop.cell in used else ''}cell {stop.cell} "
            f"({_what(stop.error)} in line {stop.line})",
        )
        for stop in use.stopped
    ]


def _what(error: str) -> str:
    return f"it stopped with {safe_text(error, 80)}" if error else "it ran for too long"
