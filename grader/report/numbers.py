"""Numbers, shapes and counts as a person reads them.

Two numbers that differ never look equal, NaN and infinities are named, and a
score shows no float noise. Everything that comes out is short plain ASCII.
"""

import math
from collections.abc import Sequence

_DIGITS = 6
"""Significant digits unless a difference needs more: about what float32 holds."""

_ALL_DIGITS = 17
"""Significant digits that tell any two float64 numbers apart."""


def number(value: float, digits: int = _DIGITS) -> str:
    """`value` with at most `digits` significant digits; whole numbers in full up to 2**53."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == int(value) and abs(value) <= 2**53:
        return str(int(value))
    return f"{value:.{digits}g}"


def pair(yours: float, expected: float) -> tuple[str, str]:
    """Both numbers, with as many digits as it takes to see the first two digits of their difference."""
    size, difference = max(abs(yours), abs(expected)), abs(yours - expected)
    digits = _DIGITS
    if math.isfinite(difference) and difference > 0:
        needed = math.floor(math.log10(size)) - math.floor(math.log10(difference)) + 2
        digits = min(max(digits, needed), _ALL_DIGITS)
    return number(yours, digits), number(expected, digits)


def bound(value: float, *, up: bool = False) -> str:
    """A positive bound with three significant digits that is never above `value`; never below it if `up`."""
    if not value:
        return "0"
    unit = 10.0 ** (math.floor(math.log10(value)) - 2)
    return number((math.ceil if up else math.floor)(value / unit) * unit, 3)


def points(score: float) -> str:
    """A score: whole if it is whole, at most four decimals otherwise."""
    return f"{round(score, 4):.4f}".rstrip("0").rstrip(".")


def brackets(sizes: Sequence[int]) -> str:
    """A shape or an index, such as `[4, 7]`."""
    return f"[{', '.join(map(str, sizes))}]"


def count(many: int, noun: str, plural: str = "") -> str:
    """`1 number`, `1,797 numbers`; `plural` where adding an s does not make it."""
    return f"{many:,} {noun if many == 1 else plural or noun + 's'}"


def size(many_bytes: int) -> str:
    """A number of bytes in the largest unit that leaves at least one, such as `64 MB`."""
    amount, unit = float(many_bytes), "bytes"
    for larger in ("KB", "MB", "GB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{points(round(amount, 1))} {unit}"


def listed(words: Sequence[str], limit: int = 6) -> str:
    """`a, b and c`; from `limit` words on, the first ones and how many more."""
    if len(words) > limit:
        return f"{', '.join(words[:limit])} and {len(words) - limit:,} more"
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
