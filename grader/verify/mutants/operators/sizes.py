"""Slips of sizes and ranges: one too many, one too few, the wrong end of a slice, rounding."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.verify.mutants.operators.axes import KEYWORDS, axis
from grader.verify.mutants.operators.base import Change, Operator
from grader.verify.mutants.parts import called, expression, keyword, number, whole_number

SIZED = frozenset(
    {
        *("Linear", "Conv1d", "Conv2d", "BatchNorm1d", "BatchNorm2d", "LayerNorm", "Embedding"),
        *("range", "arange", "linspace", "eye", "zeros", "ones", "empty", "full", "rand", "randn"),
        *("view", "reshape", "expand", "unfold", "narrow", "split", "chunk"),
    }
)
"""Calls whose arguments by position are numbers of things."""

NAMED = (cst.Name, cst.Subscript, cst.Attribute)
"""What a number of things is written as, where it is no number."""


def count(call: cst.Call) -> Iterator[Change]:
    """A student makes a layer, a tensor or a range one too large or one too small."""
    skipped = axis(call)
    for index, arg in enumerate(call.args):
        if index == skipped or arg.star or (arg.keyword and arg.keyword.value in ("end_dim", *KEYWORDS)):
            continue
        if (value := whole_number(arg.value)) is not None:
            yield from ((arg.value, number(wrong)) for wrong in (value + 1, value - 1))
        elif called(call) in SIZED and not arg.keyword and isinstance(arg.value, NAMED):
            yield from _one_off(arg.value)


def _one_off(value: cst.BaseExpression) -> Iterator[Change]:
    for spelling in ("{n} + 1", "{n} - 1"):
        yield value, expression(spelling, n=value)


def padding(call: cst.Call) -> Iterator[Change]:
    """A student pads the wrong side, or one too much."""
    if called(call) != "pad" or len(call.args) < 2 or not isinstance(call.args[1].value, cst.Tuple):
        return
    sides = call.args[1].value
    values = [element.value for element in sides.elements]
    for value in values:
        yield from _one_off(value)
    for place in range(len(values) - 1):
        swapped = [*values[:place], values[place + 1], values[place], *values[place + 2 :]]
        pairs = zip(sides.elements, swapped, strict=True)
        yield sides, sides.with_changes(elements=[old.with_changes(value=new) for old, new in pairs])


def padding_dropped(call: cst.Call) -> Iterator[Change]:
    """A student forgets to pad."""
    if called(call) == "pad" and call.args:
        yield call, call.args[0].value


def stride_and_padding(call: cst.Call) -> Iterator[Change]:
    """A student gives the stride as padding and the padding as stride."""
    stride, pad = keyword(call, "stride"), keyword(call, "padding")
    if stride is not None and pad is not None:
        args = list(call.args)
        args[stride] = args[stride].with_changes(value=call.args[pad].value)
        args[pad] = args[pad].with_changes(value=call.args[stride].value)
        yield call, call.with_changes(args=args)


def index(node: cst.Index) -> Iterator[Change]:
    """A student counts from 1, or takes the height for the width."""
    if (value := whole_number(node.value)) is not None:
        yield from ((node.value, number(wrong)) for wrong in (value + 1, value - 1))


def bound(node: cst.Slice) -> Iterator[Change]:
    """A student's slice begins or ends one too early or too late, or has another step."""
    for part in (node.lower, node.upper, node.step):
        if part is None:
            continue
        if (value := whole_number(part)) is not None:
            yield from (
                (part, number(wrong)) for wrong in (value + 1, value - 1) if part is not node.step or wrong
            )
        else:
            yield from _one_off(part)


def rounding(node: cst.BinaryOperation) -> Iterator[Change]:
    """A student rounds the size of an output up, or forgets to round it."""
    if isinstance(node.operator, cst.FloorDivide):
        yield node, expression("(-(-{a} // {b}))", a=node.left, b=node.right)
        yield node, node.with_changes(operator=cst.Divide())


def default(param: cst.Param) -> Iterator[Change]:
    """An author's default is not what the handout says, or is forgotten."""
    if param.default is None:
        return
    yield param, param.with_changes(default=None, equal=cst.MaybeSentinel.DEFAULT)
    if param.name.value not in KEYWORDS and (value := whole_number(param.default)) is not None:
        yield from ((param.default, number(wrong)) for wrong in (value + 1, value - 1))


OPERATORS = (
    Operator("size", (cst.Call,), count),
    Operator("padding", (cst.Call,), padding),
    Operator("padding dropped", (cst.Call,), padding_dropped),
    Operator("stride and padding", (cst.Call,), stride_and_padding),
    Operator("index", (cst.Index,), index),
    Operator("slice", (cst.Slice,), bound),
    Operator("rounding", (cst.BinaryOperation,), rounding),
    Operator("default", (cst.Param,), default),
)
