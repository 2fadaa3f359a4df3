"""A call that did not return, a test that did not run, and our own faults."""

from typing import Literal

from pydantic import Field

from grader.findings.base import Frame, Problem


class ForbiddenUsed(Problem):
    """A forbidden built-in ran while the function under test was running."""

    code: Literal["forbidden-used"] = "forbidden-used"
    what: tuple[str, ...] = Field(description="What was seen running, such as 'aten::_softmax'.")
    forbidden: str = Field(description="What the exercise forbids, in the handout's words.")
    frames: tuple[Frame, ...] = Field(description="Lines of the student's code that led there.")


ErrorKind = Literal[
    "none",
    "no-grad-yet",
    "pair",
    "loader-only-iterates",
    "not-called",
    "not-callable",
    "number-not-tensor",
    "list-not-tensor",
    "tuple-not-number",
    "no-such-method",
    "no-such-function",
    "not-a-tensor",
    "signature",
    "arguments",
    "torch-arguments",
    "index-type",
    "unpack-count",
    "unpack-single",
    "one-number",
    "truth-value",
    "numpy-of-graph",
    "numpy-of-device",
    "ragged",
    "leaf-in-place",
    "saved-changed",
    "shared-memory",
    "graph-freed",
    "no-graph",
    "backward-of-many",
    "inference-tensor",
    "no-cuda",
    "device",
    "class-dtype",
    "needs-float",
    "stored-as-integer",
    "bool-arithmetic",
    "dtype",
    "class-range",
    "loss-shapes",
    "state-dict",
    "join-shapes",
    "join-nothing",
    "matmul-shapes",
    "einsum",
    "in-place-shape",
    "mask-shape",
    "broadcast",
    "view-layout",
    "reshape-count",
    "kernel-too-large",
    "negative-size",
    "dims-order",
    "dim-range",
    "index-count",
    "index-range",
    "nothing-to-reduce",
    "no-super-init",
    "no-forward",
    "parameter-type",
    "no-parameters",
    "not-finite",
    "math-range",
    "unbound",
    "nothing-left",
    "missing-key",
    "assertion",
    "not-implemented",
]
"""What the common exceptions of Python and torch speak of.

Fixed words that the judge chose, so that they stand where the message is
withheld. A submission can choose between them, as it can between its own lines
and the names of known exceptions, which are shown too.
"""


class ExceptionRaised(Problem):
    """The student's code raised."""

    code: Literal["exception"] = "exception"
    type: str = Field(description="Name of the exception's class; '' where it is withheld.")
    message: str = Field(description="Its message; may quote hidden inputs.")
    withheld: bool = Field(default=False, description="Whether the message was left out for students.")
    frames: tuple[Frame, ...] = Field(description="The student's own lines, outermost first.")
    kind: ErrorKind | None = Field(
        default=None, description="What it speaks of, if that is common; stays where the message goes."
    )


class NotImplementedYet(Problem):
    """The stub's NotImplementedError is still there, or one of the student's own."""

    code: Literal["not-implemented"] = "not-implemented"
    name: str = Field(description="The function or class to fill in.")
    frames: tuple[Frame, ...] = Field(
        default=(), description="The student's own lines, outermost first; the last one raised."
    )
    partly: bool = Field(default=False, description="Whether other calls of it returned a result.")


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


class NotRun(Problem):
    """A test that did not run, and why."""

    code: Literal["not-run"] = "not-run"
    reason: Literal[
        "no-cuda",
        "too-many-deaths",
        "exercise-time",
        "did-not-load",
        "until-failure",
        "skipped",
        "no-companion",
        "tests-failed",
        "simulated",
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
