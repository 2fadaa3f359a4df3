"""Slips of calls: forgotten ones, arguments in the wrong order, the wrong choice, the wrong layer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from grader.verify.mutants.operators.axes import axis
from grader.verify.mutants.operators.base import Change, Operator
from grader.verify.mutants.parts import (
    called,
    keyword,
    receiver,
    reworded,
    with_keyword,
    with_value,
    without,
    written,
)

CHOICES = {
    "mean": ("sum", "none"),
    "sum": ("mean",),
    "none": ("mean",),
    "same": ("valid",),
    "valid": ("same",),
    "ij": ("xy",),
    "xy": ("ij",),
    "zeros": ("reflect",),
    "constant": ("reflect",),
    "relu": ("tanh",),
    "fan_in": ("fan_out",),
    "fan_out": ("fan_in",),
    "bilinear": ("nearest",),
}
"""Words that choose what a function does."""

LAYERS = {
    "ReLU": ("Tanh", "LeakyReLU", "GELU"),
    "Tanh": ("ReLU", "Sigmoid"),
    "Sigmoid": ("Tanh",),
    "GELU": ("ReLU",),
    "relu": ("tanh", "leaky_relu"),
    "tanh": ("sigmoid",),
    "sigmoid": ("tanh",),
    "BatchNorm2d": ("InstanceNorm2d",),
    "MaxPool2d": ("AvgPool2d",),
    "AvgPool2d": ("MaxPool2d",),
    "Flatten": ("Identity",),
}
"""Layers that are taken for another."""

BIASED = frozenset({"Linear", "Conv1d", "Conv2d"})
CONTAINERS = frozenset({"Sequential", "ModuleList"})
SYMMETRIC = frozenset(
    {
        *("maximum", "minimum", "add", "mul", "max", "min", "transpose", "swapaxes"),  # mean the same then
        *("zip", "isinstance"),  # no slip that people make
        *("permute", "pad", "einsum"),  # have operators of their own
    }
)
"""Whose arguments are not exchanged."""


def statement(node: cst.Expr) -> Iterator[Change]:
    """A student forgets zero_grad(), eval(), backward(), step() or super().__init__()."""
    if isinstance(node.value, cst.Call):
        yield node, cst.Pass()


def link(call: cst.Call) -> Iterator[Change]:
    """A student forgets one call of a chain: clamp, detach, clone, exp, unsqueeze, a cast, item."""
    value = receiver(call)
    if value is not None and not called(call).startswith("__"):
        yield call, value


def order(call: cst.Call) -> Iterator[Change]:
    """A student gives two arguments in the wrong order, as in criterion(targets, outputs)."""
    if called(call) in SYMMETRIC:
        return
    places = [i for i, arg in enumerate(call.args) if not arg.keyword and not arg.star and i != axis(call)]
    for one, other in pairwise(places):
        if other == one + 1:
            left, right = call.args[one].value, call.args[other].value
            yield call, with_value(with_value(call, one, right), other, left)


def layer_dropped(call: cst.Call) -> Iterator[Change]:
    """A student forgets one layer of a network."""
    if called(call) in CONTAINERS and len(call.args) > 1:
        yield from ((arg, cst.RemoveFromParent()) for arg in call.args)


def layer(call: cst.Call) -> Iterator[Change]:
    """A student takes another activation or another kind of layer."""
    for other in LAYERS.get(called(call), ()):
        func = call.func
        if isinstance(func, cst.Attribute):
            yield func, func.with_changes(attr=cst.Name(other))


def bias(call: cst.Call) -> Iterator[Change]:
    """A student leaves the bias out of a layer."""
    if called(call) in BIASED and keyword(call, "bias") is None:
        yield call, with_keyword(call, "bias", "False")


def keyword_dropped(call: cst.Call) -> Iterator[Change]:
    """A student forgets an optional argument and gets its default."""
    for index, arg in enumerate(call.args):
        name = arg.keyword.value if arg.keyword else ""
        if name and index != axis(call) and name not in ("keepdim", "keepdims", "dtype", "device"):
            yield call, without(call, index)


def choice(text: cst.SimpleString) -> Iterator[Change]:
    """An author chooses 'sum' where the contract says 'mean'."""
    value = text.evaluated_value
    if isinstance(value, str):
        yield from ((text, reworded(text, other)) for other in CHOICES.get(value, ()))


def flattened(call: cst.Call) -> Iterator[Change]:
    """A student flattens the batch too."""
    if called(call) == "Flatten" and not call.args:
        yield call, cst.parse_expression(f"{written(call.func)}(0)")


OPERATORS = (
    Operator("call dropped", (cst.Expr,), statement),
    Operator("link dropped", (cst.Call,), link),
    Operator("order of arguments", (cst.Call,), order),
    Operator("layer dropped", (cst.Call,), layer_dropped),
    Operator("layer", (cst.Call,), layer),
    Operator("bias dropped", (cst.Call,), bias),
    Operator("argument dropped", (cst.Call,), keyword_dropped),
    Operator("choice", (cst.SimpleString,), choice),
    Operator("flattened", (cst.Call,), flattened),
)
