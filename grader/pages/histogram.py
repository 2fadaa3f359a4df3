"""How marks are spread, as bars: ten of equal width, from nothing to everything.

Numbers only; the template draws them, as a picture and as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

BARS = 10
"""A tenth of the marks each: what grades are made of, and enough to see two humps."""

WIDTH, HEIGHT = 400, 130
"""The picture's size in units of its own; it is drawn as wide as there is room."""

_GAP = 4


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        low: Where it begins, in percent.
        high: Where it ends, in percent.
        many: How many there are.
        x: Its left edge.
        y: Its upper edge.
        width: Its width.
        height: Its height.
    """

    low: int
    high: int
    many: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Histogram:
    """All bars, and the size of the picture."""

    bars: tuple[Bar, ...]
    width: int = WIDTH
    height: int = HEIGHT


def histogram(shares: Sequence[float]) -> Histogram:
    """The bars of shares from 0 to 1; what is above (extra points) is in the last one."""
    counts = [0] * BARS
    for share in shares:
        # 0.7 * 10 is 7.000000000000001 and 0.29 * 100 is 28.999999999999996: thousandths are exact enough.
        counts[min(max(int(round(share * 1000) * BARS // 1000), 0), BARS - 1)] += 1
    most, width = max(counts) or 1, WIDTH / BARS
    return Histogram(
        tuple(
            Bar(
                low=100 * i // BARS,
                high=100 * (i + 1) // BARS,
                many=many,
                x=round(i * width + _GAP / 2, 1),
                y=round(HEIGHT * (1 - many / most), 1),
                width=round(width - _GAP, 1),
                height=round(HEIGHT * many / most, 1),
            )
            for i, many in enumerate(counts)
        )
    )
