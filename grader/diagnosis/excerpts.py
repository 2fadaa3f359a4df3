"""A wrong tensor beside the expected one, number by number, as much of it as can be seen at a glance.

Of a small tensor all, of a larger one the part around the number that is most
wrong. For pictures only: nothing is compared here, and numbers are rounded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain, repeat

import torch

from grader.compare.samples import Sample
from grader.diagnosis.relations.leaves import Leaf, Status, leaves
from grader.findings import Excerpt
from grader.findings.explanations import MOST_NUMBERS

MOST_COLUMNS = 12
"""Along the last dimension: more are not seen at a glance."""

MOST_ROWS = 12
"""Along the one before it."""

NO_NUMBERS: tuple[Status, ...] = ("shape", "detached", "modified", "other")
"""Ways to be wrong in which there are no numbers to lay side by side."""

_DIGITS = 4


def excerpts(samples: Sequence[Sample]) -> list[dict[str, Excerpt]]:
    """For each sample, in order, an excerpt of each of its parts whose numbers are wrong.

    Args:
        samples: The claims of a test that failed.

    Returns:
        By part, as `relations.leaf_of` names those of findings. A single number has no excerpt.
    """
    found: list[dict[str, Excerpt]] = [{} for _ in samples]
    for leaf in leaves(samples, {}):
        if leaf.status not in NO_NUMBERS and leaf.seen.numel() > 1 and bool(_wrong(leaf).any()):
            found[leaf.sample][leaf.key[2]] = _excerpt(leaf)
    return found


def _excerpt(leaf: Leaf) -> Excerpt:
    shape = _sizes(leaf.seen.shape)
    start = _start(leaf, shape)
    window = tuple(slice(first, first + size) for first, size in zip(start, shape, strict=True))
    yours, expected = leaf.seen[window], leaf.expected[window]
    apart = torch.where(_wrong(leaf)[window], yours - expected, 0.0)
    return Excerpt(start=start, shape=shape, yours=_rows(yours), expected=_rows(expected), apart=_rows(apart))


def _wrong(leaf: Leaf) -> torch.Tensor:
    return leaf.gap > leaf.strict


def _sizes(shape: Sequence[int]) -> tuple[int, ...]:
    """How much of each dimension there is room for, the innermost first."""
    left, sizes = MOST_NUMBERS, list[int]()
    limits = chain((MOST_COLUMNS, MOST_ROWS), repeat(MOST_NUMBERS))
    for size, most in zip(reversed(shape), limits, strict=False):
        sizes.insert(0, max(1, min(size, most, left)))
        left //= sizes[0]
    return tuple(sizes)


def _start(leaf: Leaf, shape: Sequence[int]) -> tuple[int, ...]:
    """Where an excerpt of that shape begins, for the number that is most wrong to be in it."""
    worst = torch.unravel_index((leaf.gap / leaf.strict).nan_to_num(nan=0.0).argmax(), leaf.gap.shape)
    return tuple(
        min(max(0, int(place) - size // 2), whole - size)
        for place, size, whole in zip(worst, shape, leaf.seen.shape, strict=True)
    )


def _rows(numbers: torch.Tensor) -> tuple[str, ...]:
    return tuple(" ".join(map(_number, row)) for row in numbers.reshape(-1, numbers.shape[-1]).tolist())


def _number(value: float) -> str:
    if math.isfinite(value) and value == int(value) and abs(value) < 10**_DIGITS:
        return str(int(value))
    text = f"{value:.{_DIGITS}g}"
    return f"{value:.{_DIGITS - 2}g}" if "e" in text else text  # as narrow as the others
