"""The losses of a training loop and of the reference's, as a picture and as a table.

The picture is made of numbers alone, in a frame of fixed size; losses that are no
numbers leave a gap in it, and losses far above the reference's end at its upper edge.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from grader.findings import Finding
from grader.findings.trajectory import Curves
from grader.report.numbers import number, pair

WIDTH, HEIGHT = 600, 180
"""Of the picture, in its own units."""

_HUGE = 1e150
"""Losses beyond are drawn as this: sums of them are still numbers."""

HEADROOM = 3.0
"""So many times the range of the reference's losses there is room above them: beyond is beyond."""


@dataclass(frozen=True)
class Chart:
    """Two curves.

    Attributes:
        yours: The parts of the student's curve, each the points of a line.
        expected: Those of the reference's.
        top: The loss at the upper edge.
        bottom: That at the lower one.
        step: The first step that differs, from 1.
        x: Where that is in the picture.
        steps: How many steps there are.
        cut: Whether losses of the student lie above the upper edge.
        rows: Step, epoch and batch, and the two losses, in words.
    """

    yours: tuple[str, ...]
    expected: tuple[str, ...]
    top: str
    bottom: str
    step: int
    x: str
    steps: int
    cut: bool
    rows: tuple[tuple[str, str, str, str], ...]


def chart(finding: Finding) -> Chart | None:
    """The losses of a finding about a training loop; None where it has none."""
    path = finding.trajectory
    if path is None or path.losses is None or path.step is None:
        return None
    return _chart(path.losses, path.step)


def _chart(losses: Curves, step: int) -> Chart:
    bottom, top = _range(losses)
    steps = max(len(losses.yours), len(losses.expected))
    return Chart(
        yours=tuple(_lines(losses.yours, bottom, top, steps)),
        expected=tuple(_lines(losses.expected, bottom, top, steps)),
        top=number(top, 3),
        bottom=number(bottom, 3),
        step=step,
        x=f"{_x(min(step, steps) - 1, steps):.1f}",
        steps=steps,
        cut=any(math.isfinite(loss) and loss > top for loss in losses.yours),
        rows=tuple(_rows(losses)),
    )


def _range(losses: Curves) -> tuple[float, float]:
    """The losses at the lower and the upper edge."""
    right = _drawn(losses.expected) or [0.0]
    mine = _drawn(losses.yours)
    room = HEADROOM * ((max(right) - min(right)) or abs(max(right)) or 1.0)
    top = min(max([*right, *mine]), max(right) + room)
    bottom = max(min([*right, *mine]), min(right) - room)
    return bottom, top if top > bottom else bottom + 1.0


def _drawn(losses: Sequence[float]) -> list[float]:
    return [min(max(loss, -_HUGE), _HUGE) for loss in losses if math.isfinite(loss)]


def _lines(losses: Sequence[float], bottom: float, top: float, steps: int) -> Iterator[str]:
    """Points of lines through losses that follow each other; one alone is a short dash."""
    points: list[tuple[float, float]] = []
    for i, loss in enumerate([*losses, math.nan]):
        if math.isfinite(loss):
            share = (min(max(loss, bottom), top) - bottom) / (top - bottom)
            points.append((_x(i, steps), HEIGHT * (1 - share)))
        elif points:
            if len(points) == 1:
                points.append((points[0][0] + 4, points[0][1]))
            yield " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            points = []


def _x(i: int, steps: int) -> float:
    return WIDTH * i / max(steps - 1, 1)


def _rows(losses: Curves) -> Iterator[tuple[str, str, str, str]]:
    for i, (yours, expected) in enumerate(zip_longest(losses.yours, losses.expected)):
        place = f"{i // losses.batches + 1}, {i % losses.batches + 1}"
        if yours is not None and expected is not None:
            mine, right = pair(yours, expected)
        else:
            mine, right = ("no step" if each is None else number(each) for each in (yours, expected))
        yield f"{i + 1}", place, mine, right
