"""How far a right answer may be from the oracle.

The allowance is not a constant: it follows from the dtype that the student
computed in, from how many terms were summed, and from how large those terms
were. Rounding errors of a sum of n terms stay, with overwhelming probability,
below lambda * sqrt(n) * u times the sum of the terms' absolute values (Higham
and Mary, "A new approach to probabilistic rounding error analysis", SIAM J.
Sci. Comput. 41(5), 2019, theorem 2.4). We take lambda = 8, since eps = 2u.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

FIXED_ROUNDINGS = 8
"""Units of eps for the few operations outside the sum (exp, division, a final cast)."""

PER_ROOT_TERM = 4
"""Units of eps for each square root of the number of terms: lambda = 8 in units of u."""


@dataclass(frozen=True)
class Allowance:
    """What the allowance of one result (or one leaf of it) follows from.

    Attributes:
        terms: How many terms are summed for one element (the reduction length).
        magnitude: A bound on the sum of those terms' absolute values: one
            number, or a tensor that broadcasts to the result. None takes the
            largest absolute expected value.
    """

    terms: int = 1
    magnitude: float | torch.Tensor | None = None

    def limit(self, expected: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """The largest absolute difference allowed, for each element of `expected`.

        Args:
            expected: The oracle's values, float64, any shape.
            dtype: The floating dtype that the student computed in.

        Returns:
            A float64 tensor of the shape of `expected`:
            eps(dtype) * (8 + 4 * sqrt(terms)) * magnitude, and never less than
            the smallest normal number, below which hardware may flush to zero.
        """
        info = torch.finfo(dtype)
        factor = info.eps * (FIXED_ROUNDINGS + PER_ROOT_TERM * math.sqrt(self.terms))
        if self.magnitude is None:
            finite = expected[expected.isfinite()].abs()
            magnitude = finite.max() if finite.numel() else torch.zeros((), dtype=torch.float64)
        else:
            magnitude = torch.as_tensor(self.magnitude, dtype=torch.float64)
        return (factor * magnitude + info.tiny).expand(expected.shape)


AllowanceTree = Allowance | tuple["AllowanceTree", ...] | dict[str, "AllowanceTree"]
"""An allowance for the whole result, or one for each of its items."""


def item(tree: AllowanceTree, key: int | str) -> AllowanceTree:
    """The allowance of one item of a tuple or dict; one allowance serves all items."""
    if isinstance(tree, dict) and isinstance(key, str):
        return tree[key]
    if isinstance(tree, tuple) and isinstance(key, int):
        return tree[key]
    if isinstance(tree, Allowance):
        return tree
    raise TypeError(f"no allowance for item {key!r} in {type(tree).__name__}")
