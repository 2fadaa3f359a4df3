"""Slips of logic: comparisons, conditions, branches, loops, and errors that nobody raises."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.verify.mutants.operators.base import Change, Operator
from grader.verify.mutants.parts import expression, grouped

COMPARISONS: dict[type[cst.BaseCompOp], tuple[cst.BaseCompOp, ...]] = {
    cst.LessThan: (cst.LessThanEqual(), cst.GreaterThan()),
    cst.LessThanEqual: (cst.LessThan(), cst.GreaterThanEqual()),
    cst.GreaterThan: (cst.GreaterThanEqual(), cst.LessThan()),
    cst.GreaterThanEqual: (cst.GreaterThan(), cst.LessThanEqual()),
    cst.Equal: (cst.NotEqual(),),
    cst.NotEqual: (cst.Equal(),),
    cst.Is: (cst.IsNot(),),
    cst.IsNot: (cst.Is(),),
    cst.In: (cst.NotIn(),),
    cst.NotIn: (cst.In(),),
}


def comparison(node: cst.Comparison) -> Iterator[Change]:
    """A student has < for <=, or compares the wrong way round."""
    for target in node.comparisons:
        for other in COMPARISONS[type(target.operator)]:
            yield target, target.with_changes(operator=other)


def connective(node: cst.BooleanOperation) -> Iterator[Change]:
    """A student joins conditions by the wrong word, or forgets one of them."""
    yield node, node.with_changes(operator=cst.And() if isinstance(node.operator, cst.Or) else cst.Or())
    yield node, node.left
    yield node, node.right


def negation(node: cst.UnaryOperation) -> Iterator[Change]:
    """A student forgets a `not`."""
    if isinstance(node.operator, cst.Not):
        yield node, node.expression


def truth(node: cst.Name) -> Iterator[Change]:
    """An author sets a switch the wrong way."""
    if node.value in ("True", "False"):
        yield node, cst.Name("False" if node.value == "True" else "True")


def branch(node: cst.If | cst.IfExp | cst.While) -> Iterator[Change]:
    """A student handles only one of two cases."""
    if isinstance(node, cst.IfExp):
        yield node, grouped(node.body)
        yield node, grouped(node.orelse)
        return
    values = ("False",) if isinstance(node, cst.While) else ("False", "True")  # `while True` never ends
    yield from ((node.test, cst.Name(value)) for value in values)


def rounds(node: cst.For | cst.CompFor) -> Iterator[Change]:
    """A student leaves out the last batch or the first, returns from inside the loop, or never enters it."""
    for part in ("[:-1]", "[1:]", "[:1]", "[:0]"):
        yield node.iter, expression(f"list({{values}}){part}", values=node.iter)


def error(statement: cst.Raise | cst.Assert) -> Iterator[Change]:
    """A student lets a call pass that must be refused."""
    yield statement, cst.Pass()


OPERATORS = (
    Operator("comparison", (cst.Comparison,), comparison),
    Operator("and, or", (cst.BooleanOperation,), connective),
    Operator("not dropped", (cst.UnaryOperation,), negation),
    Operator("switch", (cst.Name,), truth),
    Operator("branch", (cst.If, cst.IfExp, cst.While), branch),
    Operator("rounds", (cst.For, cst.CompFor), rounds),
    Operator("error dropped", (cst.Raise, cst.Assert), error),
)
