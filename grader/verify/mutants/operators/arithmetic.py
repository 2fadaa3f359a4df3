"""Slips of arithmetic: signs, factors, terms, powers, and functions that resemble each other."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.verify.mutants.operators.axes import axis
from grader.verify.mutants.operators.base import Change, Operator
from grader.verify.mutants.parts import (
    called,
    expression,
    grouped,
    has_tensors,
    method,
    number,
    parts_of,
    receiver,
    renamed,
    whole_number,
)

SIGNS: dict[type[cst.BaseBinaryOp], cst.BaseBinaryOp] = {cst.Add: cst.Subtract(), cst.Subtract: cst.Add()}
FACTORS: dict[type[cst.BaseBinaryOp], cst.BaseBinaryOp] = {
    cst.Multiply: cst.Divide(),
    cst.Divide: cst.Multiply(),
}
ORDERED = (cst.Subtract, cst.Divide, cst.FloorDivide, cst.Modulo, cst.Power)
ACCUMULATING: dict[type[cst.BaseAugOp], cst.BaseAugOp] = {
    cst.AddAssign: cst.SubtractAssign(),
    cst.SubtractAssign: cst.AddAssign(),
    cst.MultiplyAssign: cst.DivideAssign(),
    cst.DivideAssign: cst.MultiplyAssign(),
}
RELATED = {
    "sum": ("mean", "amax"),
    "mean": ("sum", "amax"),
    "amax": ("amin", "mean", "sum"),
    "amin": ("amax",),
    "max": ("min",),
    "min": ("max",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "prod": ("sum",),
    "std": ("var",),
    "var": ("std",),
    "exp": ("expm1", "exp2"),
    "log": ("log1p", "log2"),
    "sqrt": ("square", "rsqrt"),
    "sin": ("cos",),
    "cos": ("sin",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "scatter": ("scatter_add",),
    "floor": ("ceil",),
    "ceil": ("floor",),
}
"""Functions that are taken for another."""


def sign(node: cst.BinaryOperation | cst.UnaryOperation | cst.AugAssign) -> Iterator[Change]:
    """A student has a minus for a plus, or drops one on the way from paper to code."""
    match node:
        case cst.UnaryOperation(operator=cst.Minus(), expression=value) if whole_number(node) is None:
            yield node, value
        case cst.BinaryOperation() if (other := SIGNS.get(type(node.operator))) is not None:
            yield node, node.with_changes(operator=other, right=grouped(node.right))
        case cst.AugAssign() if (assigned := ACCUMULATING.get(type(node.operator))) is not None:
            yield node, node.with_changes(operator=assigned)


def factor(node: cst.BinaryOperation) -> Iterator[Change]:
    """A student divides instead of multiplying, as in 1 / N for N."""
    if (other := FACTORS.get(type(node.operator))) is not None:
        yield node, node.with_changes(operator=other)


def term(node: cst.BinaryOperation) -> Iterator[Change]:
    """A student forgets a term of a sum or a factor of a product: the bias, the 1 / N, the shift."""
    if isinstance(node.operator, cst.BitOr | cst.BitAnd):
        return
    yield node, node.left
    yield node, node.right


def operands(node: cst.BinaryOperation) -> Iterator[Change]:
    """A student subtracts or divides the wrong way round."""
    if isinstance(node.operator, ORDERED):
        yield node, node.with_changes(left=grouped(node.right), right=grouped(node.left))


def epsilon(function: cst.FunctionDef) -> Iterator[Change]:
    """A student adds a small number to a denominator out of habit; too wide a tolerance hides it."""
    for node in parts_of(function.body, cst.BinaryOperation) if has_tensors(function) else ():
        if isinstance(node.operator, cst.Divide) and not isinstance(node.right, cst.BaseNumber):
            yield node.right, expression("({n} + 1e-6)", n=node.right)


def clamped(call: cst.Call) -> Iterator[Change]:
    """A student keeps exponentials and logarithms from overflowing by a clamp, and loses what is small."""
    value = receiver(call)
    if value is not None and called(call) == "exp":
        yield value, method(value, "clamp(-20, 20)")
    elif value is not None and called(call) == "log":
        yield value, method(value, "clamp(min=1e-6)")


def accumulating(node: cst.AugAssign) -> Iterator[Change]:
    """A student keeps the last value of a running sum instead of the sum."""
    target = cst.AssignTarget(node.target)
    yield node, cst.Assign(targets=[target], value=node.value, semicolon=node.semicolon)


def start(node: cst.Assign) -> Iterator[Change]:
    """A student begins to count at 1."""
    values = (
        [each.value for each in node.value.elements] if isinstance(node.value, cst.Tuple) else [node.value]
    )
    for value in values:
        if (count := whole_number(value)) is not None:
            yield value, number(count + 1)


def constant(node: cst.Float) -> Iterator[Change]:
    """An author mistypes a constant; 0.0 and 1.0 are taken for each other."""
    value = float(node.value)
    for wrong in dict.fromkeys((2 * value, value + 1.0, value - 1.0)):
        if wrong != value:
            yield node, number(wrong)


def related(call: cst.Call) -> Iterator[Change]:
    """A student takes the mean for the sum, the minimum for the maximum, or a logarithm of another base."""
    if isinstance(call.func, cst.Name) or called(call) not in RELATED:
        return
    name = called(call)
    for other in RELATED[name]:
        if other in ("amax", "amin", "mean", "sum") and len(call.args) > 1 and axis(call) is None:
            continue
        if receiver(call) is not None or other != "square":
            yield call, renamed(call, other)


def bare_number(node: cst.BinaryOperation) -> Iterator[Change]:
    """A student's factor or exponent is one off, or twice what it should be."""
    for side in (node.left, node.right):
        if (value := whole_number(side)) is not None:
            yield from ((side, number(wrong)) for wrong in dict.fromkeys((value + 1, value - 1)))


OPERATORS = (
    Operator("sign", (cst.BinaryOperation, cst.UnaryOperation, cst.AugAssign), sign),
    Operator("factor", (cst.BinaryOperation,), factor),
    Operator("term dropped", (cst.BinaryOperation,), term),
    Operator("operands swapped", (cst.BinaryOperation,), operands),
    Operator("epsilon", (cst.FunctionDef,), epsilon),
    Operator("clamp added", (cst.Call,), clamped),
    Operator("not accumulated", (cst.AugAssign,), accumulating),
    Operator("constant", (cst.Float,), constant),
    Operator("start", (cst.Assign,), start),
    Operator("number", (cst.BinaryOperation,), bare_number),
    Operator("function", (cst.Call,), related),
)
