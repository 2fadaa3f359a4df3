"""One example of every finding, as the manual shows it.

The manual's examples, the golden texts and whoever writes another renderer use
these, so that a code without an example is noticed at once. Plain data.
"""

from grader.findings import (
    ArgumentModified,
    BrokeProtocol,
    CheckFailed,
    Crashed,
    DeviceDiffers,
    DeviceFault,
    DeviceOutOfMemory,
    DtypeDiffers,
    Entry,
    ExceptionRaised,
    FileTooLarge,
    Finding,
    ForbiddenUsed,
    Frame,
    GraderFault,
    LengthDiffers,
    MissingEntryPoint,
    MissingFile,
    NamesDiffer,
    NoError,
    NoGradient,
    NotFinite,
    NotImplementedYet,
    NotRun,
    OutOfMemory,
    ReturnTooLarge,
    ScratchFull,
    ShapeDiffers,
    StateChanged,
    SyntaxProblem,
    TimedOut,
    TooManyOpenFiles,
    TooManyProcesses,
    TooMuchOutput,
    TypeDiffers,
    UnreadableFile,
    Unstable,
    ValuesDiffer,
    WrongError,
)

TITLE = "Works on a batch of one"
"""Title of the test that the examples are found in."""

_SOFTMAX = "softmax(tensor[2, 3] float32, dim=1)"
_BACKWARD = "linear_backward(tensor[5, 3] float32, tensor[2, 3] float32, tensor[5, 2] float32)"

_EXAMPLES: tuple[Finding, ...] = (
    ValuesDiffer(
        call=_SOFTMAX,
        good=("type", "shape", "dtype", "device"),
        hint="Each row must sum to one: along which dimension does your sum run?",
        leaf="",
        shape=(2, 3),
        dtype="float32",
        wrong=6,
        total=6,
        entries=(
            Entry(index=(0, 2), yours=0.7310586, expected=0.66524096, allowed=1.8e-6),
            Entry(index=(0, 0), yours=0.26894143, expected=0.24472847, allowed=1.8e-6),
        ),
        terms=3,
    ),
    NotFinite(
        call=_SOFTMAX,
        good=("type", "shape", "dtype", "device"),
        hint=(
            "exp(1000) is infinite in float32. What can you subtract from a row without changing the result?"
        ),
        leaf="",
        shape=(2, 3),
        nan=2,
        infinite=0,
        total=6,
        entries=(
            Entry(index=(0, 0), yours=float("nan"), expected=0.5, allowed=1.8e-6),
            Entry(index=(0, 1), yours=float("nan"), expected=0.5, allowed=1.8e-6),
        ),
    ),
    ShapeDiffers(call=_SOFTMAX, good=("type",), leaf="", yours=(2,), expected=(2, 3)),
    DtypeDiffers(call=_SOFTMAX, good=("type", "shape"), leaf="", yours="float32", expected="float64"),
    DeviceDiffers(call=_SOFTMAX, good=("type", "shape", "dtype"), leaf="", yours="cpu", expected="cuda"),
    TypeDiffers(call=_SOFTMAX, leaf="", yours="None", expected="tensor"),
    LengthDiffers(call=_BACKWARD, good=("type",), leaf="", yours=2, expected=3),
    NamesDiffer(
        call="MLP(8, 4, 3).state_dict()",
        leaf="",
        missing=("first.weight",),
        unexpected=("frist.weight",),
    ),
    NoGradient(call=_SOFTMAX, argument="argument 1"),
    ArgumentModified(call=_SOFTMAX, argument="argument 1"),
    StateChanged(call=_SOFTMAX, names=("default dtype",)),
    ForbiddenUsed(
        call=_SOFTMAX,
        what=("aten::_softmax",),
        forbidden="torch's own softmax, log_softmax and softmin",
        frames=(
            Frame(file="softmax.py", line=7, function="softmax", text="return F.softmax(logits, dim=dim)"),
        ),
    ),
    ExceptionRaised(
        call=_SOFTMAX,
        type="IndexError",
        message="Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        frames=(Frame(file="softmax.py", line=9, function="softmax", text="total = e.sum(dim=dim + 1)"),),
        kind="dim-range",
    ),
    NotImplementedYet(call=_SOFTMAX, name="softmax"),
    NoError(call="conv2d(tensor[1, 1, 2, 2] float32, tensor[1, 1, 3, 3] float32)", expected="ValueError"),
    WrongError(
        call="conv2d(tensor[1, 1, 2, 2] float32, tensor[1, 1, 3, 3] float32)",
        expected="ValueError",
        type="IndexError",
        message="list index out of range",
        frames=(Frame(file="conv2d.py", line=21, function="conv2d", text="row = rows[top]"),),
    ),
    CheckFailed(
        call="train(model, loader, optimizer, criterion, 2, 'cpu')",
        statement="the model is in training mode for every batch",
        detail="evaluation mode in batches 1 to 4 of epoch 2",
        names=("dropout",),
    ),
    TimedOut(call=_SOFTMAX, what="call", seconds=10),
    OutOfMemory(call=_SOFTMAX, limit_mb=2048),
    DeviceOutOfMemory(call=_SOFTMAX, limit_mb=4096),
    DeviceFault(call=_SOFTMAX, how="assertion on the device"),
    TooManyProcesses(call=_SOFTMAX, limit=256),
    TooManyOpenFiles(call=_SOFTMAX, limit=256),
    FileTooLarge(call=_SOFTMAX, limit_mb=16),
    ScratchFull(call=_SOFTMAX, limit_mb=64),
    TooMuchOutput(call=_SOFTMAX, limit_mb=64),
    Crashed(call=_SOFTMAX, how="signal SIGSEGV"),
    BrokeProtocol(call=_SOFTMAX, what="an answer must be one whole frame"),
    ReturnTooLarge(call=_SOFTMAX, what="bytes", limit=64 * 1024 * 1024),
    MissingFile(expected=("softmax.py", "softmax.ipynb"), near="sofmax.py"),
    UnreadableFile(file="softmax.py", reason="encoding", detail="byte 0xE9 in line 3"),
    SyntaxProblem(
        message="expected ':'",
        frame=Frame(file="softmax.py", line=4, function="", text="def softmax(logits, dim=-1)"),
    ),
    MissingEntryPoint(name="softmax", file="softmax.py", near="soft_max"),
    NotRun(reason="no-cuda"),
    Unstable(call=_SOFTMAX, first="values-differ"),
    GraderFault(call=_SOFTMAX, detail="KeyError: 'softmax' in tests/hidden/test_softmax.py, line 12"),
)

EXAMPLES: dict[str, Finding] = {finding.code: finding for finding in _EXAMPLES}
"""The example of each code, in the order of `grader.findings.Finding`."""
