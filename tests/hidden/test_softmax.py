"""Hidden tests of softmax: every rank and dim, both dtypes, layouts, logits of any size, gradients.

A program without a shift loses the tests about large logits and nothing else;
one that ignores `dim` keeps those along the last dimension. Where a right
answer would be uniform or all ones (equal logits, a single class), the same
test also asks for something that is not.
"""

import torch

from grader.checks import cites, expect, points

INF = float("inf")


@points(2)
@cites("By default the rows of a matrix add up to 1")
def test_rows_of_a_matrix(student, reference, rng):
    """Each row of a matrix becomes probabilities."""
    logits = rng.normal(5, 7, scale=2.0)
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(1)
@cites("with one dimension or more: a vector, a matrix, a stack of images")
def test_vector(student, reference, rng):
    """A vector, along its only dimension."""
    logits = rng.normal(6, scale=2.0)
    expect(student.softmax(logits)).matches(reference.softmax(logits))
    logits = rng.normal(9, scale=2.0)
    expect(student.softmax(logits, dim=0)).matches(reference.softmax(logits, dim=0))


@points(2)
@cites("By default the rows of a matrix add up to 1, with dim=0 its columns")
def test_columns_of_a_matrix(student, reference, rng):
    """dim=0 works down the columns of a matrix."""
    logits = rng.normal(5, 7, scale=2.0)
    expect(student.softmax(logits, dim=0)).matches(reference.softmax(logits, dim=0))


@points(1)
@cites("dim says along which dimension the probabilities add up to 1.")
def test_square_matrix(student, reference, rng):
    """A square matrix, along either dimension."""
    logits = rng.normal(5, 5, scale=2.0)
    for dim in (0, 1):
        expect(student.softmax(logits, dim=dim)).matches(reference.softmax(logits, dim=dim))


@points(2)
@cites("with one dimension or more: a vector, a matrix, a stack of images", "Any valid dim works")
def test_three_dimensions(student, reference, rng):
    """Three dimensions, along each of them."""
    logits = rng.normal(3, 4, 5, scale=2.0)
    for dim in (0, 1, 2):
        expect(student.softmax(logits, dim=dim)).matches(reference.softmax(logits, dim=dim))


@points(2)
@cites("with one dimension or more: a vector, a matrix, a stack of images", "Any valid dim works")
def test_four_and_five_dimensions(student, reference, rng):
    """Four and five dimensions, along each of them."""
    for shape in ((2, 3, 4, 3), (2, 3, 2, 2, 3)):
        for dim in range(len(shape)):
            logits = rng.normal(*shape, scale=2.0)
            expect(student.softmax(logits, dim=dim)).matches(reference.softmax(logits, dim=dim))


@points(1)
@cites("Any valid dim works, negative ones included: -1 is the last dimension, and it is the default.")
def test_negative_dims(student, reference, rng):
    """A negative dim counts from the end."""
    logits = rng.normal(3, 5, 4, scale=2.0)
    for dim in (-1, -2, -3):
        expect(student.softmax(logits, dim=dim)).matches(reference.softmax(logits, dim=dim))


@points(1)
@cites("and so are a batch of one and a thousand classes")
def test_batch_of_one(student, reference, rng):
    """A batch of one."""
    logits = rng.normal(1, 8, scale=2.0)
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(1)
@cites("A dimension of size 1 is possible (each probability along it is then 1)")
def test_one_class(student, reference, rng):
    """A dimension of size 1: each probability along it is 1."""
    logits = rng.normal(6, 1, scale=2.0)
    expect(student.softmax(logits)).matches(reference.softmax(logits))
    expect(student.softmax(logits, dim=0)).matches(reference.softmax(logits, dim=0))


@points(1)
@cites("p_i = exp(x_i) / (exp(x_1) + ... + exp(x_n))")
def test_equal_logits(student, reference, rng):
    """Equal logits share the probability equally, beside rows that are not equal."""
    logits = torch.cat([rng.normal(2, 1).expand(2, 5), rng.normal(2, 5)])
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(1)
@cites("and so are a batch of one and a thousand classes")
def test_many_classes(student, reference, rng):
    """A thousand classes."""
    logits = rng.normal(2, 1000, scale=2.0)
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(1)
@cites("That goes for each probability by itself, however small it is.")
def test_small_probabilities(student, reference, rng):
    """Very small probabilities are right too, digit for digit."""
    logits = rng.uniform(4, 6, low=-15.0, high=15.0)
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(2)
@cites("float64 in means float64 out, computed in float64.")
def test_float64(student, reference, rng):
    """float64 in, float64 out, computed in float64."""
    logits = rng.normal(4, 6, scale=2.0, dtype=torch.float64)
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(1)
@cites("It need not be contiguous: it may be a transposed or sliced view, or an expanded one.")
def test_views(student, reference, rng):
    """Inputs that are not contiguous: transposed, sliced, expanded."""
    transposed = rng.normal(6, 4, scale=2.0).t()
    sliced = rng.normal(8, 10, scale=2.0)[::2, 1::3]
    expanded = rng.normal(1, 5, scale=2.0).expand(3, 5)
    permuted = rng.normal(2, 3, 4, scale=2.0).permute(2, 0, 1)
    for logits in (transposed, sliced, expanded, permuted):
        expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(1)
@cites("logits itself is not changed.")
def test_input_is_not_changed(student, reference, rng):
    """The input is left as it was."""
    logits = rng.normal(4, 5, scale=2.0)
    logits[1, 2] = -INF
    answer = student.softmax.watched(logits)
    expect(answer).leaves_arguments_alone(logits).matches(reference.softmax(logits))


@points(1)
@cites("(default dtype and device, grad mode, deterministic algorithms) are afterwards as they were before")
def test_global_state(student, reference, rng):
    """Global settings of torch are left as they were."""
    logits = rng.normal(3, 4, scale=2.0, dtype=torch.float64)
    expect(student.softmax(logits)).leaves_state_alone().matches(reference.softmax(logits))


@points(3)
@cites("It is finite and right for logits of +1000, -1000 and beyond, such as 20,000")
def test_large_logits(student, reference, rng):
    """Logits of a thousand and more, positive and negative, in one row."""
    logits = rng.normal(6, 7, scale=1000.0)
    logits[0, 1], logits[1, 2] = 20_000.0, -20_000.0
    # The two largest of each row are less than 1 apart, so that no row is just a 1 and zeros.
    logits[:, 0] = logits[:, 1:].amax(dim=1) - rng.uniform(6)
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(2)
@cites("also when all logits of a slice are that large")
def test_large_logits_close_together(student, reference, rng):
    """All logits large, differences small: around 1000 and around 10,000."""
    logits = torch.cat([rng.normal(3, 6, shift=1000.0), rng.normal(3, 6, scale=2.0, shift=10_000.0)])
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(2)
@cites("so that the sum can't become 0", "also when all logits of a slice are that large")
def test_very_negative_logits(student, reference, rng):
    """All logits around -1000: the sum must not become 0."""
    logits = rng.normal(5, 4, scale=2.0, shift=-1000.0)
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(1)
@cites(
    "It is finite and right for logits of +1000, -1000 and beyond, such as 20,000",
    "float64 in means float64 out, computed in float64.",
)
def test_large_logits_in_float64(student, reference, rng):
    """Logits around 1000 and -1000 in float64."""
    logits = rng.normal(2, 3, 4, scale=2.0, shift=1000.0, dtype=torch.float64)
    logits[1] -= 2000.0
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(2)
@cites("A logit of -inf is a masked position: its probability is 0, and the others share the rest.")
def test_masked_positions(student, reference, rng):
    """A logit of -inf gets probability 0, and the others share the rest."""
    logits = rng.normal(5, 6, scale=2.0)
    for row in range(5):
        hidden = rng.permutation(6)[: row + 1]
        logits[row, hidden] = -INF
    expect(student.softmax(logits)).matches(reference.softmax(logits))
    logits = rng.normal(4, 3, 2, scale=2.0)
    logits[rng.integer(0, 4)] = -INF
    expect(student.softmax(logits, dim=0)).matches(reference.softmax(logits, dim=0))


@points(1)
@cites(
    "A logit of -inf is a masked position: its probability is 0, and the others share the rest.",
    "It is finite and right for logits of +1000, -1000 and beyond, such as 20,000",
)
def test_masked_large_logits(student, reference, rng):
    """Masked positions beside logits of a thousand and more."""
    logits = torch.cat([rng.normal(2, 6, shift=1000.0), rng.normal(2, 6, shift=-1000.0)])
    logits[:, rng.integer(0, 6)] = -INF
    expect(student.softmax(logits)).matches(reference.softmax(logits))


@points(2)
@cites("Autograd can go backward through it: gradients reach logits, and they are right.")
def test_gradient(student, reference, rng):
    """Autograd brings the right gradient back to the logits."""
    logits, upstream = rng.normal(4, 6, scale=2.0), rng.normal(4, 6)
    answer = student.softmax.with_gradient(logits, cotangent=upstream)
    expect(answer).matches(reference.softmax(logits))
    expect(answer).gradients_match(reference.softmax.gradient(logits, cotangent=upstream))


@points(1)
@cites(
    "Autograd can go backward through it: gradients reach logits, and they are right.",
    "Any valid dim works",
)
def test_gradient_along_another_dim(student, reference, rng):
    """The gradient in float64, along a dimension in the middle."""
    logits = rng.normal(2, 4, 3, scale=2.0, dtype=torch.float64)
    upstream = rng.normal(2, 4, 3, dtype=torch.float64)
    answer = student.softmax.with_gradient(logits, dim=1, cotangent=upstream)
    expect(answer).matches(reference.softmax(logits, dim=1))
    expect(answer).gradients_match(reference.softmax.gradient(logits, dim=1, cotangent=upstream))


@points(1)
@cites(
    "Autograd can go backward through it: gradients reach logits, and they are right.",
    "It is finite and right for logits of +1000, -1000 and beyond, such as 20,000",
)
def test_gradient_of_large_logits(student, reference, rng):
    """The gradient where the logits are around 1000."""
    logits, upstream = rng.normal(3, 5, shift=1000.0), rng.normal(3, 5)
    answer = student.softmax.with_gradient(logits, cotangent=upstream)
    expect(answer).matches(reference.softmax(logits))
    expect(answer).gradients_match(reference.softmax.gradient(logits, cotangent=upstream))
