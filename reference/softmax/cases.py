"""Calls of softmax that the contract allows, simplest first."""

from hypothesis import strategies as st

from grader.diagnosis.cases import FRACTIONS, LARGE, SIMPLE, Call, Draw, dtype, one_of, size, tensor

MASKED = float("-inf")


@st.composite
def softmax(draw: Draw) -> Call:
    """Matrices first, along their rows; then other ranks and dims. Each slice has a finite entry."""
    rank = draw(one_of(2, 2, 2, 1, 3, 4))  # half of them what most people try first
    # As many sizes for each rank: what takes fewer choices is simpler to hypothesis, and a matrix shall be.
    shape = [draw(size(most)) for most in (3, 3, 2, 2)][:rank]
    dim = draw(one_of(None, *range(rank), *range(-rank, 0)))
    order = draw(one_of((), tuple(reversed(range(rank)))))
    numbers = draw(one_of(SIMPLE, SIMPLE + FRACTIONS + LARGE + (MASKED,)))
    logits = draw(tensor(*shape, numbers=numbers, dtype=draw(dtype()), order=order))
    along = -1 if dim is None else dim
    empty = logits.isneginf().all(along, keepdim=True).expand_as(logits)
    return Call(
        "softmax",
        (logits.masked_fill(empty, 0.0),),
        {} if dim is None else {"dim": dim},
        {"logits": "N C" if rank == 2 else "..."},
    )
