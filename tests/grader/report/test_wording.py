"""Headline, explanation and next step fit the case."""

import pytest

from grader.findings import (
    BrokeProtocol,
    CheckFailed,
    Crashed,
    DeviceDiffers,
    ExceptionRaised,
    ForbiddenUsed,
    Frame,
    LengthDiffers,
    MissingEntryPoint,
    MissingFile,
    NamesDiffer,
    NotRun,
    ReturnTooLarge,
    ShapeDiffers,
    StateChanged,
    SyntaxProblem,
    TimedOut,
    TypeDiffers,
    WrongError,
)
from grader.report.examples import TITLE
from grader.report.text import describe
from tests.grader.report.found import LINE, PARTLY, SMALLEST, not_finite, stopped, values


@pytest.mark.parametrize(
    ("finding", "headline"),
    [
        (values(), "2 of the 6 numbers differ from the expected ones."),
        (values(wrong=1), "1 of the 6 numbers differs from the expected ones."),
        (values(wrong=6, leaf="[1]"), "All 6 numbers of result[1] differ from the expected ones."),
        (values(total=1, wrong=1), "The result is not the expected number."),
        (values(total=1, wrong=1, leaf="['w']"), "result['w'] is not the expected number."),
        (values(leaf="gradient[0]"), "2 of the 6 numbers of gradient[0] differ from the expected ones."),
        (not_finite(nan=1), "Of 6 numbers 1 is NaN."),
        (not_finite(nan=1, infinite=2), "Of 6 numbers 1 is NaN and 2 are infinite."),
        (not_finite(infinite=6, leaf="[0]"), "Of 6 numbers of result[0] 6 are infinite."),
        (not_finite(nan=1, total=1), "The result is NaN."),
        (not_finite(infinite=1, total=1, leaf="[0]"), "result[0] is infinite."),
        (
            TypeDiffers(leaf="", yours="None", expected="tensor"),
            "Your function returned None instead of a tensor.",
        ),
        (
            TypeDiffers(leaf="[0]", yours="int", expected="float"),
            "As result[0] your function returned an int instead of a float.",
        ),
        (
            TypeDiffers(leaf="", yours="another str", expected="str"),
            "Your function returned another str instead of a str.",
        ),
        (LengthDiffers(leaf="", yours=1, expected=3), "Your function returned 1 item instead of 3."),
        (
            NamesDiffer(leaf="[0]", missing=(), unexpected=()),
            "The names in result[0] are not the expected ones.",
        ),
        (
            TypeDiffers(leaf="", yours="", expected="tensor"),
            "Your function returned something else instead of a tensor.",
        ),
        (
            DeviceDiffers(leaf="", yours="", expected="cuda"),
            "The tensor came back on another device, not on cuda.",
        ),
        (StateChanged(names=()), "Your code left a setting of torch changed."),
        (
            ExceptionRaised(call="f()", type="", message="", withheld=True, frames=()),
            "Your code raised an exception of its own class and did not return a result.",
        ),
        (
            WrongError(expected="ValueError", type="", message="", withheld=True, frames=()),
            "ValueError should have been raised, but an exception of its own class was.",
        ),
        (
            SyntaxProblem(message="", frame=Frame(file="x.py", line=2, function="")),
            "Python can't read x.py (line 2).",
        ),
        (
            Crashed(how="the process above it was killed"),
            "The process that ran your code ended because the process above it was killed "
            "in: 'Works on a batch of one'.",
        ),
        (
            TimedOut(what="call", seconds=10),
            "Your function was still running after 10 s in: 'Works on a batch of one'.",
        ),
        (TimedOut(what="import", seconds=2.5), "Your file was still being loaded after 2.5 s."),
        (
            TimedOut(what="test", seconds=30),
            "The calls of one test took more than 30 s together in: 'Works on a batch of one'.",
        ),
        (
            TimedOut(what="exercise", seconds=120),
            "The 120 s for this whole exercise were used up in: 'Works on a batch of one'.",
        ),
        (
            Crashed(how="exit status 3"),
            "The process that ran your code ended with exit status 3 in: 'Works on a batch of one'.",
        ),
        (
            ExceptionRaised(call="import", type="ImportError", message="", frames=()),
            "Your file raised ImportError while it was being loaded.",
        ),
        (
            NotRun(reason="too-many-deaths", detail="3 in a row"),
            "Not run: too many tests in a row timed out or crashed (3 in a row).",
        ),
    ],
)
def test_headlines_say_what_happened(finding, headline):
    assert describe(finding, TITLE).headline == headline


def test_without_a_test_no_title_is_quoted():
    headline = describe(TimedOut(what="call", seconds=10)).headline
    assert headline == "Your function was still running after 10 s."


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (values(wrong=1), "Most numbers are right"),
        (values(wrong=6), "a factor, a sign"),
        (values(wrong=6).model_copy(update={"smallest": SMALLEST}), "the call under 'try'"),
        (values(wrong=1).model_copy(update={"smallest": SMALLEST}), "Most numbers are right"),
        (TypeDiffers(leaf="", yours="None", expected="tensor"), "`return ...`"),
        (TypeDiffers(leaf="", yours="dict", expected="list"), "your return statement"),
        (TypeDiffers(leaf="", yours="list", expected="list"), "your return statement"),
        (TypeDiffers(leaf="", yours="list", expected="tensor"), "torch.stack"),
        (TypeDiffers(leaf="", yours="numpy.ndarray", expected="tensor"), "torch.exp"),
        (TypeDiffers(leaf="", yours="numpy.float64", expected="tensor"), "torch.exp"),
        (PARTLY, "Which arguments of the call"),
        (CheckFailed(statement="s"), "the line of your code that does it"),
        (stopped("raise ValueError('no')", raised="ValueError"), "Which condition leads to that `raise`?"),
        (stopped("raised = y / 0", raised="ZeroDivisionError"), "divisor"),
        (stopped("return F.relu(x)", raised="NameError"), "`import torch.nn.functional as F`"),
        (stopped("return torch.exp(np.log(x))", raised="NameError"), "`import numpy as np`"),
        (stopped("return torch.exp(x)", raised="NameError"), "`import torch`"),
        (stopped("return my.np.log(x) + F", raised="NameError"), "defined or imported"),
        (stopped("return f(x)", "return x @ y", kind="matmul-shapes"), "calls itself in line 1? Write both"),
        (stopped("p - F.one_hot(targets)", kind="broadcast"), "the number of classes"),
        (stopped("p - F.one_hot(targets, C)", kind="broadcast"), "Print both shapes"),
        (stopped("F.one_hot(targets)", kind="index-type"), "`.long()`"),
        (stopped("f(1)", "f(2)", function="<module>", kind="matmul-shapes"), "Write both shapes"),
        (ShapeDiffers(leaf="", yours=(2,), expected=(2, 1)), "keepdim=True"),
        (ShapeDiffers(leaf="", yours=(2, 1), expected=(1, 2)), "transpose"),
        (ForbiddenUsed(what=(), forbidden="softmax", frames=()), "inside what you call"),
        (TimedOut(what="import", seconds=10), "__main__"),
        (ExceptionRaised(type="KeyError", message="", frames=()), "Print the keys"),
        (ExceptionRaised(type="Odd", message="", frames=()), "where it stopped"),
        (MissingFile(expected=("x.py",)), "Check the spelling"),
        (MissingEntryPoint(name="f", file="x.py"), "left margin"),
    ],
)
def test_the_next_step_fits_the_case(finding, said):
    assert said in describe(finding).next_step


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (values(terms=7), "float32 in sums of 7 terms"),
        (values(dtype="int64"), "must be equal"),
        (ShapeDiffers(leaf="", yours=(2,), expected=(2, 1)), "has 1 dimension, the expected one has 2."),
        (ShapeDiffers(leaf="", yours=(3, 3), expected=(2, 3)), "not every size"),
        (ReturnTooLarge(what="bytes", limit=64 << 20), "64 MB"),
        (ReturnTooLarge(what="items", limit=10_000), "10,000 items"),
        (ReturnTooLarge(what="depth", limit=16), "16 levels of nesting"),
        (BrokeProtocol(what="one frame"), "one frame"),
        (ExceptionRaised(type="TypeError", message="", frames=()), "before the first line of your function"),
        (
            ExceptionRaised(type="TypeError", message="", frames=(LINE,)),
            "The line shown is where it stopped.",
        ),
        (ExceptionRaised(type="TypeError", message="", frames=(LINE, LINE)), "how it got there"),
        (stopped("raise ValueError('no')", raised="ValueError"), "Your own code refuses this call"),
        (stopped("return f(x)", "return x @ y"), "On the way there `f` called itself. The last line"),
        (PARTLY, "One way through your code is not written yet"),
        (TimedOut(what="import", seconds=10), "top level"),
        (TimedOut(what="call", seconds=10), "plain Python loops"),
        (Crashed(how="exit status 3"), "os._exit() do that."),
        (Crashed(how="signal SIGKILL"), "Something killed it"),
        (Crashed(how="signal SIGTERM"), "A signal does that"),
        (Crashed(how="signal 44"), "A signal does that"),
    ],
)
def test_the_explanation_fits_the_case(finding, said):
    assert said in describe(finding).explanation
