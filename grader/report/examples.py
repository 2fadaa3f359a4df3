"""One example of every finding, and of what may be known beyond its code, as the manual shows them.

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
    Efficiency,
    Entry,
    ExceptionRaised,
    FileTooLarge,
    Finding,
    ForbiddenUsed,
    Frame,
    GraderFault,
    Growth,
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
    Place,
    Relation,
    ReturnTooLarge,
    ScratchFull,
    Seen,
    ShapeDiffers,
    SmallestCase,
    StateChanged,
    SyntaxProblem,
    TimedOut,
    TooManyOpenFiles,
    TooManyProcesses,
    TooMuchOutput,
    TooMuchWork,
    Trajectory,
    TypeDiffers,
    UnreadableFile,
    Unstable,
    ValuesDiffer,
    Where,
    WrongError,
)
from grader.report.model import MistakeReport

TITLE = "Works on a batch of one"
"""Title of the test that the examples are found in."""

_SOFTMAX = "softmax(tensor[2, 3] float32, dim=1)"
_BACKWARD = "linear_backward(tensor[5, 3] float32, tensor[2, 3] float32, tensor[5, 2] float32)"

EFFICIENCY = Efficiency(
    entry_point="conv2d",
    size=(("N", 8), ("H", 16), ("W", 16)),
    operators=12_800,
    operators_reference=6,
    bytes=20_480,
    bytes_reference=18_432,
    growth=(
        Growth(sizes=("N",), yours="N", reference=""),
        Growth(sizes=("H", "W"), yours="H*W", reference=""),
    ),
    way="with unfold",
)
"""Right code that does more work than it needs to."""

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
    TooMuchWork(work=EFFICIENCY),
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

# --- what may be known beyond the code ---------------------------------------------

_ALL = ("type", "shape", "dtype", "device")
_GRADIENT = "cross_entropy_grad(tensor[2, 3] float32, tensor[2] int64)"

_NOT_DIVIDED = MistakeReport(
    name="gradient_not_divided",
    headline="The gradient is not divided by N: it is that of the sum of the losses.",
    explanation=(
        "For one sample that is the same. For a batch of 6 your gradient is 6 times too large. The loss is "
        "a mean, so each sample has only 1 / N of the say, and its row of the gradient must be that much "
        "smaller."
    ),
    question="How much does the mean of N losses change if only one of them goes up by 1?",
    section="The formulas",
    tests=9,
)

_LARGE_LOGITS = MistakeReport(
    name="no_max_shift",
    headline="The exponential is taken of the logits as they are.",
    explanation=(
        "On paper that is right, and for small logits your numbers are. But exp(89) is already too large for "
        "float32 and becomes inf; then inf / inf is NaN. Adding one number to all logits of a slice changes "
        "no probability, so you may move them first."
    ),
    question=(
        "Which number could you take away from every logit of a slice, so that the largest exponent is "
        "exactly 0?"
    ),
    section="Large logits",
    tests=6,
)

EXPLAINED: dict[str, tuple[Finding, MistakeReport | None]] = {
    "A known mistake": (
        ValuesDiffer(
            call=_GRADIENT,
            good=_ALL,
            mistake=_NOT_DIVIDED.name,
            leaf="",
            shape=(2, 3),
            dtype="float32",
            wrong=6,
            total=6,
            entries=(
                Entry(index=(1, 2), yours=-0.6666667, expected=-0.3333333, allowed=4.8e-7),
                Entry(index=(0, 0), yours=-0.3347590, expected=-0.1673795, allowed=4.8e-7),
            ),
            terms=3,
            smallest=SmallestCase(
                source=(
                    "cross_entropy_grad(torch.tensor([[0., 0.], [0., 0.]]),\n"
                    "                   torch.tensor([0, 0]))"
                ),
                yours="[[-0.5, 0.5], [-0.5, 0.5]]",
                expected="[[-0.25, 0.25], [-0.25, 0.25]]",
                sizes=(("N", 2), ("C", 2)),
            ),
        ),
        _NOT_DIVIDED,
    ),
    "A pattern": (
        ValuesDiffer(
            call="linear_backward(tensor[5, 3] float32, tensor[2, 3] float32, tensor[5, 2] float32)",
            good=_ALL,
            leaf="[2]",
            shape=(2,),
            dtype="float32",
            wrong=2,
            total=2,
            entries=(
                Entry(index=(0,), yours=0.4, expected=2.0, allowed=1e-6),
                Entry(index=(1,), yours=-0.2, expected=-1.0, allowed=1e-6),
            ),
            terms=5,
            relation=Relation(kind="factor", leaf="[2]", named="1/N", calls=7),
        ),
        None,
    ),
    "Where they sit": (
        ValuesDiffer(
            call="conv2d(tensor[2, 3, 8, 8] float32, tensor[4, 3, 3, 3] float32, padding=1)",
            good=_ALL,
            leaf="",
            shape=(2, 4, 8, 8),
            dtype="float32",
            wrong=224,
            total=512,
            entries=(Entry(index=(1, 2, 0, 5), yours=0.731, expected=1.412, allowed=5.1e-6),),
            where=Where(kind="border", count=1),
            terms=27,
        ),
        None,
    ),
    "The smallest case": (
        NotFinite(
            call="softmax(tensor[6, 7] float32)",
            good=_ALL,
            leaf="",
            shape=(6, 7),
            nan=22,
            infinite=0,
            total=42,
            entries=(Entry(index=(0, 0), yours=float("nan"), expected=0.380299, allowed=0.034),),
            relation=Relation(kind="finite", calls=6),
            smallest=SmallestCase(
                source="softmax(torch.tensor([[89.]]))", yours="[[nan]]", expected="[[1.]]", free=("N", "C")
            ),
        ),
        None,
    ),
    "The path of a training loop": (
        ValuesDiffer(
            call="train(model, loader, optimizer, criterion, 2, 'cpu')",
            good=_ALL,
            leaf="['0.weight']",
            shape=(4, 3),
            dtype="float32",
            wrong=12,
            total=12,
            entries=(Entry(index=(0, 0), yours=0.4127, expected=0.4019, allowed=7.3e-6),),
            terms=3,
            trajectory=Trajectory(
                steps=8,
                expected_steps=8,
                same=1,
                step=2,
                place=Place(epoch=1, batch=2),
                name="0.weight",
                gap=0.0108,
                allowed=7.3e-6,
                seen=(Seen(kind="piled-up", places=(Place(epoch=1, batch=1), Place(epoch=1, batch=2))),),
            ),
        ),
        None,
    ),
    "The kind of an exception": (
        ExceptionRaised(
            call="softmax(tensor[5, 7] float32)",
            type="RuntimeError",
            message="",
            withheld=True,
            frames=(Frame(file="softmax.py", line=6, function="softmax", text="return e / e.sum(dim=dim)"),),
            kind="broadcast",
            smallest=SmallestCase(
                source="softmax(torch.tensor([[0., 0.], [0., 0.], [0., 0.]]))",
                yours="RuntimeError",
                expected="[[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]",
                sizes=(("N", 3), ("C", 2)),
            ),
        ),
        None,
    ),
}
"""What may be known of a finding beyond its code: an example of each, with the mistake behind it, if any."""

MISTAKES: tuple[MistakeReport, ...] = (_NOT_DIVIDED, _LARGE_LOGITS)
"""Known mistakes of the sample course."""
