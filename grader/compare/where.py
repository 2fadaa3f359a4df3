"""Where the wrong numbers of one tensor sit, in the simplest words that are true.

A description fits when it holds for all wrong numbers and for no right one; if
none does, one that holds for all wrong numbers is taken where it leaves most
of the tensor out (`whole` is False then). Only asked when something is wrong.
"""

from __future__ import annotations

import math

import torch

from grader.findings import Where

MAX_INDICES = 5
"""Slices that are named one by one."""

CHANCE = 1000
"""How unlikely it must be that numbers drawn at random sit so: one in so many."""


def where(wrong: torch.Tensor, expected: torch.Tensor) -> Where | None:
    """Describe where `wrong` is true.

    Args:
        wrong: Which elements are wrong, bool, any shape; at least one is.
        expected: The expected values, of the same shape.

    Returns:
        The first that fits of: everywhere; whole slices along one dimension, or all
        but one of them; the border, or the diagonal, of the last two dimensions;
        above or below a magnitude, or of one sign; then parts of one slice, of the
        border, of the diagonal; and 'scattered'. None for a single number, which has no place.
    """
    if wrong.numel() <= 1:
        return None
    if bool(wrong.all()):
        return Where(kind="everywhere")
    return (
        _slices(wrong)
        or _border(wrong)
        or _diagonal(wrong)
        or _magnitude(wrong, expected)
        or _in_one_slice(wrong)
        or _on_border(wrong)
        or _on_diagonal(wrong)
        or Where(kind="scattered")
    )


def _touched(wrong: torch.Tensor, dim: int) -> torch.Tensor:
    """Which slices along `dim` have a wrong number."""
    others = [d for d in range(wrong.ndim) if d != dim]
    return wrong.any(dim=others) if others else wrong


def _slices(wrong: torch.Tensor) -> Where | None:
    """Whole slices along one dimension: the one with the fewest of them."""
    found: list[tuple[float, Where]] = []
    for dim, size in enumerate(wrong.shape):
        touched = _touched(wrong, dim)
        count = int(touched.sum())
        # One slice of a vector is one number: several of them are no pattern.
        if (
            count == size
            or (wrong.ndim == 1 and count > 1)
            or int(wrong.sum()) * size != wrong.numel() * count
        ):
            continue
        found.append((count / size, _slice(touched, dim, whole=True)))
    return min(found, key=lambda each: each[0])[1] if found else None


def _slice(touched: torch.Tensor, dim: int, *, whole: bool) -> Where:
    indices = touched.nonzero().flatten().tolist()
    if whole and 2 < len(touched) == len(indices) + 1:
        right = int((~touched).nonzero())
        return Where(kind="all-but", dim=dim, indices=(right,), count=1, size=len(touched))
    return Where(
        kind="slices",
        whole=whole,
        dim=dim,
        indices=tuple(indices[:MAX_INDICES]),
        count=len(indices),
        size=len(touched),
    )


def _in_one_slice(wrong: torch.Tensor) -> Where | None:
    """All of them in one of at least three slices, where that is no accident."""
    count = int(wrong.sum())
    if count < 2 or wrong.ndim < 2:
        return None
    for dim, size in enumerate(wrong.shape):
        touched = _touched(wrong, dim)
        if size > 2 and int(touched.sum()) == 1 and size ** (count - 1) >= CHANCE:
            return _slice(touched, dim, whole=False)
    return None


def _frame(shape: torch.Size, width: int) -> torch.Tensor | None:
    """The border of the last two dimensions, True; None if nothing is inside it."""
    if len(shape) < 2 or min(shape[-2:]) <= 2 * width:
        return None
    border = torch.ones(shape, dtype=torch.bool)
    border[..., width : shape[-2] - width, width : shape[-1] - width] = False
    return border


def _border(wrong: torch.Tensor) -> Where | None:
    for width in (1, 2):
        border = _frame(wrong.shape, width)
        if border is not None and torch.equal(border, wrong):
            return Where(kind="border", count=width)
    return None


def _on_border(wrong: torch.Tensor) -> Where | None:
    for width in (1, 2):
        border = _frame(wrong.shape, width)
        if border is not None and not bool((wrong & ~border).any()) and _rare(wrong, border):
            return Where(kind="border", count=width, whole=False)
    return None


def _eye(shape: torch.Size) -> torch.Tensor | None:
    if len(shape) < 2 or shape[-1] != shape[-2] or shape[-1] < 3:
        return None
    return torch.eye(shape[-1], dtype=torch.bool).expand(shape)


def _diagonal(wrong: torch.Tensor) -> Where | None:
    eye = _eye(wrong.shape)
    return Where(kind="diagonal") if eye is not None and torch.equal(eye, wrong) else None


def _on_diagonal(wrong: torch.Tensor) -> Where | None:
    eye = _eye(wrong.shape)
    if eye is None or bool((wrong & ~eye).any()) or not _rare(wrong, eye):
        return None
    return Where(kind="diagonal", whole=False)


def _rare(wrong: torch.Tensor, place: torch.Tensor) -> bool:
    """Whether as many numbers drawn at random would hardly all be in `place`."""
    share = int(place.sum()) / place.numel()
    return share < 1 and int(wrong.sum()) * math.log(share) <= -math.log(CHANCE)


def _magnitude(wrong: torch.Tensor, expected: torch.Tensor) -> Where | None:
    """All above some expected magnitude, or below, or of one sign, and no right one there."""
    known = expected.isfinite()
    size = expected.abs()[known]
    bad = wrong[known]
    count = int(bad.sum())
    if count != int(wrong.sum()) or math.comb(len(bad), count) < CHANCE:
        return None
    if float(size[bad].min()) > float(size[~bad].max()):
        return Where(kind="above", threshold=float(size[bad].min()))
    if float(size[bad].max()) < float(size[~bad].min()):
        return Where(kind="below", threshold=float(size[bad].max()))
    for kind, there in (("positive", expected[known] > 0), ("negative", expected[known] < 0)):
        if torch.equal(there, bad):
            return Where.model_validate({"kind": kind})
    return None
