"""Slips of layout: transposes forgotten, superfluous or of the wrong axes; operands in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.verify.mutants.operators.base import Change, Operator
from grader.verify.mutants.parts import called, grouped, method, receiver, reworded, whole_number

TRANSPOSES = frozenset({"T", "mT", "H", "mH"})
PRODUCTS = frozenset({"matmul", "mm", "bmm"})


def no_transpose(attribute: cst.Attribute) -> Iterator[Change]:
    """A student multiplies by W where it should be W.T; with a square W the shapes fit."""
    if attribute.attr.value in TRANSPOSES:
        yield attribute, attribute.value


def one_more_transpose(product: cst.BinaryOperation) -> Iterator[Change]:
    """A student tries transposes until the shapes fit."""
    if isinstance(product.operator, cst.MatrixMultiply):
        for side in (product.left, product.right):
            if not (isinstance(side, cst.Attribute) and side.attr.value in TRANSPOSES):
                yield side, method(side, "mT")


def operands_of_matmul(product: cst.BinaryOperation) -> Iterator[Change]:
    """A student writes W @ x for x @ W, or multiplies element by element."""
    if isinstance(product.operator, cst.MatrixMultiply):
        yield product, product.with_changes(left=grouped(product.right), right=grouped(product.left))
        yield product, product.with_changes(operator=cst.Multiply())


def other_axes_moved(call: cst.Call) -> Iterator[Change]:
    """A student exchanges the wrong two dimensions."""
    name, args = called(call), call.args
    if name in ("permute", "transpose", "swapaxes", "movedim"):
        first = 0 if receiver(call) is not None else 1
        for place in range(first, len(args) - 1):
            if (
                whole_number(args[place].value) is not None
                and whole_number(args[place + 1].value) is not None
            ):
                swapped = [*args[:place], *_exchanged(args[place], args[place + 1]), *args[place + 2 :]]
                if name == "permute":  # transpose(a, b) is transpose(b, a)
                    yield call, call.with_changes(args=swapped)
                else:
                    wrong = whole_number(args[place].value)
                    yield args[place].value, cst.parse_expression(str(0 if wrong else 1))


def _exchanged(left: cst.Arg, right: cst.Arg) -> tuple[cst.Arg, cst.Arg]:
    return left.with_changes(value=right.value), right.with_changes(value=left.value)


def letters_of_einsum(call: cst.Call) -> Iterator[Change]:
    """A student exchanges two letters in an equation of einsum, one pair in each term."""
    if called(call) != "einsum" or not call.args or not isinstance(call.args[0].value, cst.SimpleString):
        return
    text = call.args[0].value
    equation = text.raw_value
    for start in range(len(equation) - 1):
        pair = equation[start : start + 2]
        if pair.isalpha():
            other = f"{equation[:start]}{pair[::-1]}{equation[start + 2 :]}"
            yield text, reworded(text, other)


OPERATORS = (
    Operator("transpose forgotten", (cst.Attribute,), no_transpose),
    Operator("transpose added", (cst.BinaryOperation,), one_more_transpose),
    Operator("matmul", (cst.BinaryOperation,), operands_of_matmul),
    Operator("axes moved", (cst.Call,), other_axes_moved),
    Operator("einsum", (cst.Call,), letters_of_einsum),
)
