"""Hidden tests of softmax."""

from grader.checks import expect, points


@points(2)
def test_rows(student, reference, rng):
    """Rows of a matrix."""
    logits = rng.normal(3, 5)
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(1)
def test_large(student, reference, rng):
    """Logits of a thousand."""
    logits = rng.normal(2, 6, scale=1000.0)
    expect(student.softmax(logits)).matches(reference.softmax(logits))
