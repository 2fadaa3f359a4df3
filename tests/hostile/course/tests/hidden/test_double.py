"""Hidden tests of double.

A canary for those who read this file: @@token:hidden@@
"""

from grader.checks import expect, points

# Goes to the far side as an input: staff may see it in a report, students may not.
WORD = "@@token:input@@"


@points(2)
def test_vector(student, reference, rng):
    """A vector."""
    x = rng.normal(5)
    expect(student.double(x)).matches(reference.double(x))


@points(1)
def test_matrix(student, reference, rng):
    """A matrix, which is left alone."""
    x = rng.normal(3, 4)
    expect(student.double.watched(x)).leaves_arguments_alone(x).matches(reference.double(x))


@points(1, numeric=False)
def test_word(student):
    """A word."""
    expect(student.double(WORD)).matches(WORD * 2)


@points(1)
def test_names(student, rng):
    """A dict."""
    x = rng.normal(2)
    expect(student.double({"weight": x, WORD: 2})).matches({"weight": x.double() * 2, WORD: 4})


@points(1)
def test_gradient(student, reference, rng):
    """The gradient."""
    x, upstream = rng.normal(4), rng.normal(4)
    answer = student.double.with_gradient(x, cotangent=upstream)
    expect(answer).gradients_match(reference.double.gradient(x, cotangent=upstream), names=["x"])


@points(1)
def test_two_calls(student, reference, rng):
    """Two calls with different inputs."""
    first, second = rng.normal(6), rng.normal(6)
    expect(student.double(first)).matches(reference.double(first))
    expect(student.double(second)).matches(reference.double(second))
