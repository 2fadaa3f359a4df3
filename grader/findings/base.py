"""What every finding holds, and the plain data that findings are made of."""

from pydantic import Field

from grader.findings.explanations import Relation, SmallestCase
from grader.findings.frozen import Frozen
from grader.findings.trajectory import Trajectory


class Entry(Frozen):
    """One element of a result beside the expected one."""

    index: tuple[int, ...] = Field(description="Position in the tensor, outermost dimension first.")
    yours: float = Field(description="The value that the student's code returned.")
    expected: float = Field(description="The value that the float64 oracle computed.")
    allowed: float = Field(description="The largest absolute difference that would have passed.")


class Frame(Frozen):
    """One line of a traceback, in the student's own files only."""

    file: str = Field(description="File name, or 'cell 3' for a notebook cell.")
    line: int = Field(description="Line number in that file or cell, from 1.")
    function: str = Field(description="Name of the function that the line is in.")
    text: str = Field(default="", description="The source line, stripped.")


class Problem(Frozen):
    """What every finding holds, whatever its code."""

    call: str | None = Field(default=None, description="The call that was made, in short form.")
    good: tuple[str, ...] = Field(default=(), description="What came back right, such as 'shape'.")
    hint: str | None = Field(default=None, description="What to think about next; staff-written.")
    mistake: str | None = Field(
        default=None, description="Name of the known mistake that explains it, if one was recognised."
    )
    relation: Relation | None = Field(default=None, description="What the wrong value is, if that is known.")
    smallest: SmallestCase | None = Field(default=None, description="The smallest call that fails, if known.")
    trajectory: Trajectory | None = Field(
        default=None, description="Where a training loop left the reference's way, if that is known."
    )
