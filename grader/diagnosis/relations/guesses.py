"""Guesses at what a wrong value is, and whether a leaf bears one out.

A `Guess` is a relation without its calls. `near` holds a prediction against what
came back: each element must be within a few allowances of it, and those must be
so much smaller than the error itself that no accident looks like a fit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from grader.diagnosis.relations.leaves import Leaf
from grader.diagnosis.relations.sizes import names
from grader.findings.explanations import RelationKind

SLACK = 4.0
"""Allowances that a prediction may be off: both sides are rounded, and its own error is an estimate."""

SHARP = 0.02
"""The most that those allowances may be of the error, on average: 50 times nearer than the right answer."""

SHARPER = 1e-3
"""As SHARP, for fewer than `FEW` wrong numbers."""

FEW = 4

EQUAL = 1e-9
"""How near two numbers that are both made of sizes have to be."""


@dataclass(frozen=True)
class Guess:
    """What a wrong value may be; fields as in `Relation`."""

    kind: RelationKind
    value: float | None = None
    named: str = ""
    dims: tuple[int, ...] = ()
    wrong_only: bool = False


Prediction = tuple[torch.Tensor, torch.Tensor]
"""What would have come back, and how far each element of it may be off."""


def near(leaf: Leaf, prediction: Prediction, *, wrong_only: bool = False, accidents: bool = False) -> bool:
    """Whether what came back is what was predicted; unless `accidents` may count, not by accident."""
    predicted, tolerance = prediction
    if predicted.shape != leaf.seen.shape:
        return False
    allowed = SLACK * (tolerance + leaf.unit * predicted.abs())
    close = (leaf.seen - predicted).abs() <= allowed
    same = leaf.seen == predicted
    if not leaf.finite:  # infinities and NaN are equal to themselves only
        same = same | (leaf.seen.isnan() & predicted.isnan())
        close = close | same
    if wrong_only:
        close = close | ~leaf.wrong
    if not bool(close.all()):
        return False
    return accidents or leaf.status == "right" or _sharp(leaf, allowed, same)


def _sharp(leaf: Leaf, allowed: torch.Tensor, same: torch.Tensor) -> bool:
    """Whether most wrong elements are told apart from right ones: by a measure, or by being equal."""
    measured = leaf.gap.isfinite() & allowed.isfinite()
    counted = leaf.wrong & measured
    count = int(counted.sum())
    if 2 * int((leaf.wrong & (measured | same)).sum()) < leaf.wrong_count:
        return False
    if not count:
        return False
    share = SHARP if count >= FEW else SHARPER
    return float(allowed[counted].sum()) <= share * float(leaf.gap[counted].sum())


# --- one number, the same for all elements ------------------------------------


def factor(leaf: Leaf, guess: Guess) -> float | None:
    """The number that a guess at a factor, offset or constant is about, in this call."""
    if guess.value is not None:
        return guess.value
    negative = guess.named.startswith("-")
    for name, number in names(leaf.sizes):
        if name == guess.named.removeprefix("-"):
            return -number if negative else number
    return None


def measured_factor(leaf: Leaf, where: torch.Tensor) -> float | None:
    """The factor that fits best on the elements `where`; None if there is nothing to measure."""
    seen, expected = leaf.seen[where], leaf.expected[where]
    sound = seen.isfinite() & expected.isfinite()
    largest = float(expected[sound].abs().max()) if bool(sound.any()) else 0.0
    if not largest:
        return None
    scaled = expected[sound] / largest
    value = float((seen[sound] / largest * scaled).sum() / (scaled * scaled).sum())
    return value if math.isfinite(value) else None


def numbers_like(leaf: Leaf, number: float, rel: float) -> Iterator[str]:
    """Names of sizes whose number in this call is `number`, with its sign, simplest first."""
    for name, known in names(leaf.sizes):
        if abs(known - 1) > EQUAL and abs(known - abs(number)) <= rel * known:
            yield f"-{name}" if number < 0 else name


# --- predictions ---------------------------------------------------------------


def _elementwise(
    change: Callable[[torch.Tensor], torch.Tensor],
) -> Callable[[Leaf, Guess], Prediction | None]:
    """A prediction by a function of each expected element; its error is measured beside it."""

    def predict(leaf: Leaf, guess: Guess) -> Prediction | None:
        predicted = change(leaf.expected)
        above, below = change(leaf.expected + leaf.limit), change(leaf.expected - leaf.limit)
        error = torch.maximum((above - predicted).abs(), (below - predicted).abs())
        return predicted, error.nan_to_num(nan=math.inf)

    return predict


def _rearranged(
    change: Callable[[torch.Tensor, Guess], torch.Tensor | None],
) -> Callable[[Leaf, Guess], Prediction | None]:
    """A prediction by moving elements; their limits move with them."""

    def predict(leaf: Leaf, guess: Guess) -> Prediction | None:
        predicted, limit = change(leaf.expected, guess), change(leaf.limit, guess)
        return None if predicted is None or limit is None else (predicted, limit)

    return predict


def _scaled(leaf: Leaf, guess: Guess) -> Prediction | None:
    number = factor(leaf, guess)
    if number is None:
        return None
    return leaf.expected * number, leaf.limit * abs(number)


def _moved(leaf: Leaf, guess: Guess) -> Prediction | None:
    number = factor(leaf, guess)
    if number is None:
        return None
    return leaf.expected + number, leaf.limit + leaf.unit * abs(number)


def _constant(leaf: Leaf, guess: Guess) -> Prediction | None:
    number = 0.0 if guess.kind == "zero" else factor(leaf, guess)
    if number is None:
        return None
    return torch.full_like(leaf.expected, number), torch.zeros_like(leaf.limit)


def _mean(leaf: Leaf, guess: Guess) -> Prediction | None:
    if not leaf.expected.ndim:
        return None
    dims = _within(guess.dims, leaf.expected.ndim) or tuple(range(leaf.expected.ndim))
    predicted = leaf.expected.mean(dim=dims, keepdim=True).expand(leaf.expected.shape)
    return predicted, leaf.limit


def argument_as(leaf: Leaf, name: str, shape: torch.Size) -> torch.Tensor | None:
    """The argument of that name, stretched to `shape`: as it is, or along the second dimension, as a bias."""
    value = dict(leaf.arguments).get(name)
    if value is None:
        return None
    if value.ndim == 1 and len(shape) > 2 and value.shape[0] == shape[1]:
        value = value.reshape(1, -1, *(1 for _ in shape[2:]))
    try:
        return value.expand(shape)
    except RuntimeError:
        return None


def _argument(leaf: Leaf, guess: Guess) -> Prediction | None:
    value = argument_as(leaf, guess.named, leaf.expected.shape)
    return None if value is None else (value, torch.zeros_like(leaf.limit))


def _with_argument(sign: float) -> Callable[[Leaf, Guess], Prediction | None]:
    def predict(leaf: Leaf, guess: Guess) -> Prediction | None:
        value = argument_as(leaf, guess.named, leaf.expected.shape)
        return None if value is None else (leaf.expected + sign * value, leaf.limit + leaf.unit * value.abs())

    return predict


def _times_argument(leaf: Leaf, guess: Guess) -> Prediction | None:
    value = argument_as(leaf, guess.named, leaf.expected.shape)
    return None if value is None else (leaf.expected * value, leaf.limit * value.abs())


def _over_argument(leaf: Leaf, guess: Guess) -> Prediction | None:
    value = argument_as(leaf, guess.named, leaf.expected.shape)
    if value is None or bool((value == 0).any()):
        return None
    return leaf.expected / value, leaf.limit / value.abs()


def _within(dims: Sequence[int], ndim: int) -> tuple[int, ...] | None:
    """Dimensions counted from 0; None if the tensor has not got one of them."""
    if any(not -ndim <= dim < ndim for dim in dims):
        return None
    return tuple(dim % ndim for dim in dims)


def _transposed(tensor: torch.Tensor, guess: Guess) -> torch.Tensor | None:
    dims = _within(guess.dims, tensor.ndim)
    if dims is None or len(dims) not in (2, tensor.ndim):
        return None
    return tensor.transpose(*dims) if len(dims) == 2 else tensor.permute(dims)


def _viewed(tensor: torch.Tensor, guess: Guess) -> torch.Tensor | None:
    dims = _within(guess.dims, tensor.ndim)
    return None if dims is None or len(dims) != tensor.ndim else tensor.permute(dims).reshape(tensor.shape)


def _flipped(tensor: torch.Tensor, guess: Guess) -> torch.Tensor | None:
    dims = _within(guess.dims, tensor.ndim)
    return None if dims is None else tensor.flip(dims)


def _rolled(tensor: torch.Tensor, guess: Guess) -> torch.Tensor | None:
    dims = _within(guess.dims, tensor.ndim)
    return None if dims is None else tensor.roll(int(guess.value or 0), dims)


def _rounded(leaf: Leaf, guess: Guess) -> Prediction | None:
    places = int(guess.value or 0)
    # A value within its limit of the middle may be rounded either way: those elements are not held to it.
    scaled = leaf.expected * 10**places
    middle = (scaled - scaled.floor() - 0.5).abs() <= 2 * leaf.limit * 10**places
    step = torch.where(middle, 10.0**-places, 0.0)
    return leaf.expected.round(decimals=places), step.to(leaf.limit.dtype)


PREDICT: dict[RelationKind, Callable[[Leaf, Guess], Prediction | None]] = {
    "zero": _constant,
    "constant": _constant,
    "mean": _mean,
    "argument": _argument,
    "missing": _with_argument(-1.0),
    "added": _with_argument(1.0),
    "missing-factor": _over_argument,
    "extra-factor": _times_argument,
    "sign": _elementwise(torch.neg),
    "factor": _scaled,
    "offset": _moved,
    "transposed": _rearranged(_transposed),
    "viewed": _rearranged(_viewed),
    "flipped": _rearranged(_flipped),
    "rolled": _rearranged(_rolled),
    "absolute": _elementwise(torch.abs),
    "clipped": _elementwise(torch.relu),
    "complement": _elementwise(lambda expected: 1 - expected),
    "truncated": _elementwise(torch.trunc),
    "rounded": _rounded,
    "log": _elementwise(torch.log),
    "log2": _elementwise(torch.log2),
    "exp": _elementwise(torch.exp),
    "square": _elementwise(torch.square),
    "root": _elementwise(torch.sqrt),
    "reciprocal": _elementwise(torch.reciprocal),
}
"""What would have come back, for each kind that says it of every element."""


def measured(leaf: Leaf, guess: Guess) -> Guess:
    """A guess at 'some factor' or 'some offset' with this call's own number."""
    if guess.value is not None or guess.named:
        return guess
    where = leaf.wrong if guess.wrong_only else torch.ones_like(leaf.wrong)
    if guess.kind == "factor":
        return replace(guess, value=measured_factor(leaf, where))
    if guess.kind == "offset":
        offset = float((leaf.seen - leaf.expected)[where].mean())
        return replace(guess, value=offset if math.isfinite(offset) else None)
    return guess
