"""Samples taken apart: one `Leaf` for each tensor or number that a test compared.

A leaf has what came back, what was expected, how far they may be apart, and the
sizes and arguments of its call, all in float64. Leaves that were right are kept
too: they show what an explanation may not claim.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import torch

from grader.compare.samples import Sample
from grader.compare.tolerance import FIXED_ROUNDINGS, PER_ROOT_TERM, Allowance, AllowanceTree, item
from grader.diagnosis.relations.sizes import Dims, sizes_of
from grader.wire.values import TensorValue

MOST_ELEMENTS = 100_000
"""Larger tensors are left alone: what is found must be cheap, and hidden inputs are small."""

Status = Literal["right", "values", "not-finite", "shape", "attributes", "detached", "modified", "other"]
"""What is wrong with a leaf, the first that holds: nothing; numbers; NaN or infinities; its shape; only
dtype or device; no gradient arrives; an argument was changed; something that has no numbers to look at."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """One part of one claim.

    Attributes:
        sample: The claim's place among all.
        key: Entry point, claim and leaf: what leaves of several calls have in common.
        status: What is wrong with it.
        seen: What came back, float64.
        expected: What should have.
        limit: How far each element may be off, of the shape of `expected`.
        strict: How far for the comparison, which goes by the dtype of what came back alone.
        unit: The relative error of one result, as the limit counts it.
        call: The claim itself.
        sizes: Sizes of the call by name, in the order in which they are tried.
    """

    sample: int
    key: tuple[str, str, str]
    status: Status
    seen: torch.Tensor
    expected: torch.Tensor
    limit: torch.Tensor
    strict: torch.Tensor
    unit: float
    call: Sample
    sizes: Mapping[str, int]

    @cached_property
    def gap(self) -> torch.Tensor:
        """How far each element is off; infinite where only one side is a number."""
        same = (self.seen == self.expected) | (self.seen.isnan() & self.expected.isnan())
        gap = (self.seen - self.expected).abs().nan_to_num(nan=math.inf)
        return gap.masked_fill(same, 0.0)

    @cached_property
    def finite(self) -> bool:
        """Whether all that came back is finite."""
        return bool(self.seen.isfinite().all())

    @cached_property
    def wrong(self) -> torch.Tensor:
        """Which elements are wrong; of a leaf with the right shape."""
        return self.gap > self.limit

    @cached_property
    def wrong_count(self) -> int:
        """How many elements are wrong: all, if the shape is."""
        return self.seen.numel() if self.status == "shape" else int(self.wrong.sum())

    @cached_property
    def arguments(self) -> tuple[tuple[str, torch.Tensor], ...]:
        """The tensors that it was called with, float64: 'argument 1', or the name it was given by."""
        named = [(f"argument {i + 1}", value) for i, value in enumerate(self.call.args)]
        named += list(self.call.kwargs.items())
        return tuple(
            (name, value.detach().double())
            for name, value in named
            if isinstance(value, torch.Tensor) and value.numel() <= MOST_ELEMENTS and not value.is_complex()
        )


def leaves(samples: Sequence[Sample], dims: Dims) -> list[Leaf]:
    """All leaves of all samples that have numbers, in order."""
    found: list[Leaf] = []
    for index, sample in enumerate(samples):
        if not sample.name:
            continue
        for path, seen, expected, allowance in _parts(sample):
            leaf = _leaf(index, sample, path, seen, expected, allowance, dims)
            if leaf is not None:
                found.append(leaf)
    return found


def _parts(sample: Sample) -> Iterator[tuple[str, Any, Any, AllowanceTree]]:
    """Leaf, what came back, what should have, and its allowance."""
    match sample.claim:
        case "value":
            yield from _walk(sample.value, sample.expected, sample.allowance, "")
        case "gradients":
            names = _gradient_names(sample)
            for i, (seen, expected) in enumerate(zip(sample.value, sample.expected, strict=True)):
                yield from _walk(seen, expected, item(sample.allowance, i), names.get(i, f"[{i}]"))
        case "arguments":
            after = [value for value in sample.value if isinstance(value, TensorValue)]
            for i, (seen, before) in enumerate(zip(after, sample.expected, strict=False)):
                yield f"argument {i + 1}", seen, before, Allowance(magnitude=0.0)


def _gradient_names(sample: Sample) -> dict[int, str]:
    """What the findings of a claim call each gradient, by position; right ones have no name."""
    arguments = [i for i, value in enumerate(sample.value) if value is None]
    wanted = [f for f in sample.findings if f.code == "no-gradient"]
    names = {i: f"the gradient of {f.argument}" for i, f in zip(arguments, wanted, strict=False)}
    others = [i for i in range(len(sample.value)) if i not in names]
    leafs = list(dict.fromkeys(getattr(f, "leaf", "") for f in sample.findings if f.code != "no-gradient"))
    if len(leafs) == len(others):
        names.update(zip(others, leafs, strict=True))
    return names


def _walk(
    seen: Any, expected: Any, allowance: AllowanceTree, path: str
) -> Iterator[tuple[str, Any, Any, AllowanceTree]]:
    match seen, expected:
        case ((list() | tuple()), (list() | tuple())) if len(seen) == len(expected):
            for i, (mine, theirs) in enumerate(zip(seen, expected, strict=True)):
                yield from _walk(mine, theirs, item(allowance, i), f"{path}[{i}]")
        case dict(), dict():
            for key in expected:
                if key in seen:
                    yield from _walk(seen[key], expected[key], item(allowance, key), f"{path}[{key!r}]")
        case _:
            yield path, seen, expected, allowance


def _leaf(
    index: int,
    sample: Sample,
    path: str,
    seen: Any,
    expected: Any,
    allowance: AllowanceTree,
    dims: Dims,
) -> Leaf | None:
    if isinstance(expected, float) and isinstance(seen, float):
        mine, theirs = torch.tensor(seen, dtype=torch.float64), torch.tensor(expected, dtype=torch.float64)
        dtype, device = sample.terms.precision, sample.terms.device
    elif isinstance(expected, torch.Tensor) and isinstance(seen, TensorValue):
        mine, theirs, dtype, device = seen.data, expected, seen.data.dtype, seen.device
    elif isinstance(expected, torch.Tensor) and seen is None and sample.claim == "gradients":
        mine, theirs, dtype, device = expected, expected, sample.terms.precision, ""
    else:
        return None
    if max(mine.numel(), theirs.numel()) > MOST_ELEMENTS or not min(mine.numel(), theirs.numel()):
        return None
    if mine.is_complex() or theirs.is_complex() or not isinstance(allowance, Allowance):
        return None
    precision = _coarser(dtype, sample.terms.precision)
    wanted = theirs.double()
    limit, strict = allowance.limit(wanted, precision), allowance.limit(wanted, _floating(dtype, sample))
    if not theirs.is_floating_point() or sample.claim == "arguments":
        limit = strict = torch.zeros_like(wanted)
    leaf = Leaf(
        sample=index,
        key=(sample.name, sample.claim, path),
        status="other",
        seen=mine.detach().double(),
        expected=wanted,
        limit=limit,
        strict=strict,
        unit=torch.finfo(precision).eps * (FIXED_ROUNDINGS + PER_ROOT_TERM * math.sqrt(allowance.terms)),
        call=sample,
        sizes=sizes_of(sample, wanted, dims),
    )
    return _with_status(leaf, _status(leaf, mine, theirs, device, lost=seen is None))


def _floating(dtype: torch.dtype, sample: Sample) -> torch.dtype:
    return dtype if dtype.is_floating_point else sample.terms.precision


def _coarser(one: torch.dtype, other: torch.dtype) -> torch.dtype:
    """Of the two floating dtypes that may have been computed in, the one that rounds more."""
    if not one.is_floating_point:
        return other
    return max(one, other, key=lambda dtype: torch.finfo(dtype).eps)


def _status(leaf: Leaf, mine: torch.Tensor, theirs: torch.Tensor, device: str, *, lost: bool) -> Status:
    if lost:
        return "detached"
    if leaf.seen.shape != leaf.expected.shape:
        return "shape"
    if leaf.call.claim == "arguments":
        return "modified" if bool(leaf.wrong.any()) else "right"
    if bool((leaf.wrong & ~leaf.seen.isfinite()).any()):
        return "not-finite"
    if bool(leaf.wrong.any()):
        return "values"
    terms = leaf.call.terms
    wanted = terms.dtype if theirs.is_floating_point() else theirs.dtype
    alike = mine.dtype == wanted if wanted else mine.is_floating_point()
    same_device = isinstance(leaf.call.value, float) or device.partition(":")[0] == terms.device
    return "right" if alike and same_device else "attributes"


def _with_status(leaf: Leaf, status: Status) -> Leaf:
    fields = {name: getattr(leaf, name) for name in leaf.__dataclass_fields__}
    return Leaf(**{**fields, "status": status})
