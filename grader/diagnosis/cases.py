"""What `reference/<exercise>/cases.py` is written with: strategies for the calls that a contract allows.

A cases file has one function for each entry point, named like it, that gives a
strategy of `Call`s (hypothesis shrinks what it draws towards the first choice, so
small and simple comes first), and may have `<name>_refusal` for calls that must
raise. Staff only: it is loaded when something failed, and imports hypothesis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import torch
from hypothesis import strategies as st

from grader.diagnosis.smallest_calls import Call, Case, Seen, Trouble
from grader.diagnosis.smallest_spelling import Word

__all__ = [
    "FRACTIONS",
    "LARGE",
    "SIMPLE",
    "Call",
    "Case",
    "Draw",
    "Seen",
    "Trouble",
    "Word",
    "class_indices",
    "dtype",
    "one_of",
    "size",
    "tensor",
    "with_cotangent",
]

T = TypeVar("T")

Draw = Callable[[st.SearchStrategy[T]], T]
"""What a composite strategy draws with."""

SIMPLE = (0.0, 1.0, -1.0, 2.0, 3.0)
"""Numbers to reckon with in one's head; two of them differ by more than rounding."""

FRACTIONS = (0.5, -0.5)
"""Numbers that a cast to integers would lose."""

LARGE = (89.0, 1000.0, -1000.0, 1001.0, -1001.0)
"""exp(89) is infinite in float32, exp(1000) in float64 too; exp(-1000) is 0 in both."""


def one_of(*choices: T) -> st.SearchStrategy[T]:
    """One of these; the first is the simplest."""
    return st.sampled_from(choices)


def size(most: int, *, least: int = 1) -> st.SearchStrategy[int]:
    """A size, the smaller the simpler."""
    return st.integers(least, most)


def dtype() -> st.SearchStrategy[torch.dtype]:
    """float32, or float64 where that matters."""
    return st.sampled_from((torch.float32, torch.float64))


@st.composite
def tensor(
    draw: Draw[float],
    *shape: int,
    numbers: Sequence[float] = SIMPLE,
    dtype: torch.dtype = torch.float32,
    order: Sequence[int] = (),
) -> torch.Tensor:
    """A tensor of this shape whose elements are some of `numbers`, the first of them the simplest.

    Args:
        draw: Given by hypothesis.
        shape: Its shape.
        numbers: What its elements are drawn from.
        dtype: A floating dtype.
        order: The order of its dimensions in memory, such as (1, 0) for a matrix
            stored by columns; () for the usual.
    """
    element = st.sampled_from(numbers)
    stored = [shape[dim] for dim in order] if order else shape
    elements = [draw(element) for _ in range(math.prod(shape))]
    drawn = torch.tensor(elements, dtype=dtype).reshape(stored)
    return drawn.permute([list(order).index(dim) for dim in range(len(shape))]) if order else drawn


@st.composite
def class_indices(draw: Draw[int], count: int, classes: int) -> torch.Tensor:
    """int64 class indices (count,) in 0..classes-1."""
    index = st.integers(0, classes - 1)
    return torch.tensor([draw(index) for _ in range(count)])


@st.composite
def with_cotangent(draw: Draw[Any], calls: st.SearchStrategy[Call], result: Callable[[Call], object]) -> Call:
    """Calls with something to send backward, of the shape of their `result`; ones are the simplest."""
    call: Call = draw(calls)
    right = result(call)
    assert isinstance(right, torch.Tensor), "gradients are asked of functions that return one tensor"
    element = st.sampled_from((1.0, 0.0, -1.0, 2.0))
    kind = next(v.dtype for v in call.args if isinstance(v, torch.Tensor) and v.is_floating_point())
    drawn = torch.tensor([draw(element) for _ in range(right.numel())], dtype=kind).reshape(right.shape)
    return call if bool((drawn == 1.0).all()) else replace(call, cotangent=drawn)
