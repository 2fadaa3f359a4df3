"""Slips of autograd, modes, memory and dtypes: numbers may stay right where the program is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.verify.mutants.operators.axes import REDUCTIONS
from grader.verify.mutants.operators.base import Change, Operator
from grader.verify.mutants.parts import (
    called,
    expression,
    has_tensors,
    is_differentiated,
    keyword,
    method,
    parts_of,
    receiver,
    renamed,
    without,
    written,
)

NO_GRAPH = frozenset({"no_grad", "inference_mode"})
MODES = {"train": "eval", "eval": "train"}
DTYPES = {
    "float32": "float64",
    "float64": "float32",
    "float": "float64",
    "double": "float32",
    "long": "int32",
}
IN_PLACE: dict[type[cst.BaseBinaryOp], str] = {
    cst.Add: "add_",
    cst.Subtract: "sub_",
    cst.Multiply: "mul_",
    cst.Divide: "div_",
}
MADE_IN_PLACE: dict[type[cst.BaseBinaryOp], cst.BaseAugOp] = {
    cst.Add: cst.AddAssign(),
    cst.Subtract: cst.SubtractAssign(),
    cst.Multiply: cst.MultiplyAssign(),
    cst.Divide: cst.DivideAssign(),
}
PLAIN = frozenset({"item", "size", "dim", "numel"})
"""Methods that give numbers, not tensors."""

CHANGED_IN_PLACE = frozenset({"clamp", "exp", "log", "sqrt", "neg", "abs", "relu", "sigmoid", "tanh"})


def recorded(node: cst.With) -> Iterator[Change]:
    """A student evaluates without no_grad, or keeps the graph of each batch."""
    for item in node.items:
        if isinstance(item.item, cst.Call) and called(item.item) in NO_GRAPH:
            yield item.item, cst.parse_expression("torch.enable_grad()")


def decorator(node: cst.Decorator) -> Iterator[Change]:
    """A student forgets a decorator, such as @torch.no_grad()."""
    yield node, cst.RemoveFromParent()


def mode(call: cst.Call) -> Iterator[Change]:
    """A student evaluates in training mode, or trains in evaluation mode."""
    if receiver(call) is None or called(call) not in MODES:
        return
    if call.args:
        yield call, method(receiver(call) or call, "train()")
        yield call, method(receiver(call) or call, "eval()")
    else:
        yield call, renamed(call, MODES[called(call)])


def detached(function: cst.FunctionDef) -> Iterator[Change]:
    """A student cuts one way of the gradient by detach(), .data or .item()."""
    if not is_differentiated(function):
        return
    for node in _operations(function):
        if type(node.operator) not in IN_PLACE:
            continue
        for side in (node.left, node.right):
            is_method = (
                isinstance(side, cst.Call) and receiver(side) is not None and called(side) not in PLAIN
            )
            if (is_method and "detach" not in written(side)) or (
                side is node.left and isinstance(side, cst.Name)
            ):
                yield side, method(side, "detach()")


def in_place(function: cst.FunctionDef) -> Iterator[Change]:
    """A student changes the caller's tensor, by x.add_(y) for x + y."""
    arguments = {param.name.value for param in function.params.params}
    for node in _operations(function):
        name = IN_PLACE.get(type(node.operator))
        if name is not None and isinstance(node.left, cst.Name) and node.left.value in arguments:
            yield node, expression(f"{{x}}.{name}({written(node.right)})", x=node.left)


def _operations(function: cst.FunctionDef) -> Iterator[cst.BinaryOperation]:
    """Operations that may be on tensors."""
    return parts_of(function.body, cst.BinaryOperation) if has_tensors(function) else iter(())


def assigned_in_place(node: cst.Assign) -> Iterator[Change]:
    """A student writes a += b for a = a + b, and the caller's tensor changes."""
    value = node.value
    if len(node.targets) != 1 or not isinstance(value, cst.BinaryOperation):
        return
    target, operator = node.targets[0].target, MADE_IN_PLACE.get(type(value.operator))
    if operator is not None and written(target) == written(value.left):
        yield node, cst.AugAssign(target, operator, value.right)


def function_in_place(call: cst.Call) -> Iterator[Change]:
    """A student clamps the caller's own tensor."""
    if called(call) in CHANGED_IN_PLACE and isinstance(receiver(call), cst.Name):
        yield call, renamed(call, f"{called(call)}_")


def dtype(node: cst.Attribute) -> Iterator[Change]:
    """A student computes in another precision than that of the input."""
    if isinstance(node.value, cst.Name) and node.value.value == "torch" and node.attr.value in DTYPES:
        yield node, node.with_changes(attr=cst.Name(DTYPES[node.attr.value]))


def single_precision(function: cst.FunctionDef) -> Iterator[Change]:
    """A student computes in float32 in between; where float64 goes in, digits are lost."""
    for node in _operations(function):
        if isinstance(node.operator, cst.Subtract | cst.Divide | cst.MatrixMultiply):
            if isinstance(node.left, cst.Name):
                yield node.left, method(node.left, "float()")
            if isinstance(node.right, cst.Call) and called(node.right) in REDUCTIONS:
                yield node.right, method(node.right, "float()")


def without_dtype(call: cst.Call) -> Iterator[Change]:
    """A student makes a tensor of the default dtype, or on the CPU, whatever the input is."""
    for name in ("dtype", "device"):
        if (place := keyword(call, name)) is not None:
            yield call, without(call, place)


OPERATORS = (
    Operator("no_grad", (cst.With,), recorded),
    Operator("decorator dropped", (cst.Decorator,), decorator),
    Operator("mode", (cst.Call,), mode),
    Operator("detach", (cst.FunctionDef,), detached),
    Operator("in place", (cst.FunctionDef,), in_place),
    Operator("assigned in place", (cst.Assign,), assigned_in_place),
    Operator("function in place", (cst.Call,), function_in_place),
    Operator("dtype", (cst.Attribute,), dtype),
    Operator("single precision", (cst.FunctionDef,), single_precision),
    Operator("dtype dropped", (cst.Call,), without_dtype),
)
