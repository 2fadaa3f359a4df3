"""Explanations that do not say each element: one factor a row, sums of one, another shape.

Each takes a leaf and a guess and says whether the leaf bears it out. The shape
of what came back may differ from the expected one here: values are compared
after what would make the shapes equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations, permutations

import torch

from grader.diagnosis.relations.guesses import SHARP, SLACK, Guess
from grader.diagnosis.relations.leaves import Leaf
from grader.findings.explanations import RelationKind

LONG = 3
"""Least length of a slice that can show that one number fits all of it."""

MOST_DIMS = 5
"""Most dimensions whose orders are tried: 120 of them."""

MOST_STEPS = 5
"""Strides that are tried."""

FINITE = 3
"""Least finite numbers that show that those are right."""

ONE = 0.01
"""Factors of slices that differ by less than this share are one factor."""


def close(leaf: Leaf, mine: torch.Tensor, theirs: torch.Tensor, limit: torch.Tensor) -> bool:
    """Whether two tensors of one shape agree, as far as `limit` and rounding go."""
    if mine.shape != theirs.shape:
        return False
    allowed = SLACK * (limit + leaf.unit * theirs.abs())
    same = (mine == theirs) | (mine.isnan() & theirs.isnan())
    return bool((same | ((mine - theirs).abs() <= allowed)).all())


def precise(leaf: Leaf) -> bool:
    """Whether the allowances are small beside the error, or the numbers, so that agreement says something."""
    if leaf.status != "shape":
        return _told_apart(leaf, torch.ones(()))
    sound = leaf.expected.isfinite()
    size = leaf.expected[sound].abs()
    return float(SLACK * (leaf.limit[sound] + leaf.unit * size).sum()) <= SHARP * float(size.sum())


def says_much(leaf: Leaf, least: int = 4) -> bool:
    """Whether enough different numbers are expected for their order, or their sum, to mean something."""
    return distinct(leaf.expected) >= least


def distinct(tensor: torch.Tensor) -> int:
    """How many different numbers there are."""
    return len(set(tensor.flatten().tolist()))


# --- the same shape -------------------------------------------------------------


def _along(leaf: Leaf, guess: Guess) -> tuple[int, ...]:
    """The dimensions of a guess that is about slices, counted from 0; () if the leaf has not got them."""
    ndim = leaf.expected.ndim
    asked = leaf.call.kwargs.get("dim", -1) if guess.named == "dim" else None
    dims = (asked,) if isinstance(asked, int) else guess.dims
    if any(not -ndim <= dim < ndim for dim in dims):
        return ()
    return tuple(dict.fromkeys(dim % ndim for dim in dims))


def _slices_of(leaf: Leaf, guess: Guess) -> tuple[int, ...]:
    """As `_along`; () too where a slice is too short to show anything."""
    dims = _along(leaf, guess)
    return dims if math.prod(leaf.expected.shape[dim] for dim in dims) >= LONG and leaf.finite else ()


def _slice_factor(leaf: Leaf, guess: Guess) -> bool:
    dims = _slices_of(leaf, guess)
    if not dims:
        return False
    weight = (leaf.expected * leaf.expected).sum(dim=dims, keepdim=True)
    if bool((weight == 0).any()):
        return False
    ratio = (leaf.seen * leaf.expected).sum(dim=dims, keepdim=True) / weight
    if leaf.status != "right" and (float(ratio.abs().min()) == 0.0):
        return False
    if not guess.named and ratio.numel() < 2:
        return False
    spread = float(ratio.max() - ratio.min())
    if leaf.status != "right" and ratio.numel() > 1 and spread < ONE * float(ratio.abs().max()):
        return False  # one factor for all of it, which is said more simply
    predicted = leaf.expected * ratio
    return close(leaf, leaf.seen, predicted, leaf.limit * ratio.abs()) and _told_apart(leaf, ratio.abs())


def _slice_offset(leaf: Leaf, guess: Guess) -> bool:
    dims = _slices_of(leaf, guess)
    if not dims:
        return False
    offset = (leaf.seen - leaf.expected).mean(dim=dims, keepdim=True)
    predicted = leaf.expected + offset
    # Numbers that hardly differ along the slice would fit any story.
    spread = leaf.expected.std(dim=dims, keepdim=True)
    if leaf.status != "right" and bool((spread <= 10 * leaf.unit * predicted.abs().amax()).any()):
        return False
    if not guess.named and offset.numel() < 2:
        return False
    limit = leaf.limit + leaf.unit * offset.abs()
    return close(leaf, leaf.seen, predicted, limit) and _told_apart(leaf, torch.ones(()))


def _told_apart(leaf: Leaf, ratio: torch.Tensor) -> bool:
    """Whether the allowances are small beside the error."""
    if leaf.status == "right":
        return True
    allowed = SLACK * (leaf.limit * ratio + leaf.unit * leaf.seen.abs())[leaf.wrong]
    return float(allowed.sum()) <= SHARP * float(leaf.gap[leaf.wrong].sum())


def sums_to_one(tensor: torch.Tensor, leaf: Leaf, dims: tuple[int, ...]) -> bool:
    """Whether the numbers along these dimensions add up to 1 everywhere, in more than one or two terms."""
    total = tensor.sum(dim=dims)
    count = math.prod(tensor.shape[dim] for dim in dims)
    return count > 1 and bool(((total - 1).abs() <= SLACK * leaf.unit * max(1.0, math.sqrt(count))).all())


def _normalised(leaf: Leaf, guess: Guess) -> bool:
    """Sums of one along other dimensions than expected; nothing is negative. `dims`: where yours add up."""
    ndim = leaf.expected.ndim
    dims = tuple(sorted({dim % ndim for dim in guess.dims if -ndim <= dim < ndim})) or tuple(range(ndim))
    if len(dims) != len(guess.dims) and guess.dims:
        return False
    if leaf.status == "right":
        return sums_to_one(leaf.expected, leaf, dims)
    if not bool((leaf.seen >= 0).all()) or not sums_to_one(leaf.seen, leaf, dims):
        return False
    theirs = [d for d in range(ndim) if sums_to_one(leaf.expected, leaf, (d,))]
    return bool(theirs) and dims != tuple(theirs) and not sums_to_one(leaf.expected, leaf, dims)


def _reordered(leaf: Leaf, guess: Guess) -> bool:
    mine, theirs = leaf.seen, leaf.expected
    if not mine.ndim or not bool(mine.isfinite().all() and theirs.isfinite().all()):
        return False
    if not guess.dims:
        mine, theirs = mine.flatten(), theirs.flatten()
    dim = guess.dims[0] if guess.dims else 0
    if not -mine.ndim <= dim < mine.ndim:
        return False
    order = theirs.sort(dim)
    limit = (leaf.limit if guess.dims else leaf.limit.flatten()).gather(dim, order.indices)
    right = close(leaf, mine.sort(dim).values, order.values, limit)
    return right and (leaf.status == "right" or (says_much(leaf) and _told_apart(leaf, torch.ones(()))))


def _shifted(leaf: Leaf, guess: Guess) -> bool:
    """Moved by one along a dimension; what is moved in at the edge may be anything."""
    dims = _along(leaf, guess)
    if len(dims) != 1 or leaf.expected.shape[dims[0]] < LONG:
        return False
    (dim,) = dims
    step = int(guess.value or 0)
    size = leaf.expected.shape[dim] - abs(step)
    mine = leaf.seen.narrow(dim, max(step, 0), size)
    theirs, limit = (t.narrow(dim, max(-step, 0), size) for t in (leaf.expected, leaf.limit))
    return says_much(leaf, 6) and distinct(theirs) >= 4 and close(leaf, mine, theirs, limit)


def _finite(leaf: Leaf, guess: Guess) -> bool:
    sound = leaf.seen.isfinite() & leaf.expected.isfinite()
    if leaf.status != "not-finite":
        return leaf.status == "right"
    return int(sound.sum()) >= FINITE and not bool((leaf.wrong & sound).any())


# --- another shape ---------------------------------------------------------------


def _resized(leaf: Leaf, guess: Guess) -> bool:
    """The numbers in order are right; for squeezed and unsqueezed only sizes of one differ."""
    if leaf.seen.numel() != leaf.expected.numel():
        return False
    return guess in _resizes(leaf) and close(
        leaf, leaf.seen.reshape(leaf.expected.shape), leaf.expected, leaf.limit
    )


def _resizes(leaf: Leaf) -> tuple[Guess, ...]:
    mine, theirs = leaf.seen.shape, leaf.expected.shape
    if [size for size in mine if size != 1] != [size for size in theirs if size != 1]:
        return (Guess("reshaped"),)
    if len(mine) < len(theirs):
        return (Guess("squeezed"),)
    return (Guess("unsqueezed"),) if len(mine) > len(theirs) else (Guess("reshaped"),)


def _permuted(leaf: Leaf, guess: Guess) -> bool:
    """The dimensions in another order; any other, if the guess does not say which."""
    ndim = leaf.expected.ndim
    if leaf.seen.ndim != ndim or ndim > MOST_DIMS:
        return False
    orders = [guess.dims] if guess.dims else permutations(range(ndim))
    for dims in orders:
        if any(not 0 <= dim < ndim for dim in dims) or len(dims) not in (2, ndim):
            continue
        theirs = _turned(leaf.expected, dims)
        if theirs.shape == leaf.seen.shape and close(leaf, leaf.seen, theirs, _turned(leaf.limit, dims)):
            return True
    return False


def _turned(tensor: torch.Tensor, dims: tuple[int, ...]) -> torch.Tensor:
    return tensor.transpose(*dims) if len(dims) == 2 else tensor.permute(dims)


def _expanded(leaf: Leaf, guess: Guess) -> bool:
    try:
        return close(
            leaf, leaf.seen, leaf.expected.expand(leaf.seen.shape), leaf.limit.expand(leaf.seen.shape)
        )
    except RuntimeError:
        return False


def _summed(tensor: torch.Tensor, how: str, dims: tuple[int, ...]) -> torch.Tensor:
    return tensor.sum(dim=dims) if how == "sum" else tensor.mean(dim=dims)


def _not_reduced(leaf: Leaf, guess: Guess) -> bool:
    """What came back becomes right when a dimension of it is summed, or averaged."""
    ndim = leaf.seen.ndim
    if not guess.dims or any(not -ndim <= dim < ndim for dim in guess.dims):
        return False
    mine = _summed(leaf.seen, guess.named, guess.dims)
    size = math.prod(leaf.seen.shape[dim] for dim in guess.dims)
    if mine.shape != leaf.expected.shape or size < 2:
        return False
    terms = _summed(leaf.seen.abs(), guess.named, guess.dims)
    return close(leaf, mine, leaf.expected, leaf.limit + leaf.unit * terms)


def _reduced(leaf: Leaf, guess: Guess) -> bool:
    """What came back is the expected result summed, or averaged, over a dimension or all."""
    ndim = leaf.expected.ndim
    if any(not -ndim <= dim < ndim for dim in guess.dims) or not ndim:
        return False
    dims = guess.dims or tuple(range(ndim))
    if math.prod(leaf.expected.shape[dim] for dim in dims) < 2:
        return False
    theirs, terms = (_summed(t, guess.named, dims) for t in (leaf.expected, leaf.expected.abs()))
    limit = leaf.limit.sum(dim=dims) + leaf.unit * terms
    if leaf.seen.numel() != theirs.numel():
        return False
    return close(leaf, leaf.seen.reshape(theirs.shape), theirs, limit)


def _cropped(leaf: Leaf, guess: Guess) -> bool:
    """What came back is the middle of what was expected (padding left out)."""
    return _inside(leaf, leaf.seen, leaf.expected, leaf.limit)


def _padded(leaf: Leaf, guess: Guess) -> bool:
    """What was expected is the middle of what came back."""
    return _inside(leaf, leaf.expected, leaf.seen, leaf.limit)


def _inside(leaf: Leaf, small: torch.Tensor, large: torch.Tensor, limit: torch.Tensor) -> bool:
    if small.ndim != large.ndim:
        return False
    margins = [whole - part for part, whole in zip(small.shape, large.shape, strict=True)]
    if any(margin < 0 or margin % 2 for margin in margins):
        return False
    where = tuple(
        slice(margin // 2, margin // 2 + part) for part, margin in zip(small.shape, margins, strict=True)
    )
    part = large[where]
    bound = limit if limit.shape == small.shape else limit[where]
    return distinct(small) >= 2 and close(leaf, small, part, bound)


def _leading(leaf: Leaf, guess: Guess) -> bool:
    """What came back is the beginning of what was expected."""
    return _begins(leaf, leaf.seen, leaf.expected, leaf.limit)


def _longer(leaf: Leaf, guess: Guess) -> bool:
    """What was expected is the beginning of what came back."""
    return _begins(leaf, leaf.expected, leaf.seen, leaf.limit)


def _begins(leaf: Leaf, small: torch.Tensor, large: torch.Tensor, limit: torch.Tensor) -> bool:
    if small.ndim != large.ndim or any(a > b for a, b in zip(small.shape, large.shape, strict=True)):
        return False
    where = tuple(slice(0, size) for size in small.shape)
    bound = limit if limit.shape == small.shape else limit[where]
    return distinct(small) >= 2 and close(leaf, small, large[where], bound)


def _steps(leaf: Leaf, guess: Guess) -> bool:
    """What was expected is every so-manyth of what came back, along the last two dimensions."""
    if distinct(leaf.expected) < 2:
        return False
    wanted = [guess.dims] if guess.dims else strides(leaf)
    return any(
        close(leaf, leaf.seen[..., ::down, ::across], leaf.expected, leaf.limit) for down, across in wanted
    )


def strides(leaf: Leaf) -> list[tuple[int, int]]:
    """Strides along the last two dimensions that would make the shapes equal."""
    if leaf.seen.ndim != leaf.expected.ndim or leaf.seen.ndim < 2:
        return []
    combined = [(down, across) for down in range(1, MOST_STEPS + 1) for across in range(1, MOST_STEPS + 1)]
    return [
        steps
        for steps in combined
        if steps != (1, 1)
        and all(
            -(-size // step) == right
            for size, step, right in zip(leaf.seen.shape[-2:], steps, leaf.expected.shape[-2:], strict=True)
        )
    ]


FITS: dict[RelationKind, Callable[[Leaf, Guess], bool]] = {
    "slice-factor": _slice_factor,
    "slice-offset": _slice_offset,
    "normalised": _normalised,
    "reordered": _reordered,
    "shifted": _shifted,
    "finite": _finite,
    "transposed": _permuted,
    "squeezed": _resized,
    "unsqueezed": _resized,
    "reshaped": _resized,
    "expanded": _expanded,
    "not-reduced": _not_reduced,
    "reduced": _reduced,
    "cropped": _cropped,
    "padded": _padded,
    "leading": _leading,
    "longer": _longer,
    "steps": _steps,
}
"""Whether a leaf bears a guess out, for each kind that says less than every element."""


def of_another_shape(leaf: Leaf) -> Iterator[Guess]:
    """Guesses worth trying for a leaf of the wrong shape, simplest first."""
    if leaf.seen.numel() == leaf.expected.numel():
        yield from _resizes(leaf)
        ndim = leaf.expected.ndim
        if leaf.seen.ndim == ndim and 2 <= ndim <= 4:
            yield from (Guess("transposed", dims=dims) for dims in combinations(range(ndim), 2))
            yield from (Guess("transposed", dims=dims) for dims in permutations(range(ndim)) if ndim > 2)
        yield Guess("transposed")
    yield Guess("expanded")
    for how in ("sum", "mean"):
        for count in range(1, min(leaf.seen.ndim, 3) + 1):
            for dims in combinations(range(leaf.seen.ndim), count):
                yield Guess("not-reduced", named=how, dims=dims)
        yield Guess("reduced", named=how)
        yield from (Guess("reduced", named=how, dims=(dim,)) for dim in range(leaf.expected.ndim))
    for kind in _PARTS:
        yield Guess(kind)
    yield from (Guess("steps", dims=steps) for steps in strides(leaf))
    yield Guess("steps")


_PARTS: tuple[RelationKind, ...] = ("cropped", "padded", "leading", "longer")
