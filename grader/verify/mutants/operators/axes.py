"""Slips of axes: the wrong dimension is reduced, none is, or it is not kept."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.verify.mutants.operators.base import Change, Operator
from grader.verify.mutants.parts import (
    called,
    expression,
    keyword,
    number,
    receiver,
    whole_number,
    with_keyword,
    without,
)

REDUCTIONS = frozenset(
    {
        *("sum", "mean", "prod", "amax", "amin", "max", "min", "argmax", "argmin", "std", "var"),
        *("median", "norm", "all", "any", "nansum", "count_nonzero"),
    }
)
PLACES = {
    **dict.fromkeys((*REDUCTIONS, "logsumexp", "cumsum", "cumprod", "softmax", "log_softmax"), 0),
    **dict.fromkeys(("gather", "scatter", "scatter_", "scatter_add", "index_select", "unfold", "select"), 0),
    **dict.fromkeys(("unsqueeze", "squeeze", "flatten", "flip", "sort", "argsort", "topk", "unbind"), 0),
    **dict.fromkeys(("cat", "stack", "concat", "split", "chunk", "narrow", "size"), 0),
}
"""Where a method takes its axis; a function takes it one later."""

KEYWORDS = ("dim", "axis", "start_dim")
OTHERS = {-1: (0, 1, -2), 0: (1, -1), 1: (0, 2), -2: (-1, 0)}
"""Axes that are taken for another. Not -1 for 1, nor -2 for 0: in a matrix they are the same."""


def axis(call: cst.Call) -> int | None:
    """Which argument of a call is its axis."""
    if (named := keyword(call, *KEYWORDS)) is not None:
        return named
    name = called(call)
    place = PLACES.get(name)
    if place is None:
        return None
    is_method = receiver(call) is not None
    if not is_method and (isinstance(call.func, cst.Name) or name == "unfold"):
        return None  # Python's own sum() has no axis, and F.unfold() is another than Tensor.unfold()
    place += 0 if is_method and name not in ("cat", "stack", "concat") else 1
    if place >= len(call.args) or any(arg.keyword or arg.star for arg in call.args[: place + 1]):
        return None
    if name in ("max", "min") and whole_number(call.args[place].value) is None:
        return None  # the larger of two tensors
    return place


def other_axes(value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Axes that stand where `value` should stand."""
    written = whole_number(value)
    if written is not None:
        yield from (number(other) for other in OTHERS.get(written, (written - 1, written + 1)))
    elif isinstance(value, cst.Name):
        yield from (number(other) for other in (0, 1, -1))
        yield expression("{dim} - 1", dim=value)  # as if dimensions were counted from 1


def another_axis(call: cst.Call) -> Iterator[Change]:
    """A student sums the columns instead of the rows, or always the last dimension, whatever `dim` says."""
    place = axis(call)
    if place is not None:
        value = call.args[place].value
        yield from ((value, other) for other in other_axes(value))


def no_axis(call: cst.Call) -> Iterator[Change]:
    """A student reduces over the whole batch, because the axis is forgotten."""
    place = axis(call)
    if place is not None and called(call) in REDUCTIONS:
        yield call, without(call, place)


def default_axis(param: cst.Param) -> Iterator[Change]:
    """An author gives a function another default axis than its handout says."""
    if param.default is not None and param.name.value in KEYWORDS:
        yield from ((param.default, other) for other in other_axes(param.default))


def keeping(call: cst.Call) -> Iterator[Change]:
    """A student forgets `keepdim=True`, so that shapes broadcast wrongly, or keeps what should go."""
    place = keyword(call, "keepdim", "keepdims")
    if place is None:
        if axis(call) is not None and called(call) in REDUCTIONS:
            yield call, with_keyword(call, "keepdim", "True")
    elif isinstance(value := call.args[place].value, cst.Name):
        yield value, cst.Name("False" if value.value == "True" else "True")


OPERATORS = (
    Operator("axis", (cst.Call,), another_axis),
    Operator("axis forgotten", (cst.Call,), no_axis),
    Operator("default axis", (cst.Param,), default_axis),
    Operator("keepdim", (cst.Call,), keeping),
)
