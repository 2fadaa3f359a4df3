"""Slips of answers: what is returned has the wrong order, shape, dtype or size, or is cut from the graph."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.verify.mutants.operators.axes import REDUCTIONS
from grader.verify.mutants.operators.base import Change, Operator
from grader.verify.mutants.parts import called, expression, is_differentiated, parts, parts_of, written

SPOILT = (
    "-{y}",  # gradient ascent
    "2 * {y}",  # the square's 2 of a loss that has a half, or none
    "{y} / 2",
    "{y} * 1.001",  # so little that only a tolerance that is too wide lets it pass
    "{y}.round(decimals=4)",  # the same, and no gradient
    "0 * {y}",
    "{y}.float()",
    "{y}.double()",
)
"""What becomes of a tensor on its way out."""

MOVED = (
    "{y}.flip(0)",  # right numbers in the wrong places
    "{y}.squeeze()",  # a batch of one loses its dimension
    "{y}.mT",
)
"""The same for a tensor that has dimensions."""

AVERAGED = "{y} / len({y})"
"""The mean of what is a sum, or the mean of a mean; for names, since others would be computed twice."""

NUMBERS = ("-{y}", "2 * {y}", "{y} * 1.001")
"""The same for a float."""


def spoilt(function: cst.FunctionDef) -> Iterator[Change]:
    """A student's answer is of the wrong sign, factor, shape or dtype; an author's tolerance does not notice.

    Where a function says that it returns something else than tensors or floats, it is left alone.
    """
    kinds = written(function.returns.annotation) if function.returns else "Tensor"
    ways = SPOILT if "Tensor" in kinds else NUMBERS if "float" in kinds else ()
    for value in _answers(function):
        elements = [each.value for each in value.elements] if isinstance(value, cst.Tuple) else [value]
        for element in elements:
            all_ways = (*ways, *_ways_to_move(element)) if ways is SPOILT else ways
            yield from ((element, expression(way, y=element)) for way in all_ways)
        if ways is SPOILT and len(elements) == 1 and is_differentiated(function):
            yield value, expression("{y}.detach()", y=value)


def _ways_to_move(answer: cst.BaseExpression) -> tuple[str, ...]:
    """None for what is reduced to one number, as by mean()."""
    if isinstance(answer, cst.Call) and called(answer) in REDUCTIONS and not answer.args:
        return ()
    return (*MOVED, AVERAGED) if isinstance(answer, cst.Name) else MOVED


def _answers(function: cst.FunctionDef) -> Iterator[cst.BaseExpression]:
    """What a function itself returns, not what functions within it do."""
    inner = {id(part) for each in parts_of(function.body, cst.FunctionDef) for part in parts(each)}
    for part in parts_of(function.body, cst.Return):
        if part.value is not None and id(part) not in inner and written(part.value) != "None":
            yield part.value


def parts_of_answer(answer: cst.Return) -> Iterator[Change]:
    """A student returns the right values in the wrong order, or one too few."""
    if not isinstance(answer.value, cst.Tuple):
        return
    elements = answer.value.elements
    values = [element.value for element in elements]
    for one in range(len(values)):
        for other in range(one + 1, len(values)):
            swapped = list(values)
            swapped[one], swapped[other] = values[other], values[one]
            yield answer.value, _of(answer.value, swapped)
    for left_out in range(len(values)):
        rest = [value for place, value in enumerate(values) if place != left_out]
        yield answer.value, rest[0] if len(rest) == 1 else _of(answer.value, rest)


def _of(answer: cst.Tuple, values: list[cst.BaseExpression]) -> cst.Tuple:
    return answer.with_changes(elements=[cst.Element(value) for value in values])


OPERATORS = (
    Operator("answer", (cst.FunctionDef,), spoilt),
    Operator("parts of answer", (cst.Return,), parts_of_answer),
)
