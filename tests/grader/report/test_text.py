"""Every code has words: kind, specific, bounded, and the facts of the finding in them."""

import re
import typing
from dataclasses import fields

import pytest

from grader.findings import (
    CheckFailed,
    Crashed,
    DeviceDiffers,
    Entry,
    ErrorKind,
    ExceptionRaised,
    ForbiddenUsed,
    Frame,
    GraderFault,
    MissingEntryPoint,
    MissingFile,
    NamesDiffer,
    NotRun,
    ReturnTooLarge,
    Seen,
    ShapeDiffers,
    StateChanged,
    SyntaxProblem,
    TimedOut,
    Trajectory,
    TypeDiffers,
    UnreadableFile,
    WrongError,
)
from grader.report.examples import EXAMPLES, TITLE
from grader.report.text import Message, describe
from grader.report.words import source_lines
from tests.grader.report.found import LINE, PARTLY, not_finite, stopped, values

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
    stopped("return p - F.one_hot(targets)", kind="broadcast"),
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
