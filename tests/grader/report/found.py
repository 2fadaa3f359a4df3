"""Builders of single findings, for tests of what is said of them."""

from grader.findings import (
    ExceptionRaised,
    Frame,
    NotFinite,
    NotImplementedYet,
    SmallestCase,
    ValuesDiffer,
)

SMALLEST = SmallestCase(source="f(0.)", yours="1.", expected="2.")

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
