"""What can be wrong with a submission, as frozen data.

A finding holds facts and never a finished sentence: renderers make the text,
each for its own sink. What came from a student (names, messages, source lines)
is hostile text here, for renderers to escape. No torch: reports are read without it.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """Base of all plain data: immutable, nothing extra, NaN written as a string."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


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


class ValuesDiffer(Problem):
    """Numbers differ by more than rounding can explain."""

    code: Literal["values-differ"] = "values-differ"
    leaf: str = Field(description="Which part of the result, '' for the whole, such as '[1]'.")
    shape: tuple[int, ...] = Field(description="Shape of that part.")
    dtype: str = Field(description="The dtype that the allowance follows from.")
    wrong: int = Field(description="How many elements differ by more than allowed.")
    total: int = Field(description="How many elements there are.")
    entries: tuple[Entry, ...] = Field(description="The worst elements, worst first.")
    terms: int = Field(description="Reduction length that the allowance counts on.")


class NotFinite(Problem):
    """NaN or infinity where the expected value is finite (or another infinity)."""

    code: Literal["not-finite"] = "not-finite"
    leaf: str = Field(description="Which part of the result.")
    shape: tuple[int, ...] = Field(description="Shape of that part.")
    nan: int = Field(description="How many elements are NaN.")
    infinite: int = Field(description="How many elements are infinite and should not be.")
    total: int = Field(description="How many elements there are.")
    entries: tuple[Entry, ...] = Field(description="The first such elements.")


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


class ForbiddenUsed(Problem):
    """A forbidden built-in ran while the function under test was running."""

    code: Literal["forbidden-used"] = "forbidden-used"
    what: tuple[str, ...] = Field(description="What was seen running, such as 'aten::_softmax'.")
    forbidden: str = Field(description="What the exercise forbids, in the handout's words.")
    frames: tuple[Frame, ...] = Field(description="Lines of the student's code that led there.")


class ExceptionRaised(Problem):
    """The student's code raised."""

    code: Literal["exception"] = "exception"
    type: str = Field(description="Name of the exception's class; '' where it is withheld.")
    message: str = Field(description="Its message; may quote hidden inputs.")
    withheld: bool = Field(default=False, description="Whether the message was left out for students.")
    frames: tuple[Frame, ...] = Field(description="The student's own lines, outermost first.")


class NotImplementedYet(Problem):
    """The stub's NotImplementedError is still there."""

    code: Literal["not-implemented"] = "not-implemented"
    name: str = Field(description="The function or class to fill in.")


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


class TimedOut(Problem):
    """Still running when the time was up."""

    code: Literal["timed-out"] = "timed-out"
    what: Literal["import", "call", "test", "exercise"] = Field(description="Which limit.")
    seconds: float = Field(description="That limit, in seconds of wall time.")


class OutOfMemory(Problem):
    """More memory than the limit allows."""

    code: Literal["out-of-memory"] = "out-of-memory"
    limit_mb: int = Field(description="The limit, in MiB.")


class DeviceOutOfMemory(Problem):
    """More memory of a CUDA device than the limit allows."""

    code: Literal["device-out-of-memory"] = "device-out-of-memory"
    limit_mb: int = Field(description="The limit, in MiB.")


DeviceHow = Literal[
    "illegal memory access",
    "assertion on the device",
    "launch failure",
    "misaligned address",
    "illegal instruction",
    "hardware stack error",
    "launch timeout",
]
"""How a kernel can break off; fixed words, so that no message of student code is needed to tell it."""


class DeviceFault(Problem):
    """A kernel on a CUDA device broke off, and nothing works there until the process ends."""

    code: Literal["device-fault"] = "device-fault"
    how: DeviceHow = Field(description="What CUDA calls it.")


class TooManyProcesses(Problem):
    """More processes and threads at a time than the limit allows."""

    code: Literal["too-many-processes"] = "too-many-processes"
    limit: int = Field(description="The limit, threads and processes together.")


class TooManyOpenFiles(Problem):
    """More files open at a time than the limit allows."""

    code: Literal["too-many-open-files"] = "too-many-open-files"
    limit: int = Field(description="The limit for one process, sockets and shared tensors included.")


class FileTooLarge(Problem):
    """A file grew beyond the limit."""

    code: Literal["file-too-large"] = "file-too-large"
    limit_mb: int = Field(description="The limit for one file, in MiB.")


class ScratchFull(Problem):
    """No room was left for files and shared memory."""

    code: Literal["scratch-full"] = "scratch-full"
    limit_mb: int = Field(description="Room for all of them together, in MiB.")


class TooMuchOutput(Problem):
    """Far more was printed in one test than anybody could read."""

    code: Literal["too-much-output"] = "too-much-output"
    limit_mb: int = Field(description="The limit, in MiB.")


class Crashed(Problem):
    """The process that ran the student's code ended."""

    code: Literal["crashed"] = "crashed"
    how: str = Field(description="Such as 'signal SIGSEGV' or 'exit status 3'.")


class BrokeProtocol(Problem):
    """The far side sent something that honest code never sends."""

    code: Literal["broke-protocol"] = "broke-protocol"
    what: str = Field(description="Which rule of the wire was broken; staff-written.")


class ReturnTooLarge(Problem):
    """What came back is larger or deeper than the limit."""

    code: Literal["return-too-large"] = "return-too-large"
    what: str = Field(description="Which measure: 'bytes', 'items' or 'depth'.")
    limit: int = Field(description="The limit.")


class MissingFile(Problem):
    """The exercise was not handed in."""

    code: Literal["missing-file"] = "missing-file"
    expected: tuple[str, ...] = Field(description="File names that would have been read.")
    near: str | None = Field(default=None, description="A file of a similar name that is there.")


class UnreadableFile(Problem):
    """The file is there but cannot be read as what it should be."""

    code: Literal["unreadable-file"] = "unreadable-file"
    file: str = Field(description="Name of the file.")
    reason: Literal[
        "folder", "link", "empty", "too-large", "encoding", "notebook", "unreadable", "archive"
    ] = Field(description="What it is, or what is wrong with it.")
    detail: str = Field(default="", description="Where or how, such as 'byte 0xE9 in line 3'.")


class SyntaxProblem(Problem):
    """Python cannot parse the file."""

    code: Literal["syntax-error"] = "syntax-error"
    message: str = Field(description="The parser's message.")
    frame: Frame = Field(description="Where.")


class MissingEntryPoint(Problem):
    """The file was loaded, but the function or class is not in it."""

    code: Literal["missing-entry-point"] = "missing-entry-point"
    name: str = Field(description="The function or class that is looked for.")
    file: str = Field(description="The file that was loaded.")
    near: str | None = Field(default=None, description="A similar name that is there.")


class NotRun(Problem):
    """A test that did not run, and why."""

    code: Literal["not-run"] = "not-run"
    reason: Literal[
        "no-cuda", "too-many-deaths", "exercise-time", "did-not-load", "skipped", "no-companion"
    ] = Field(description="Why it did not run.")
    detail: str = Field(default="", description="Such as the number of deaths in a row.")


class Unstable(Problem):
    """Failed once and passed when replayed with the same inputs."""

    code: Literal["unstable"] = "unstable"
    first: str = Field(description="Code of the finding of the first run.")


class GraderFault(Problem):
    """The test, the reference or the grader broke; the student is not to blame."""

    code: Literal["grader-fault"] = "grader-fault"
    detail: str = Field(description="For staff: the exception and where; never shown to students.")


Finding = Annotated[
    ValuesDiffer
    | NotFinite
    | ShapeDiffers
    | DtypeDiffers
    | DeviceDiffers
    | TypeDiffers
    | LengthDiffers
    | NamesDiffer
    | NoGradient
    | ArgumentModified
    | StateChanged
    | ForbiddenUsed
    | ExceptionRaised
    | NotImplementedYet
    | NoError
    | WrongError
    | CheckFailed
    | TimedOut
    | OutOfMemory
    | DeviceOutOfMemory
    | DeviceFault
    | TooManyProcesses
    | TooManyOpenFiles
    | FileTooLarge
    | ScratchFull
    | TooMuchOutput
    | Crashed
    | BrokeProtocol
    | ReturnTooLarge
    | MissingFile
    | UnreadableFile
    | SyntaxProblem
    | MissingEntryPoint
    | NotRun
    | Unstable
    | GraderFault,
    Field(discriminator="code"),
]
"""Any finding; `code` tells which."""


def cause(finding: Finding) -> tuple[object, ...]:
    """A key that is equal for two findings of one code that point at the same line, file, name or part."""
    place: object = ""
    match finding:
        case ExceptionRaised() | WrongError():
            place = (finding.type, finding.frames[-1:])
        case ForbiddenUsed():
            place = finding.frames[-1:]
        case TypeDiffers():
            place = (finding.leaf, finding.yours)
        case CheckFailed():
            place = finding.statement
        case NotRun():
            place = finding.reason
        case TimedOut():
            place = finding.what
        case NoGradient() | ArgumentModified():
            place = finding.argument
        case ValuesDiffer() | NotFinite() | ShapeDiffers() | DtypeDiffers() | DeviceDiffers():
            place = finding.leaf
        case _:
            place = finding.model_copy(update={"call": None, "good": (), "hint": None})
    return (finding.code, place)
