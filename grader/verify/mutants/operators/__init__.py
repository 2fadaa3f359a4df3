"""The operators: slips of students and authors, as ways to change a program.

Made for code with tensors. Each module has the slips of one kind; what two
operators both make counts for the first.
"""

from grader.verify.mutants.operators import (
    answers,
    arithmetic,
    axes,
    calls,
    graph,
    layout,
    logic,
    names,
    sizes,
)
from grader.verify.mutants.operators.base import Change, Operator, Replacement

OPERATORS: tuple[Operator, ...] = (
    *calls.OPERATORS,
    *axes.OPERATORS,
    *layout.OPERATORS,
    *graph.OPERATORS,
    *arithmetic.OPERATORS,
    *sizes.OPERATORS,
    *logic.OPERATORS,
    *names.OPERATORS,
    *answers.OPERATORS,
)

__all__ = ["OPERATORS", "Change", "Operator", "Replacement"]
