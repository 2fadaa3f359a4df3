"""One test on two devices: how far apart its numbers are.

Both are compared with the reference anyway. What they are compared with here is
each other, by the same allowance: a student whose code gives one answer on the CPU
and another on CUDA learns of it, even where both are allowed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from grader.compare.compare import compare
from grader.compare.samples import Sample
from grader.compare.shares import noting
from grader.findings import ValuesDiffer
from grader.wire.values import TensorValue

NUMBERS = ("value", "gradients")
"""Claims about numbers."""


def apart(here: Sequence[Sample], there: Sequence[Sample]) -> float | None:
    """The largest difference of two numbers, as a share of what is allowed.

    Args:
        here: What a test claimed on one device, in order.
        there: What it claimed on another, of the same inputs.

    Returns:
        None where the claims are not about the same calls, or hold no floating-point numbers.
    """
    if [_kind(sample) for sample in here] != [_kind(sample) for sample in there]:
        return None
    with noting() as shares:
        for ours, theirs in zip(here, there, strict=True):
            if ours.claim in NUMBERS:
                found = compare(theirs.value, as_expected(ours.value), theirs.allowance, theirs.terms)
                if not all(isinstance(finding, ValuesDiffer) for finding in found):
                    return None  # of another type or shape: there is no distance
    return max(shares) if shares and all(map(math.isfinite, shares)) else None


def as_expected(value: Any) -> Any:
    """What came over the wire, as something to compare with."""
    match value:
        case TensorValue():
            data = value.data.cpu()
            return data.to(torch.float64) if data.is_floating_point() else data
        case list() | tuple():
            return [as_expected(item) for item in value]
        case dict():
            return {key: as_expected(item) for key, item in value.items()}
    return value


def _kind(sample: Sample) -> tuple[str, str]:
    return sample.claim, sample.name
