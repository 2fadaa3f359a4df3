"""Every code has words: kind, specific, bounded, and the facts of the finding in them."""

import re
import typing
from dataclasses import fields

import pytest

from grader.findings import (
    BrokeProtocol,
    CheckFailed,
    Crashed,
    DeviceDiffers,
    Entry,
    ErrorKind,
    ExceptionRaised,
    ForbiddenUsed,
    Frame,
    GraderFault,
    LengthDiffers,
    MissingEntryPoint,
    MissingFile,
    NamesDiffer,
    NotFinite,
    NotImplementedYet,
    NotRun,
    ReturnTooLarge,
    Seen,
    ShapeDiffers,
    SmallestCase,
    StateChanged,
    SyntaxProblem,
    TimedOut,
    Trajectory,
    TypeDiffers,
    UnreadableFile,
    ValuesDiffer,
    WrongError,
)
from grader.report.examples import EXAMPLES, TITLE
from grader.report.text import Message, describe
from grader.report.words import source_lines

SMALLEST = SmallestCase(source="f(0.)", yours="1.", expected="2.")

BLAMING = re.compile(
    r"\b(you (failed|forgot|must|should have)|stupid|obvious|simply|just do|illegal|bad)\b", re.I
)


def strings(value):
    """Every string in a message."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from strings(item)
    elif value is not None:
        for part in fields(value):
            yield from strings(getattr(value, part.name))


KINDS = typing.get_args(ErrorKind)
"""All that is known of exceptions."""

LINE = Frame(file="x.py", line=1, function="f", text="return y")


def stopped(*texts, raised="RuntimeError", function="f", **fields):
    """An exception, with lines of a function that led there."""
    frames = tuple(
        Frame(file="x.py", line=i, function=function, text=text) for i, text in enumerate(texts, 1)
    )
    return ExceptionRaised(call="f()", type=raised, message="", frames=frames, **fields)


PARTLY = NotImplementedYet(call="f(2)", name="softmax", frames=(LINE,), partly=True)


def values(wrong=2, total=6, dtype="float32", leaf="", terms=1, entries=()):
    return ValuesDiffer(
        leaf=leaf, shape=(total,), dtype=dtype, wrong=wrong, total=total, entries=entries, terms=terms
    )


def not_finite(nan=0, infinite=0, total=6, leaf=""):
    return NotFinite(leaf=leaf, shape=(total,), nan=nan, infinite=infinite, total=total, entries=())


VARIANTS = [
    *EXAMPLES.values(),
    values(),
    values(wrong=1),
    values(dtype="int64"),
    values(total=1, wrong=1),
    not_finite(nan=1),
    not_finite(infinite=1, total=1),
    TypeDiffers(leaf="", yours="list", expected="tensor"),
    TypeDiffers(leaf="", yours="numpy.ndarray", expected="tensor"),
    TypeDiffers(leaf="", yours="dict", expected="list"),
    PARTLY,
    stopped("raise ValueError('no')", raised="ValueError"),
    stopped("return F.relu(x)", raised="NameError"),
    stopped("return f(x)", "return x @ y", kind="matmul-shapes"),
    ShapeDiffers(leaf="", yours=(3, 2), expected=(2, 3)),
    ShapeDiffers(leaf="", yours=(3, 3), expected=(2, 3)),
    ForbiddenUsed(what=(), forbidden="softmax", frames=()),
    ExceptionRaised(call="import", type="Odd", message="", frames=()),
    ExceptionRaised(call="import", type="KeyError", message="", frames=(LINE,), kind="missing-key"),
    *(ExceptionRaised(type="RuntimeError", message="", frames=(LINE, LINE), kind=kind) for kind in KINDS),
    *(ExceptionRaised(type="", message="", withheld=True, frames=(), kind=kind) for kind in KINDS),
    *(TimedOut(what=what, seconds=0.5) for what in ("import", "test", "exercise")),
    *(ReturnTooLarge(what=what, limit=16) for what in ("items", "depth")),
    *(
        UnreadableFile(file="x.py", reason=reason)
        for reason in (
            "folder",
            "link",
            "empty",
            "too-large",
            "encoding",
            "notebook",
            "unreadable",
            "archive",
        )
    ),
    *(
        NotRun(reason=reason)
        for reason in (
            "too-many-deaths",
            "exercise-time",
            "did-not-load",
            "until-failure",
            "skipped",
            "no-companion",
        )
    ),
    MissingFile(expected=("x.py",)),
    MissingEntryPoint(name="f", file="x.py"),
    *(
        Crashed(how=how)
        for how in (
            "exit status 3",
            *(
                f"signal {name}"
                for name in ("SIGKILL", "SIGSYS", "SIGABRT", "SIGSEGV", "SIGBUS", "SIGTERM", "44")
            ),
            "the process above it was killed",
        )
    ),
    # As redacted for students.
    TypeDiffers(leaf="", yours="", expected="tensor"),
    DeviceDiffers(leaf="", yours="", expected="cuda"),
    NamesDiffer(leaf="", missing=(), unexpected=(), withheld=2),
    CheckFailed(statement="s", withheld=1),
    StateChanged(names=()),
    ExceptionRaised(type="", message="", withheld=True, frames=()),
    WrongError(expected="ValueError", type="", message="", withheld=True, frames=()),
    SyntaxProblem(message="", frame=Frame(file="x.py", line=2, function="")),
]


@pytest.mark.parametrize("finding", VARIANTS, ids=lambda finding: finding.code)
@pytest.mark.parametrize("title", [None, TITLE])
def test_words_are_whole_sentences_that_fit_a_short_hint(finding, title):
    message = describe(finding, title)
    assert message.code == finding.code
    said = (message.headline, message.explanation, message.next_step)
    for sentence in said:
        assert (
            sentence[0].isupper()
            or sentence[0].isdigit()
            or sentence.split()[0] in ("softmax", "softmax.py", "x.py")
        ), sentence
        assert "  " not in sentence
        assert "None" not in sentence.replace("`None`", "") or isinstance(finding, TypeDiffers | ShapeDiffers)
        assert not BLAMING.search(sentence)
    assert message.explanation.endswith((".", "?"))
    assert message.next_step.endswith((".", "?"))
    assert message.headline.endswith(".") or finding.code == "check-failed"
    assert len(" ".join(said).split()) <= 100
    assert message.headline.count(".") < 4


@pytest.mark.parametrize("finding", VARIANTS, ids=lambda finding: finding.code)
def test_labels_fit_their_column(finding):
    assert all(1 <= len(label) <= 7 for label, _ in describe(finding).facts)


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


def test_a_message_keeps_the_order_of_the_house():
    message = describe(EXAMPLES["values-differ"])
    assert [part.name for part in fields(Message)] == [
        *(
            "code",
            "headline",
            "called",
            "right",
            "explanation",
            "facts",
            "table",
            "lines",
            "hint",
            "next_step",
        )
    ]
    assert message.called == "softmax(tensor[2, 3] float32, dim=1)"
    assert message.right == "type, shape, dtype and device"
    assert message.table.header == ("index", "yours", "expected", "allowed")
    assert message.table.rows[0] == ("[0, 2]", "0.731059", "0.665241", "1.8e-06")
    assert message.hint.startswith("Each row")


def test_loading_a_file_is_no_call():
    assert describe(ExceptionRaised(call="import", type="E", message="", frames=())).called is None


def test_a_table_has_at_most_five_rows():
    entries = tuple(Entry(index=(i,), yours=1, expected=2, allowed=0) for i in range(9))
    assert len(describe(values(entries=entries)).table.rows) == 5


def test_where_it_is_known_what_a_loop_did_one_row_is_enough():
    entries = tuple(Entry(index=(i,), yours=1.0, expected=2.0, allowed=0.1) for i in range(5))
    finding = EXAMPLES["values-differ"].model_copy(update={"entries": entries})
    only_where = Trajectory(steps=2, expected_steps=2, same=1, step=2, name="0.weight")
    explained = only_where.model_copy(update={"seen": (Seen(kind="settings-changed"),)})
    shown = [
        len(describe(finding.model_copy(update={"trajectory": path})).table.rows)
        for path in (None, only_where, explained)
    ]
    assert shown == [5, 5, 1]


@pytest.mark.parametrize("kind", [ExceptionRaised, WrongError])
def test_a_message_is_shown_withheld_or_absent(kind):
    fields = {"type": "E", "frames": ()} | ({"expected": "F"} if kind is WrongError else {})
    assert describe(kind(message="m", **fields)).facts == (("message", "m"),)
    assert describe(kind(message="", **fields)).facts == ()
    (label, text), *rest = describe(kind(message="", withheld=True, **fields)).facts
    assert (label, rest) == ("message", [])
    assert "not shown" in text


@pytest.mark.parametrize(
    ("finding", "facts"),
    [
        (NamesDiffer(leaf="", missing=("a",), unexpected=("b",)), [("missing", "a"), ("extra", "b")]),
        (
            NamesDiffer(leaf="", missing=("a",), unexpected=(), withheld=2),
            [
                ("missing", "a"),
                (
                    "extra",
                    "2 names not shown, because your code may choose them by the inputs of a hidden test",
                ),
            ],
        ),
        (
            CheckFailed(statement="s", detail="d", names=("x", "y")),
            [("seen", "d"), ("names", "x and y")],
        ),
        (
            CheckFailed(statement="s", withheld=1),
            [("names", "1 name not shown, because your code may choose it by the inputs of a hidden test")],
        ),
    ],
)
def test_names_that_the_code_chose_are_shown_or_counted(finding, facts):
    assert describe(finding).facts == tuple(facts)


LIMITS = ("too-many-processes", "too-many-open-files", "file-too-large", "scratch-full", "too-much-output")


@pytest.mark.parametrize("code", [*LIMITS, "timed-out", "out-of-memory", "return-too-large"])
def test_a_limit_is_told_with_its_number(code):
    finding = EXAMPLES[code]
    numbers = {"timed-out": "10 s", "return-too-large": "64 MB", "out-of-memory": "2,048 MB"}
    limit = getattr(finding, "limit", None) or f"{getattr(finding, 'limit_mb', '')} MB"
    message = describe(finding, TITLE)
    assert numbers.get(code, str(limit)) in message.headline + message.explanation
    assert TITLE in message.headline or code == "return-too-large"


def frames(many):
    return tuple(Frame(file="f.py", line=i, function=f"f{i}", text=f"call {i}") for i in range(many))


def test_the_students_own_lines():
    module = Frame(file="cell 3", line=1, function="<module>")
    assert source_lines((module, *frames(1))) == ("cell 3, line 1", "f.py, line 0, in f0", "    call 0")


def test_of_a_deep_recursion_the_ends_are_shown():
    lines = source_lines(frames(1000))
    assert lines[2] == "... (996 calls between)"
    assert lines[-1] == "    call 999"
    assert len(lines) == 9
    assert not any("between" in line for line in source_lines(frames(4)))


HOSTILE = "\x1b[2J\x1b]8;;http://x\x07a\u202eb\ud800\n[red]" + "y" * 2_000


@pytest.mark.parametrize("code", EXAMPLES)
def test_no_string_of_a_finding_reaches_a_message_as_it_is(code):
    """Every string field at once is hostile; what is said stays inert and bounded."""

    def spoil(value):
        if isinstance(value, str):
            return HOSTILE
        if isinstance(value, tuple):
            return tuple(spoil(item) for item in value)
        if isinstance(value, Frame | Entry):
            return value.model_copy(
                update={name: spoil(getattr(value, name)) for name in type(value).model_fields}
            )
        return value

    example = EXAMPLES[code]
    chosen = {"code", "reason", "kind"} | ({"what"} if code in ("timed-out", "return-too-large") else set())
    names = set(type(example).model_fields) - chosen
    finding = example.model_copy(
        update={name: spoil(getattr(example, name)) for name in names} | {"hint": HOSTILE, "good": (HOSTILE,)}
    )
    message = describe(finding, HOSTILE)
    for text in strings(message):
        assert text.isprintable(), text
        assert len(text) < 2_200


@pytest.mark.parametrize(
    "finding",
    [
        CheckFailed(statement="s"),
        GraderFault(detail=""),
        SyntaxProblem(message="m", frame=Frame(file="x.py", line=1, function="")),
    ],
)
def test_facts_that_are_not_there_leave_no_line(finding):
    assert describe(finding).facts == ()
