"""A tiny course of one exercise, to be written wherever a test wants it."""

from __future__ import annotations

from pathlib import Path

from grader.course import Course, read_course
from grader.submission import Bundle, SubmittedFile

COURSE = """
name = "Tiny course"
exercises = ["double"]
secret = "reference/secret.txt"
"""

EXERCISE = """
title = "Double"
summary = "Return twice the input."

[[entry_points]]
name = "double"
signature = "double(x, times=2)"
forbidden = ["relu"]

[forbidden.relu]
say = "relu"
operators = ["relu"]

[limits]
call_seconds = 1.0
test_seconds = 3.0
memory_mb = 512
deaths = 3
"""

STUB = '''
def double(x, times=2):
    """Twice x."""
    raise NotImplementedError
'''

HANDOUT = """
# Double

Write `double(x, times=2)` in `double.py`.

## What your function must do

- It returns **twice its input**, a tensor of any shape. One number gives one number.
- `times` says how many times `x` it is.
- The input is not changed. Autograd can go backward through it.
- A text is a `TypeError`.

```python
>>> import torch
>>> from double import double
>>> double(torch.tensor([1.0, 2.0]))
tensor([2., 4.])

```
"""

VISIBLE = '''
"""Visible tests of double."""
import torch
from grader.checks import expect

def test_example(student):
    """Two plus two."""
    expect(student.double(torch.tensor([2.0]))).matches(torch.tensor([4.0], dtype=torch.float64))

def test_assert(student):
    """A plain assert."""
    answer = student.double(torch.tensor([1.0]))
    assert answer.value.data.item() == 2.0, "twice one is two"
'''

HIDDEN = '''
"""Hidden tests of double."""
import pytest
import torch
from grader.checks import check, cites, expect, points

@points(2)
@cites("It returns twice its input")
def test_numbers(student, reference, rng):
    """Works on a vector.

    More about it, for staff.
    """
    x = rng.normal(5)
    expect(student.double(x)).matches(reference.double(x))

@points(1)
@cites("times says how many times x it is")
def test_matrix(student, reference, rng):
    """Works on a matrix."""
    x = rng.normal(3, 2)
    expect(student.double(x, times=3)).matches(reference.double(x, times=3))

@points(1)
@cites("The input is not changed.")
def test_leaves_its_input_alone(student, reference, rng):
    """Leaves its input alone."""
    x = rng.normal(4)
    answer = student.double.watched(x)
    expect(answer).matches(reference.double(x)).leaves_arguments_alone(x)

@points(1)
@cites("Autograd can go backward through it.")
def test_gradient(student, reference, rng):
    """Can be differentiated."""
    x, v = rng.normal(4), rng.normal(4)
    answer = student.double.with_gradient(x, cotangent=v)
    expect(answer).gradients_match(reference.double.gradient(x, cotangent=v), names=["x"])

@points(1, numeric=False)
@cites("A text is a TypeError.")
def test_refuses_text(student):
    """Text is a TypeError."""
    expect(student.double.attempt("two")).raises(TypeError)

@points(0)
@cites("One number gives one number.")
def test_informs(student, rng):
    """Only informs."""
    check(student.double(rng.normal(1)).value.data.numel() == 1, "One number gives one number.")
'''

SOLUTION = '''
"""The reference."""

def double(x, times=2):
    """Twice x."""
    if isinstance(x, str):
        raise TypeError("text cannot be doubled")
    return x * times
'''


def tiny_files(**changed: str) -> dict[str, str]:
    """The files of the tiny course by name, some of them changed."""
    files = {
        "course.toml": COURSE,
        "exercises/double/exercise.toml": EXERCISE,
        "exercises/double/README.md": HANDOUT,
        "exercises/double/double.py": STUB,
        "exercises/double/test_double.py": VISIBLE,
        "reference/secret.txt": "a secret\n",
        "reference/double/solution.py": SOLUTION,
        "tests/hidden/test_double.py": HIDDEN,
    }
    return files | changed


def make_course(root: Path, **changed: str) -> Course:
    """Write the tiny course under `root`, with some of its files changed, and read it."""
    for name, text in tiny_files(**changed).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_course(root, staff=True)


def bundle_of(source: str, exercise: str = "double") -> Bundle:
    """A bundle of one file."""
    name = f"{exercise}.py"
    return Bundle(exercise, (name,), (SubmittedFile(name, source.encode()),), (), None)
