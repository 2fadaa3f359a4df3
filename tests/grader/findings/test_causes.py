"""One cause, one finding: which findings belong together, and which do not."""

import pytest

from grader.findings import (
    ArgumentModified,
    BrokeProtocol,
    Causes,
    CheckFailed,
    DeviceDiffers,
    DtypeDiffers,
    ExceptionRaised,
    ForbiddenUsed,
    Frame,
    MissingEntryPoint,
    NamesDiffer,
    NoGradient,
    NotFinite,
    NotRun,
    Place,
    Relation,
    Seen,
    ShapeDiffers,
    TimedOut,
    Trajectory,
    TypeDiffers,
    ValuesDiffer,
    WrongError,
    cause,
)
from grader.report.examples import EXAMPLES


@pytest.mark.parametrize("code", EXAMPLES)
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


# --- training loops ---------------------------------------------------------------


def path(kind, *, step=1, named="", trains=4, **facts):
    """A trajectory on which `kind` was seen at a step."""
    seen = (Seen(kind=kind, places=(Place(epoch=1, batch=step),), named=named, **facts),) if kind else ()
    return Trajectory(steps=trains, expected_steps=trains, same=step - 1, step=step, seen=seen)


def explained(finding, trajectory, **facts):
    return finding.model_copy(update={"trajectory": trajectory, **facts})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (explained(values("a"), path("piled-up", step=2)), explained(values("b"), path("piled-up", step=3))),
        (explained(values("a"), path("piled-up")), explained(not_finite("b"), path("piled-up"))),
        (
            explained(values("a"), path("scaled", named="batch size", factor=6.0)),
            explained(values("[0]"), path("scaled", named="batch size", factor=4.0)),
        ),
    ],
)
def test_of_loops_in_which_the_same_was_seen_the_cause_is_one(one, other):
    assert cause(one) == cause(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (path("piled-up"), path("joined")),
        (path("scaled", named="batch size"), path("scaled", named="batches")),
        (path("loss-by-batch"), path("loss-by-batch", trains=0)),  # train, and evaluate
        (path("gradient-differs"), path("gradient-differs")),
        (path("stopped"), path("stopped")),
        (path(None), path(None)),
    ],
)
def test_what_explains_nothing_or_another_thing_joins_nothing(one, other):
    first, second = explained(values("a"), one), explained(values("b"), other)
    causes = Causes([first, second])
    assert causes.of(first) != causes.of(second)


@pytest.mark.parametrize("finding", [raised(), kind("a"), shape("a"), wrong_error()])
def test_steps_do_not_explain_an_exception_or_a_type(finding):
    assert cause(explained(finding, path("piled-up"))) == cause(finding)


def test_a_known_mistake_says_more_than_a_trajectory():
    found = explained(values("a"), path("piled-up"), mistake="no_zero_grad")
    assert cause(found) == ("mistake", "no_zero_grad")


def test_what_was_seen_stands_for_all_that_fails_at_the_place():
    first, second = explained(values("a"), path("piled-up")), explained(values("b"), path("piled-up", step=2))
    causes = Causes([first, values("a"), second, values("b"), values("c")])
    assert causes.of(explained(values("a"), path("gradient-differs"))) == causes.of(first)
    assert causes.of(values("a")) == causes.of(values("b")) == causes.of(first) == causes.of(second)
    assert causes.of(values("c")) == cause(values("c")) != causes.of(first)


def wrong_as(kind, leaf="", **fields):
    return values(leaf).model_copy(update={"relation": Relation(kind=kind) if kind else None, **fields})


def test_a_part_that_is_wrong_in_two_ways_has_two_causes():
    causes = Causes([wrong_as("factor"), wrong_as("sign"), wrong_as("sign")])
    assert causes.of(wrong_as("factor")) != causes.of(wrong_as("sign"))
    assert causes.of(wrong_as("sign")) != causes.of(wrong_as("sign", leaf="[1]"))


def test_where_no_way_is_known_of_a_few_it_is_that_of_most_others():
    few = Causes(
        [wrong_as("factor"), *(wrong_as("sign") for _ in range(2)), wrong_as(None), wrong_as("when")]
    )
    assert few.of(wrong_as(None)) == few.of(wrong_as("when")) == few.of(wrong_as("sign"))
    many = Causes([wrong_as("factor"), *(wrong_as(None) for _ in range(2))])
    assert many.of(wrong_as(None)) == cause(values()) != many.of(wrong_as("factor"))


@pytest.mark.parametrize("way", ["earlier", "other-part", "transposed"])
def test_a_way_that_shows_in_shape_or_numbers_is_one_cause(way):
    relation = {"relation": Relation(kind=way)}
    found = [made("[1]").model_copy(update=relation) for made in (shape, values, not_finite)]
    causes = Causes([*found, values("[1]")])
    assert len({causes.of(finding) for finding in (*found, values("[1]"))}) == 1
    assert causes.of(wrong_as(way, leaf="[2]")) != causes.of(found[0])


def test_what_a_known_mistake_explains_counts_for_no_way():
    known = [wrong_as("sign", mistake="m") for _ in range(3)]
    causes = Causes([*known, wrong_as(None)])
    assert causes.of(wrong_as(None)) == cause(values())
    assert causes.of(known[0]) == ("mistake", "m")


def test_of_two_things_seen_at_a_place_the_first_stands_for_the_rest():
    first, second = explained(values("a"), path("gradient-differs")), explained(values("a"), path("piled-up"))
    causes = Causes([first, second, values("a")])
    assert causes.of(values("a")) == causes.of(first) != causes.of(second)


def test_a_place_of_a_known_mistake_stands_for_nothing_else():
    known = explained(values("a"), path("piled-up"), mistake="no_zero_grad")
    assert Causes([known, values("a")]).of(values("a")) == cause(values("a"))
