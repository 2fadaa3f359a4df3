"""Which files a result stands for, in a line: their names, and the digest that a receipt has too.

A student who handed in with `grader submit` has a receipt with a digest for each
exercise. Where marks are given the report shows the same digits, so that nobody
has to ask which of several files was marked.
"""

from grader.report.model import ExerciseReport
from grader.report.numbers import listed
from grader.report.safe import safe_text
from grader.report.words import names

DIGITS = 12
"""Of a digest: few enough to be compared by eye, and no two files of a class share them by accident."""


def read_from(exercise: ExerciseReport) -> str:
    """`read from softmax.py`, and in a marking `(digest 0123456789ab)`; '' where nothing was read."""
    if not exercise.files:
        return ""
    told = f"read from {listed(names(exercise.files), 7)}"
    is_marking = exercise.final is not None
    shown = short(exercise.digest) if is_marking else ""
    return f"{told} (digest {shown})" if shown else told


def short(digest: str) -> str:
    """The digits of a digest that people compare."""
    return safe_text(digest[:DIGITS])
