"""Calls of conv2d that the contract allows, simplest first, and calls that it refuses."""

from hypothesis import strategies as st

from grader.diagnosis.cases import FRACTIONS, SIMPLE, Call, Draw, dtype, one_of, size, tensor

SHAPES = {"x": "N C_in H W", "weight": "C_out C_in kH kW", "bias": "C_out"}

STRIDES = (1, 2, 3, (1, 2), (2, 1))
PADDINGS = (0, 1, 2, (0, 1), (1, 0))

CHANNELS_LAST = (0, 2, 3, 1)


def both(value: int | tuple[int, int]) -> tuple[int, int]:
    """A stride or padding as (vertical, horizontal)."""
    return (value, value) if isinstance(value, int) else value


@st.composite
def conv2d(draw: Draw) -> Call:
    """A kernel that fits into the padded image."""
    batch, inputs, outputs = draw(size(2)), draw(size(2)), draw(size(2))
    options = {}
    if (stride := draw(one_of(*STRIDES))) != 1:
        options["stride"] = stride
    padding = draw(one_of(*PADDINGS))
    image = draw(size(4)), draw(size(4))
    kernel = tuple(draw(size(min(3, side + 2 * pad))) for side, pad in zip(image, both(padding), strict=True))
    if padding != 0:
        options["padding"] = padding
    kind, order = draw(dtype()), draw(one_of((), CHANNELS_LAST))
    with_bias = draw(st.booleans())
    weight = draw(tensor(outputs, inputs, *kernel, dtype=kind, numbers=(1.0, 0.0, -1.0, 2.0)))
    x = draw(tensor(batch, inputs, *image, dtype=kind, order=order, numbers=SIMPLE + FRACTIONS))
    if with_bias:
        options = {"bias": draw(tensor(outputs, dtype=kind)), **options}
    return Call("conv2d", (x, weight), options, SHAPES)


@st.composite
def conv2d_refusal(draw: Draw) -> Call:
    """A kernel that is too tall or too wide for the padded image."""
    padding = draw(one_of(*PADDINGS))
    image = [draw(size(2)), draw(size(2))]
    room = [side + 2 * pad for side, pad in zip(image, both(padding), strict=True)]
    tall = draw(st.booleans())
    kernel = [room[0] + 1, draw(size(3))] if tall else [draw(size(3)), room[1] + 1]
    x = draw(tensor(1, 1, *image, numbers=(1.0,)))
    weight = draw(tensor(1, 1, *kernel, numbers=(1.0,)))
    return Call("conv2d", (x, weight), {} if padding == 0 else {"padding": padding}, SHAPES, "ValueError")
