"""Calls of linear_backward that the contract allows, simplest first."""

from hypothesis import strategies as st

from grader.diagnosis.cases import FRACTIONS, SIMPLE, Call, Draw, dtype, one_of, size, tensor

SHAPES = {"x": "N in", "weight": "out in", "grad_output": "N out"}

NUMBERS = SIMPLE + FRACTIONS


@st.composite
def linear_backward(draw: Draw) -> Call:
    """Matrices x (N, in), weight (out, in) and grad_output (N, out)."""
    batch, inputs, outputs = draw(size(3)), draw(size(3)), draw(size(3))
    kind, order = draw(dtype()), draw(one_of((), (1, 0)))
    shapes = (batch, inputs), (outputs, inputs), (batch, outputs)
    args = tuple(draw(tensor(*shape, numbers=NUMBERS, dtype=kind, order=order)) for shape in shapes)
    return Call("linear_backward", args, {}, SHAPES)
