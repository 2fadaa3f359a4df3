"""Inputs for tests, drawn afresh for each student and each test.

A `Draw` is a seeded generator with words for what tests need. The same seed
gives the same inputs on every machine (CPU generator), so that a regrade sees
what the first run saw; another student, or another test, sees other numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import torch

T = TypeVar("T")


def seed_for(*parts: str) -> int:
    """A seed in 0..2**63-1 that depends on each of `parts` and on nothing else."""
    text = "\0".join(parts).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1


class Draw:
    """Random inputs from one seed, always on the CPU."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._generator = torch.Generator().manual_seed(seed)

    def normal(
        self, *shape: int, scale: float = 1.0, shift: float = 0.0, dtype: torch.dtype | None = None
    ) -> torch.Tensor:
        """Normal numbers of standard deviation `scale` around `shift`, of shape `shape`.

        Drawn in float64 and rounded to `dtype` (None for torch's default), so that two dtypes see
        the same numbers.
        """
        drawn = torch.randn(shape, generator=self._generator, dtype=torch.float64)
        return (drawn * scale + shift).to(dtype or torch.get_default_dtype())

    def uniform(
        self, *shape: int, low: float = 0.0, high: float = 1.0, dtype: torch.dtype | None = None
    ) -> torch.Tensor:
        """Uniform numbers in [low, high), of shape `shape`; `dtype` as in `normal`."""
        drawn = torch.rand(shape, generator=self._generator, dtype=torch.float64)
        return (drawn * (high - low) + low).to(dtype or torch.get_default_dtype())

    def integers(self, *shape: int, low: int = 0, high: int) -> torch.Tensor:
        """int64 numbers in [low, high), of shape `shape`."""
        return torch.randint(low, high, shape, generator=self._generator)

    def integer(self, low: int, high: int) -> int:
        """One int in [low, high)."""
        return int(self.integers(low=low, high=high))

    def permutation(self, n: int) -> torch.Tensor:
        """A permutation of 0..n-1, int64."""
        return torch.randperm(n, generator=self._generator)

    def choice(self, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[self.integer(0, len(options))]
