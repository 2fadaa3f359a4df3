"""What the calls that go wrong have in common, and no other call has.

Right only for a batch of one, only without padding, only for small inputs:
each is a feature of a call. It is claimed where all calls that go wrong in one
way have it and all others seen have not, and where that is hardly an accident.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from grader.diagnosis.relations.leaves import Leaf
from grader.findings.explanations import When

PLAIN = {"stride": 1, "dilation": 1, "groups": 1, "padding": 0, "dim": -1}
"""Values of options that ask for nothing; for all others that is None."""

APART = 5.0
"""How many times larger the inputs that go wrong must be than those that go right."""

ENOUGH = 4
"""Calls that are needed, right and wrong together."""


def when(positives: Sequence[Leaf], negatives: Sequence[Leaf]) -> When | None:
    """What tells `positives` from `negatives`; None if nothing does, or too few are known.

    With a single call on one side much would tell it from the others by accident: then
    only what nothing else competes with is claimed.
    """
    telling = [leaf for leaf in negatives if not _trivial(leaf)]
    calls = {leaf.sample for leaf in positives}, {leaf.sample for leaf in telling}
    fewest = min(map(len, calls))
    if len(calls[0]) < 2 and any(leaf.status != "right" for leaf in negatives):
        return None
    if not fewest or len(calls[0]) + len(calls[1]) < ENOUGH:
        return None
    options = tuple(dict.fromkeys(name for leaf in (*positives, *negatives) for name in leaf.call.kwargs))
    mine = [features(leaf, options) for leaf in positives]
    others = [features(leaf, options) for leaf in negatives]
    found = [
        feature
        for feature in dict.fromkeys(feature for each in mine for feature in each)
        if _asked_of_all(feature, (*positives, *negatives))
        and all(feature in each for each in mine)
        and not any(feature in each for each in others)
    ]
    large = _large(positives, negatives)
    found = [large, *found] if large else found
    return found[0] if found and (fewest > 1 or len(found) == 1) else None


def _asked_of_all(feature: When, leaves: Sequence[Leaf]) -> bool:
    """Whether each call could have a feature or not: a size that only some of them have tells nothing."""
    return feature.kind not in ("size-one", "size-more") or all(feature.name in leaf.sizes for leaf in leaves)


def _trivial(leaf: Leaf) -> bool:
    """Whether a right answer says nothing, because many programs would give it: all its numbers are equal."""
    return leaf.expected.numel() > 1 and bool((leaf.expected == leaf.expected.flatten()[0]).all())


def features(leaf: Leaf, options: Sequence[str]) -> list[When]:
    """All that is true of a call, in the order in which it is tried; `options` are those of all calls."""
    found: list[When] = []
    first = leaf.call.args[0] if leaf.call.args else None
    tensor = first if isinstance(first, torch.Tensor) else None
    if tensor is not None and not bool(tensor.isfinite().all()):
        found.append(When(kind="infinite"))
    for name in options:
        given = not plain(name, leaf.call.kwargs.get(name, PLAIN.get(name)), tensor)
        found.append(When(kind="option" if given else "no-option", name=name))
    for name, size in leaf.sizes.items():
        if "*" not in name and name != "all":
            found.append(When(kind="size-one" if size == 1 else "size-more", name=name))
    if tensor is not None:
        if tensor.ndim >= 2:
            square = tensor.shape[-1] == tensor.shape[-2]
            found.append(When(kind="square" if square else "not-square"))
        found.append(When(kind="rank", value=tensor.ndim))
        found.append(When(kind="dtype", name=str(tensor.dtype).removeprefix("torch.")))
        if not all(each.is_contiguous() for each in leaf.call.args if isinstance(each, torch.Tensor)):
            found.append(When(kind="layout"))
    return found


def plain(name: str, value: Any, tensor: torch.Tensor | None) -> bool:
    """Whether an option is given a value that asks for nothing; `tensor` is the call's first argument."""
    if isinstance(value, torch.Tensor):
        return False
    if isinstance(value, tuple | list):
        return all(plain(name, each, tensor) for each in value)
    if name == "dim" and tensor is not None and isinstance(value, int) and value >= 0:
        return value == tensor.ndim - 1
    return bool(value == PLAIN.get(name))


def _largest(leaf: Leaf) -> float | None:
    sizes = [value[value.isfinite()].abs() for _, value in leaf.arguments[:1]]
    return float(sizes[0].max()) if sizes and sizes[0].numel() else None


def _large(positives: Sequence[Leaf], negatives: Sequence[Leaf]) -> When | None:
    """All inputs that go wrong are far larger than all that go right."""
    mine = [_largest(leaf) for leaf in positives]
    others = [_largest(leaf) for leaf in negatives]
    wrong = [size for size in mine if size is not None]
    right = [size for size in others if size is not None]
    if len(wrong) < len(mine) or len(right) < len(others) or min(wrong) <= APART * max(right):
        return None
    return When(kind="large", value=min(wrong))
