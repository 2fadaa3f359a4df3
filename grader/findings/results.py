"""What came back from a call, or was left behind by it, is not what the contract asks for."""

from typing import Literal

from pydantic import Field

from grader.findings.base import Entry, Frame, Problem
from grader.findings.explanations import Excerpt, Where


class ValuesDiffer(Problem):
    """Numbers differ by more than rounding can explain."""

    code: Literal["values-differ"] = "values-differ"
    leaf: str = Field(description="Which part of the result, '' for the whole, such as '[1]'.")
    shape: tuple[int, ...] = Field(description="Shape of that part.")
    dtype: str = Field(description="The dtype that the allowance follows from.")
    wrong: int = Field(description="How many elements differ by more than allowed.")
    total: int = Field(description="How many elements there are.")
    entries: tuple[Entry, ...] = Field(description="The worst elements, worst first.")
    first: tuple[Entry, ...] = Field(default=(), description="The first wrong elements, in order.")
    where: Where | None = Field(default=None, description="Where the wrong elements sit.")
    terms: int = Field(description="Reduction length that the allowance counts on.")
    excerpt: Excerpt | None = Field(default=None, description="The wrong part of the tensor, if it is kept.")


class NotFinite(Problem):
    """NaN or infinity where the expected value is finite (or another infinity)."""

    code: Literal["not-finite"] = "not-finite"
    leaf: str = Field(description="Which part of the result.")
    shape: tuple[int, ...] = Field(description="Shape of that part.")
    nan: int = Field(description="How many elements are NaN.")
    infinite: int = Field(description="How many elements are infinite and should not be.")
    total: int = Field(description="How many elements there are.")
    entries: tuple[Entry, ...] = Field(description="The first such elements.")
    where: Where | None = Field(default=None, description="Where they sit.")
    excerpt: Excerpt | None = Field(
        default=None, description="The part of the tensor they sit in, if it is kept."
    )


class ShapeDiffers(Problem):
    """A tensor of another shape."""

    code: Literal["shape-differs"] = "shape-differs"
    leaf: str = Field(description="Which part of the result.")
    yours: tuple[int, ...] = Field(description="Shape that came back.")
    expected: tuple[int, ...] = Field(description="Shape that the contract asks for.")


class DtypeDiffers(Problem):
    """A tensor of another dtype."""

    code: Literal["dtype-differs"] = "dtype-differs"
    leaf: str = Field(description="Which part of the result.")
    yours: str = Field(description="dtype that came back, such as 'float64'.")
    expected: str = Field(description="dtype that the contract asks for.")


class DeviceDiffers(Problem):
    """A tensor on another device."""

    code: Literal["device-differs"] = "device-differs"
    leaf: str = Field(description="Which part of the result.")
    yours: str = Field(description="Device that the tensor came back on; '' where it is withheld.")
    expected: str = Field(description="Device that the inputs were on.")


class TypeDiffers(Problem):
    """Something of another type, None included."""

    code: Literal["type-differs"] = "type-differs"
    leaf: str = Field(description="Which part of the result.")
    yours: str = Field(
        description="Type that came back, such as 'None' or 'numpy.ndarray'; '' where it is withheld."
    )
    expected: str = Field(description="Kind that the contract asks for, such as 'tensor'.")


class LengthDiffers(Problem):
    """A tuple or list with more or fewer items."""

    code: Literal["length-differs"] = "length-differs"
    leaf: str = Field(description="Which part of the result.")
    yours: int = Field(description="Number of items that came back.")
    expected: int = Field(description="Number of items that the contract asks for.")


class NamesDiffer(Problem):
    """A dictionary with other keys."""

    code: Literal["names-differ"] = "names-differ"
    leaf: str = Field(description="Which part of the result.")
    missing: tuple[str, ...] = Field(description="Keys that should be there.")
    unexpected: tuple[str, ...] = Field(description="Keys that should not; student code chose them.")
    withheld: int = Field(default=0, description="How many of those were left out for students.")


class NoGradient(Problem):
    """The result is cut off from its inputs: autograd cannot go back through it."""

    code: Literal["no-gradient"] = "no-gradient"
    argument: str = Field(description="The argument that no gradient arrives at.")


class ArgumentModified(Problem):
    """The function changed one of its inputs in place."""

    code: Literal["argument-modified"] = "argument-modified"
    argument: str = Field(description="Which argument, such as 'argument 1'.")


class StateChanged(Problem):
    """The function left global state of torch changed."""

    code: Literal["state-changed"] = "state-changed"
    names: tuple[str, ...] = Field(description="What changed, such as 'default dtype'.")


class NoError(Problem):
    """An exception that the contract asks for was not raised."""

    code: Literal["no-error"] = "no-error"
    expected: str = Field(description="Name of the exception class.")


class WrongError(Problem):
    """Another exception than the contract asks for."""

    code: Literal["wrong-error"] = "wrong-error"
    expected: str = Field(description="Name of the exception class asked for.")
    type: str = Field(description="Name of the exception class that came; '' where it is withheld.")
    message: str = Field(description="Its message; may quote hidden inputs.")
    withheld: bool = Field(default=False, description="Whether the message was left out for students.")
    frames: tuple[Frame, ...] = Field(description="The student's own lines, outermost first.")


class CheckFailed(Problem):
    """A statement that a test makes about the result does not hold."""

    code: Literal["check-failed"] = "check-failed"
    statement: str = Field(description="What should hold; staff-written, shown to students.")
    detail: str = Field(default="", description="What was seen instead, in the test's words and numbers.")
    names: tuple[str, ...] = Field(
        default=(), description="Names that belong to it and that student code chose, as of parameters."
    )
    withheld: int = Field(default=0, description="How many of those were left out for students.")
