"""Findings: a closed union of frozen facts, and what counts as the same cause."""

import re
from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from grader import findings
from grader.findings import (
    ArgumentModified,
    BrokeProtocol,
    CheckFailed,
    DeviceDiffers,
    DtypeDiffers,
    Entry,
    ExceptionRaised,
    Finding,
    ForbiddenUsed,
    Frame,
    Frozen,
    MissingEntryPoint,
    NamesDiffer,
    NoGradient,
    NotFinite,
    NotRun,
    Problem,
    ShapeDiffers,
    TimedOut,
    TypeDiffers,
    ValuesDiffer,
    WrongError,
    cause,
)
from grader.report.examples import EXAMPLES

UNION = get_args(get_args(Finding)[0])
FINDING = TypeAdapter(Finding)


class Holder(Frozen):
    finding: Finding


CODES = [kind.model_fields["code"].default for kind in UNION]


def test_every_kind_of_problem_is_in_the_union_once():
    kinds = {
        value
        for value in vars(findings).values()
        if isinstance(value, type) and issubclass(value, Problem) and value is not Problem
    }
    assert kinds == set(UNION)
    assert len(CODES) == len(set(CODES)) == len(UNION)


def test_there_is_an_example_of_every_code():
    assert list(EXAMPLES) == CODES


@pytest.mark.parametrize("kind", [*UNION, Entry, Frame])
def test_every_field_is_described_and_nothing_extra_is_taken(kind):
    assert kind.__doc__
    for name, field in kind.model_fields.items():
        assert name == "code" or (field.description or "").endswith("."), name
    assert kind.model_config["extra"] == "forbid"
    assert kind.model_config["frozen"]


@pytest.mark.parametrize("code", CODES)
def test_codes_are_short_plain_words(code):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert len(code) <= 20


@pytest.mark.parametrize("code", CODES)
def test_a_finding_survives_json(code):
    # Inside a Frozen model, as everywhere: a bare TypeAdapter would write NaN as null.
    # NaN is not equal to itself, so the texts are compared.
    text = Holder(finding=EXAMPLES[code]).model_dump_json()
    back = Holder.model_validate_json(text)
    assert type(back.finding) is type(EXAMPLES[code])
    assert back.model_dump_json() == text


def test_nan_and_infinities_are_strings_in_json():
    entry = Entry(index=(0,), yours=float("nan"), expected=float("-inf"), allowed=float("inf"))
    assert (
        entry.model_dump_json() == '{"index":[0],"yours":"NaN","expected":"-Infinity","allowed":"Infinity"}'
    )


@pytest.mark.parametrize("data", [{"code": "nonsense"}, {}, {"code": "crashed", "how": "x", "mark": 10}])
def test_what_is_no_finding_is_refused(data):
    with pytest.raises(ValidationError):
        FINDING.validate_python(data)


def test_a_finding_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        EXAMPLES["crashed"].how = "another way"


@pytest.mark.parametrize("code", CODES)
def test_the_call_and_what_was_right_do_not_make_another_cause(code):
    other = EXAMPLES[code].model_copy(update={"call": "f(1)", "good": ("shape",), "hint": "Think again."})
    assert cause(other) == cause(EXAMPLES[code])
    assert hash(cause(other)) == hash(cause(EXAMPLES[code]))


def test_different_codes_are_different_causes():
    assert len({cause(finding) for finding in EXAMPLES.values()}) == len(EXAMPLES)


HERE = Frame(file="conv2d.py", line=3, function="conv2d", text="return y")
THERE = Frame(file="conv2d.py", line=4, function="conv2d", text="return z")


def raised(kind="ValueError", frames=(HERE,), message="m"):
    return ExceptionRaised(type=kind, message=message, frames=frames)


def wrong_error(frames=(HERE,), message="m"):
    return WrongError(expected="ValueError", type="KeyError", message=message, frames=frames)


def forbidden(frames=(HERE,), what=("aten::conv2d",)):
    return ForbiddenUsed(what=what, forbidden="convolutions", frames=frames)


def values(leaf="", wrong=1):
    return ValuesDiffer(leaf=leaf, shape=(2,), dtype="float32", wrong=wrong, total=2, entries=(), terms=1)


def not_finite(leaf="", nan=1):
    return NotFinite(leaf=leaf, shape=(2,), nan=nan, infinite=0, total=2, entries=())


def shape(leaf="", yours=(1,)):
    return ShapeDiffers(leaf=leaf, yours=yours, expected=(2,))


def kind(leaf="", yours="None", expected="tensor"):
    return TypeDiffers(leaf=leaf, yours=yours, expected=expected)


def names(missing=("a",)):
    return NamesDiffer(leaf="", missing=missing, unexpected=())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (raised(), raised(message="another", frames=(THERE, HERE))),
        (wrong_error(), wrong_error(message="another")),
        (forbidden(), forbidden(what=("aten::convolution",))),
        (values(), values(wrong=2)),
        (not_finite(), not_finite(nan=2)),
        (shape(), shape(yours=(9, 9))),
        (kind(), kind(expected="tuple")),
        (CheckFailed(statement="s", detail="1"), CheckFailed(statement="s", detail="2")),
        (NotRun(reason="no-cuda"), NotRun(reason="no-cuda", detail="1")),
        (TimedOut(what="call", seconds=1), TimedOut(what="call", seconds=2)),
        (
            DtypeDiffers(leaf="", yours="float64", expected="float32"),
            DtypeDiffers(leaf="", yours="int64", expected="float32"),
        ),
        (
            DeviceDiffers(leaf="", yours="cpu", expected="cuda"),
            DeviceDiffers(leaf="", yours="cuda", expected="cpu"),
        ),
    ],
)
def test_the_same_place_is_the_same_cause(one, other):
    assert one != other
    assert cause(one) == cause(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (raised(), raised(kind="KeyError")),
        (raised(), raised(frames=(HERE, THERE))),
        (raised(), raised(frames=())),
        (wrong_error(), wrong_error(frames=(THERE,))),
        (forbidden(), forbidden(frames=(THERE,))),
        (values(), values(leaf="[1]")),
        (not_finite(), not_finite(leaf="[1]")),
        (shape(), shape(leaf="[1]")),
        (kind(), kind(yours="list")),
        (kind(), kind(leaf="[1]")),
        (CheckFailed(statement="s"), CheckFailed(statement="t")),
        (NotRun(reason="no-cuda"), NotRun(reason="skipped")),
        (TimedOut(what="call", seconds=1), TimedOut(what="import", seconds=1)),
        (NoGradient(argument="x"), NoGradient(argument="weight")),
        (ArgumentModified(argument="x"), ArgumentModified(argument="weight")),
        (names(), names(missing=("b",))),
        (MissingEntryPoint(name="a", file="x.py"), MissingEntryPoint(name="b", file="x.py")),
        (BrokeProtocol(what="a"), BrokeProtocol(what="b")),
    ],
)
def test_another_place_is_another_cause(one, other):
    assert cause(one) != cause(other)


def test_a_cause_can_be_had_of_any_text():
    assert cause(names(missing=("\ud800",))) == cause(names(missing=("\ud800",)))
