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
from functools import cache
from typing import Any, TypeVar

import torch
from hypothesis import strategies as st

from grader.diagnosis.smallest.calls import Call, Case, Seen, Trouble
from grader.diagnosis.smallest.spelling import Word, source_of

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
    "source_of",
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


MOST_OTHERS = 4
"""So many elements of a tensor are unlike the rest: what is drawn is close to what it can shrink to.

Where each element was a choice of its own, an attempt took 5 ms instead of 1."""

PLACES = 64
"""Places in a tensor are drawn from as many, whatever its size: then a size can shrink and they stay."""


@cache
def one_of(*choices: T) -> st.SearchStrategy[T]:
    """One of these; the first is the simplest."""
    return st.sampled_from(choices)


@cache
def size(most: int, *, least: int = 1) -> st.SearchStrategy[int]:
    """A size, the smaller the simpler."""
    return st.integers(least, most)


def dtype() -> st.SearchStrategy[torch.dtype]:
    """float32, or float64 where that matters."""
    return one_of(torch.float32, torch.float64)


@cache
def _others(numbers: tuple[float, ...]) -> st.SearchStrategy[list[tuple[int, float]]]:
    """Places and the elements there."""
    places = st.tuples(st.integers(0, PLACES - 1), one_of(*numbers))
    return st.lists(places, max_size=MOST_OTHERS)


@st.composite
def tensor(
    draw: Draw[Any],
    *shape: int,
    numbers: tuple[float, ...] = SIMPLE,
    dtype: torch.dtype = torch.float32,
    order: Sequence[int] = (),
) -> torch.Tensor:
    """A tensor of this shape, all of one number but for a few elements.

    Args:
        draw: Given by hypothesis.
        shape: Its shape.
        numbers: What its elements are drawn from, the simplest first.
        dtype: A floating dtype.
        order: The order of its dimensions in memory, such as (1, 0) for a matrix
            stored by columns; () for the usual.
    """
    elements = [draw(one_of(*numbers))] * math.prod(shape)
    for place, number in draw(_others(numbers)):
        elements[place % len(elements)] = number
    drawn = torch.tensor(elements, dtype=dtype)
    if not order:
        return drawn.reshape(shape)
    stored = drawn.reshape([shape[dim] for dim in order])
    return stored.permute([list(order).index(dim) for dim in range(len(shape))])


@st.composite
def class_indices(draw: Draw[int], count: int, classes: int) -> torch.Tensor:
    """int64 class indices (count,) in 0..classes-1."""
    index = size(classes - 1, least=0)
    return torch.tensor([draw(index) for _ in range(count)])


@st.composite
def with_cotangent(draw: Draw[Any], calls: st.SearchStrategy[Call], result: Callable[[Call], object]) -> Call:
    """Calls with something to send backward, of the shape of their `result`; ones are the simplest."""
    call: Call = draw(calls)
    right = result(call)
    assert isinstance(right, torch.Tensor), "gradients are asked of functions that return one tensor"
    kind = next(v.dtype for v in call.args if isinstance(v, torch.Tensor) and v.is_floating_point())
    drawn = draw(tensor(*right.shape, numbers=(1.0, 0.0, -1.0, 2.0), dtype=kind))
    return call if bool((drawn == 1.0).all()) else replace(call, cotangent=drawn)
