"""Which guesses are worth trying for a leaf, simplest first.

What can be ruled out at a glance is not proposed: an order where the numbers
are not the same ones, a constant where they differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

import torch

from grader.diagnosis.relations.forms import distinct, of_another_shape, says_much
from grader.diagnosis.relations.guesses import Guess, argument_as, measured_factor, numbers_like
from grader.diagnosis.relations.leaves import Leaf
from grader.findings.explanations import RelationKind

SIMPLE: tuple[RelationKind, ...] = (
    "values-right",
    "detached",
    "zero",
    "earlier",
    "result",
    "argument",
    "squeezed",
    "unsqueezed",
    "other-part",
    "sign",
    "factor",
    "constant",
    "mean",
    "offset",
    "missing",
    "added",
    "missing-factor",
    "extra-factor",
    "transposed",
    "flipped",
    "rolled",
    "viewed",
    "reshaped",
    "expanded",
    "absolute",
    "clipped",
    "complement",
    "truncated",
    "rounded",
    "log",
    "log2",
    "exp",
    "square",
    "root",
    "reciprocal",
    "normalised",
    "not-reduced",
    "reduced",
    "steps",
    "cropped",
    "padded",
    "leading",
    "longer",
    "shifted",
    "slice-factor",
    "slice-offset",
    "reordered",
)
"""Simplest first: of two explanations that fit as many calls, the one that comes earlier is taken.
A guess that is true of all numbers comes before one that is true of the wrong ones only."""

REL = 1e-4
"""How near a measured factor must be to a name's number to be tried as that; the fit decides."""

FACTOR = 3
"""Least wrong numbers in a call that show that they are all off by one number."""

PLACES = 5
"""Decimal places that a result may be rounded to, fewer than these."""


def proposals(leaf: Leaf, siblings: Sequence[Leaf] = ()) -> Iterator[Guess]:
    """Guesses for one leaf, each kind's simplest first; `siblings` are the parts of the same result."""
    if leaf.status in ("values", "not-finite", "shape") and leaf.call.claim == "value":
        own = (leaf.key[2], "")
        yield from (Guess("other-part", named=other.key[2]) for other in siblings if other.key[2] not in own)
    match leaf.status:
        case "shape":
            yield from of_another_shape(leaf)
            yield Guess("earlier")
        case "attributes":
            yield Guess("values-right")
        case "detached":
            yield from (Guess("detached", named="graph"), Guess("detached"))
        case "modified":
            yield Guess("result")
            yield from _of_values(leaf)
        case "values" | "not-finite":
            yield from _of_values(leaf)


def _of_values(leaf: Leaf) -> Iterator[Guess]:
    yield from _numbers(leaf, wrong_only=False)
    yield Guess("earlier")
    for name, value in leaf.arguments:
        if value.numel() > 1 and argument_as(leaf, name, leaf.expected.shape) is not None:
            for kind in ABOUT_ARGUMENTS:
                yield Guess(kind, named=name)
    for kind in _ELEMENTWISE:
        yield Guess(kind)
    yield from (Guess("rounded", value=places) for places in range(PLACES))
    yield from _orders(leaf)
    yield from _slices(leaf)
    if 1 < leaf.wrong_count < leaf.seen.numel():
        yield from _numbers(leaf, wrong_only=True)


ABOUT_ARGUMENTS: tuple[RelationKind, ...] = ("argument", "missing", "added", "missing-factor", "extra-factor")

_OF_SLICES: tuple[RelationKind, ...] = ("normalised", "slice-factor", "slice-offset")

_ELEMENTWISE: tuple[RelationKind, ...] = (
    "sign",
    "absolute",
    "clipped",
    "complement",
    "truncated",
    "log",
    "log2",
    "exp",
    "square",
    "root",
    "reciprocal",
)


def _numbers(leaf: Leaf, *, wrong_only: bool) -> Iterator[Guess]:
    """One number that all are, or are off by."""
    where = leaf.wrong if wrong_only else torch.ones_like(leaf.wrong)
    seen, expected = leaf.seen[where], leaf.expected[where]
    if bool((seen == seen[0]).all()):
        yield from _constants(leaf, float(seen[0]), wrong_only=wrong_only)
    if not wrong_only and leaf.expected.ndim:
        yield Guess("mean")
        yield from (Guess("mean", dims=(dim,)) for dim in range(leaf.expected.ndim))
    number = measured_factor(leaf, where)
    several = len(expected) >= FACTOR and distinct(expected) >= FACTOR
    if number:
        if wrong_only and number < 0:
            yield Guess("sign", wrong_only=True)
        for name in numbers_like(leaf, number, REL):
            yield Guess("factor", named=name, wrong_only=wrong_only)
        yield Guess("factor", value=number, wrong_only=wrong_only)
        if several:
            yield Guess("factor", wrong_only=wrong_only)
    if bool(seen.isfinite().all() and expected.isfinite().all()):
        offset = float((seen - expected).mean())
        for name in numbers_like(leaf, offset, REL):
            yield Guess("offset", named=name, wrong_only=wrong_only)
        yield Guess("offset", value=offset, wrong_only=wrong_only)
        if several:
            yield Guess("offset", wrong_only=wrong_only)


def _constants(leaf: Leaf, number: float, *, wrong_only: bool) -> Iterator[Guess]:
    if number == 0:
        yield Guess("zero", wrong_only=wrong_only)
    elif number == number and abs(number) != float("inf"):
        like = list(numbers_like(leaf, number, REL))
        fractions = [name for name in like if "/" in name]
        yield from (Guess("constant", named=name, wrong_only=wrong_only) for name in fractions)
        yield Guess("constant", value=number, wrong_only=wrong_only)
        # 4 in one call is 4; only what is 4 here and 5 there is a size.
        others = [name for name in like if "/" not in name]
        yield from (Guess("constant", named=name, wrong_only=wrong_only) for name in others)


def _orders(leaf: Leaf) -> Iterator[Guess]:
    """The same numbers in another order."""
    ndim, shape = leaf.expected.ndim, leaf.expected.shape
    if not says_much(leaf):
        return
    for dim in range(ndim):
        if shape[dim] >= 3:
            yield from (Guess("shifted", value=step, dims=(dim,)) for step in (1, -1))
    mine, theirs = leaf.seen.flatten().sort().values, leaf.expected.flatten().sort().values
    # A glance: the numbers, in order of size, must be about the same.
    if not bool(((mine - theirs).abs() <= 1e-3 * theirs.abs().max()).all()):
        return
    for pair in combinations(range(ndim), 2):
        if shape[pair[0]] == shape[pair[1]]:
            yield Guess("transposed", dims=pair)
    singles = [(dim,) for dim in range(ndim) if shape[dim] > 1]
    for dims in (*singles, *((tuple(range(ndim - 2, ndim)),) if ndim > 1 else ())):
        yield from (Guess("flipped", dims=each) for each in dict.fromkeys((dims, _from_end(dims, ndim))))
    for (dim,) in singles:
        for step in (1, -1, *range(2, shape[dim] - 1)):
            yield from (Guess("rolled", value=step, dims=each) for each in ((dim,), (dim - ndim,)))
    if 2 <= ndim <= 4:
        yield from (Guess("viewed", dims=dims) for dims in permutations(range(ndim)))
    yield from (Guess("reordered", dims=each) for (dim,) in singles for each in ((dim,), (dim - ndim,)))
    yield Guess("reordered")


def _slices(leaf: Leaf) -> Iterator[Guess]:
    """What is said of each slice along the option `dim`, or along one counted from the front or the back."""
    ndim = leaf.expected.ndim
    for kind in _OF_SLICES:
        if kind != "normalised" and ndim and "n" in leaf.sizes:
            yield Guess(kind, named="dim")
        if kind != "normalised" and ndim > 2:
            yield Guess(kind, dims=(-2, -1))
        if ndim > 1:
            for dim in range(ndim):
                yield from (Guess(kind, dims=(each,)) for each in (dim, dim - ndim))
        if kind == "normalised":
            yield Guess(kind)
            if ndim > 2:
                yield from (Guess(kind, dims=dims) for dims in combinations(range(ndim), 2))
                yield Guess(kind, dims=tuple(range(1, ndim)))


def _from_end(dims: tuple[int, ...], ndim: int) -> tuple[int, ...]:
    return tuple(dim - ndim for dim in dims)
