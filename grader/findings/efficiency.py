"""How much work a right solution does beside the reference, in operators and bytes, without a clock.

The answers are right: for information, or a finding where exercise.toml has
points hang on it. Numbers that were counted on staff's own inputs in a worker
that had seen nothing of a hidden test, and names from exercise.toml.
"""

from typing import Literal

from pydantic import Field

from grader.findings.base import Problem
from grader.findings.frozen import Frozen


class Growth(Frozen):
    """How the number of operators grows when some sizes are doubled."""

    sizes: tuple[str, ...] = Field(description="The sizes that were doubled together, such as H and W.")
    yours: str = Field(description="How it grows, such as 'H*W' or 'N^2'; '' where it stays as it is.")
    reference: str = Field(description="Likewise for the reference.")


class Efficiency(Frozen):
    """A right solution that does much more work than the reference, or more with growing sizes."""

    entry_point: str = Field(description="Which function.")
    size: tuple[tuple[str, int], ...] = Field(
        description="The largest call that was counted: its sizes by name."
    )
    operators: int = Field(ge=0, description="Operators that ran in that call.")
    operators_reference: int = Field(ge=0, description="Likewise for the reference.")
    bytes: int = Field(ge=0, description="Bytes of the tensors that they made.")
    bytes_reference: int = Field(ge=0, description="Likewise for the reference.")
    growth: tuple[Growth, ...] = Field(description="For each way in which sizes were doubled.")
    way: str = Field(description="How the reference does it, in the course's words.")


class TooMuchWork(Problem):
    """Right answers by much more work than the reference's, where points hang on it."""

    code: Literal["too-much-work"] = "too-much-work"
    work: Efficiency = Field(description="What was counted.")
