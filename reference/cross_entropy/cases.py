"""Calls of cross_entropy and cross_entropy_grad that the contract allows, simplest first."""

from hypothesis import strategies as st

from grader.diagnosis.cases import (
    FRACTIONS,
    LARGE,
    SIMPLE,
    Call,
    Draw,
    class_indices,
    dtype,
    one_of,
    size,
    tensor,
)

SHAPES = {"logits": "N C", "targets": "N"}


@st.composite
def calls(draw: Draw, name: str) -> Call:
    """Finite logits (N, C) and class indices (N,)."""
    batch, classes = draw(size(3)), draw(size(3))
    order = draw(one_of((), (1, 0)))
    numbers = draw(one_of(SIMPLE, SIMPLE + FRACTIONS + LARGE))
    targets = draw(class_indices(batch, classes))
    logits = draw(tensor(batch, classes, numbers=numbers, dtype=draw(dtype()), order=order))
    return Call(name, (logits, targets), {}, SHAPES)


def cross_entropy() -> st.SearchStrategy[Call]:
    """Calls of the loss."""
    return calls("cross_entropy")


def cross_entropy_grad() -> st.SearchStrategy[Call]:
    """Calls of its gradient."""
    return calls("cross_entropy_grad")
