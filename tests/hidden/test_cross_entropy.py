"""Hidden tests of cross-entropy and its gradient: values, dtypes, layouts, logits of any size.

Each of the two functions is tested by itself and has half of the points. Some
tests on large logits use a batch of one, so that a program whose only mistake is
the mean keeps them. Where a right answer would be nearly 0 (one class, a sample
that is sure and right), the same test also asks for something that is not.
"""

import torch

from grader.checks import cites, expect, points


def _classes(rng, n, classes):
    """Random targets, always with the first and the last class, never in ascending order."""
    targets = rng.integers(n, high=classes)
    targets[0], targets[-1] = classes - 1, 0
    return targets


@points(3)
@cites("the mean over the batch of -log p[target], in nats")
def test_loss_of_a_batch(student, reference, rng):
    """The loss of a batch is the mean of -log p."""
    logits, targets = rng.normal(6, 5, scale=2.0), _classes(rng, 6, 5)
    expect(student.cross_entropy(logits, targets)).matches(reference.cross_entropy(logits, targets))


@points(2)
@cites("the mean over the batch of -log p[target], in nats", "N is 1 or more, and so is C.")
def test_loss_of_one_sample(student, reference, rng):
    """The loss of a batch of one, for every target."""
    logits = rng.normal(1, 4, scale=2.0)
    for target in range(4):
        targets = torch.tensor([target])
        expect(student.cross_entropy(logits, targets)).matches(reference.cross_entropy(logits, targets))


@points(1)
@cites("Any of them may come more than once, or not at all.")
def test_loss_with_equal_targets(student, reference, rng):
    """The loss of a batch in which all targets are the same class."""
    logits = rng.normal(5, 4, scale=2.0)
    for target in (0, 3):
        targets = torch.full((5,), target)
        expect(student.cross_entropy(logits, targets)).matches(reference.cross_entropy(logits, targets))


@points(1)
@cites("With one class only, its probability is 1: the loss is 0 and so is the gradient.")
def test_loss_of_one_class(student, reference, rng):
    """With one class the loss is 0; with two it is not."""
    for classes in (1, 2):
        logits, targets = rng.normal(8, classes), _classes(rng, 8, classes)
        expect(student.cross_entropy(logits, targets)).matches(reference.cross_entropy(logits, targets))


@points(1)
@cites("the mean over the batch of -log p[target], in nats", "N is 1 or more, and so is C.")
def test_loss_of_many(student, reference, rng):
    """The loss of many classes, and of many samples."""
    for n, classes in ((2, 800), (300, 3)):
        logits, targets = rng.normal(n, classes, scale=2.0), _classes(rng, n, classes)
        expect(student.cross_entropy(logits, targets)).matches(reference.cross_entropy(logits, targets))


@points(1)
@cites("float64 in means float64 out, computed in float64.")
def test_loss_in_float64(student, reference, rng):
    """The loss in float64."""
    logits, targets = rng.normal(5, 4, scale=2.0, dtype=torch.float64), _classes(rng, 5, 4)
    expect(student.cross_entropy(logits, targets)).matches(reference.cross_entropy(logits, targets))


@points(1)
@cites("They need not be contiguous: they may be transposed, sliced or expanded views.")
def test_loss_of_views(student, reference, rng):
    """The loss of inputs that are not contiguous: transposed, sliced, expanded."""
    views = (
        (rng.normal(4, 6, scale=2.0).t(), rng.integers(12, high=4)[::2]),
        (rng.normal(10, 12, scale=2.0)[1::3, ::2], rng.integers(3, 2, high=6)[:, 1]),
        (rng.normal(1, 5, scale=2.0).expand(4, 5), rng.integers(1, high=5).expand(4)),
    )
    for logits, targets in views:
        expect(student.cross_entropy(logits, targets)).matches(reference.cross_entropy(logits, targets))


@points(1)
@cites(
    "logits and targets are not changed.",
    "(default dtype and device, grad mode, deterministic algorithms) are afterwards as they were before",
)
def test_loss_leaves_everything_as_it_was(student, reference, rng):
    """The loss changes neither its inputs nor global settings."""
    logits, targets = rng.normal(4, 5, scale=2.0), _classes(rng, 4, 5)
    answer = student.cross_entropy.watched(logits, targets)
    expect(answer).leaves_arguments_alone(logits, targets).leaves_state_alone()
    expect(answer).matches(reference.cross_entropy(logits, targets))


@points(2)
@cites(
    "It is finite and right for large logits: +1000, -1000 and beyond, such as 20,000",
    "also when a sure prediction is wrong (the loss is then large, but finite)",
)
def test_loss_of_large_logits(student, reference, rng):
    """The loss where logits are a thousand and more, positive and negative."""
    logits, targets = rng.normal(6, 5, scale=1000.0), _classes(rng, 6, 5)
    logits[0, 0], logits[1, 1] = 20_000.0, -20_000.0
    targets[1] = 1  # at least one sample is sure and wrong
    expect(student.cross_entropy(logits, targets)).matches(reference.cross_entropy(logits, targets))


@points(2)
@cites("also when all logits of a row are that large")
def test_loss_of_large_logits_close_together(student, reference, rng):
    """The loss of one sample whose logits are all around 1000, or around -1000."""
    for shift in (1000.0, -1000.0):
        logits, targets = rng.normal(1, 6, scale=2.0, shift=shift), rng.integers(1, high=6)
        expect(student.cross_entropy(logits, targets)).matches(reference.cross_entropy(logits, targets))


@points(2)
@cites("also when a sure prediction is wrong (the loss is then large, but finite)")
def test_loss_of_sure_predictions(student, reference, rng):
    """The loss of one sure prediction: first right, then wrong."""
    right = rng.integers(1, high=4)
    wrong = (right + rng.integer(1, 4)) % 4
    logits = rng.normal(1, 4)
    logits[0, right] += 200.0
    for targets in (right, wrong):
        expect(student.cross_entropy(logits, targets)).matches(reference.cross_entropy(logits, targets))
    nearly = rng.normal(1, 4, dtype=torch.float64)
    nearly[0, right] += 27.0  # the loss is small, but in float64 it is not 0
    expect(student.cross_entropy(nearly, right)).matches(reference.cross_entropy(nearly, right))


@points(2)
@cites("that autograd can go backward through: the gradient that reaches logits is right")
def test_loss_is_differentiable(student, reference, rng):
    """Autograd brings the right gradient back from the loss."""
    logits, targets = rng.normal(5, 4, scale=2.0), _classes(rng, 5, 4)
    upstream = rng.uniform(low=0.5, high=2.0)
    answer = student.cross_entropy.with_gradient(logits, targets, cotangent=upstream)
    expect(answer).matches(reference.cross_entropy(logits, targets))
    expect(answer).gradients_match(reference.cross_entropy.gradient(logits, targets, cotangent=upstream))


@points(2)
@cites(
    "that autograd can go backward through: the gradient that reaches logits is right",
    "It is finite and right for large logits: +1000, -1000 and beyond, such as 20,000",
)
def test_loss_is_differentiable_at_large_logits(student, reference, rng):
    """Autograd brings the right gradient back where logits are around 1000, one sample sure and wrong."""
    logits, targets = rng.normal(4, 5, scale=2.0, shift=1000.0), _classes(rng, 4, 5)
    logits[0, (targets[0] + 1) % 5] += 300.0
    upstream = torch.tensor(1.0)
    answer = student.cross_entropy.with_gradient(logits, targets, cotangent=upstream)
    expect(answer).matches(reference.cross_entropy(logits, targets))
    expect(answer).gradients_match(reference.cross_entropy.gradient(logits, targets, cotangent=upstream))


@points(5)
@cites("the gradient of that mean with respect to the logits, shape (N, C), by the formula above")
def test_gradient_of_a_batch(student, reference, rng):
    """The gradient of a batch is (softmax - onehot) / N."""
    logits, targets = rng.normal(6, 5, scale=2.0), _classes(rng, 6, 5)
    expect(student.cross_entropy_grad(logits, targets)).matches(reference.cross_entropy_grad(logits, targets))


@points(2)
@cites(
    "the gradient of that mean with respect to the logits, shape (N, C), by the formula above",
    "N is 1 or more, and so is C.",
)
def test_gradient_of_one_sample(student, reference, rng):
    """The gradient of a batch of one, for every target."""
    logits = rng.normal(1, 4, scale=2.0)
    for target in range(4):
        targets = torch.tensor([target])
        expected = reference.cross_entropy_grad(logits, targets)
        expect(student.cross_entropy_grad(logits, targets)).matches(expected)


@points(1)
@cites("gradient[n, c] = (p[n, c] - (1 if c is t[n], else 0)) / N")
def test_gradient_of_a_square_batch(student, reference, rng):
    """The gradient where there are as many samples as classes."""
    logits, targets = rng.normal(5, 5, scale=2.0), rng.permutation(5)
    expect(student.cross_entropy_grad(logits, targets)).matches(reference.cross_entropy_grad(logits, targets))


@points(1)
@cites("Any of them may come more than once, or not at all.")
def test_gradient_with_equal_targets(student, reference, rng):
    """The gradient of a batch in which all targets are the same class."""
    logits = rng.normal(5, 4, scale=2.0)
    for target in (0, 3):
        targets = torch.full((5,), target)
        expected = reference.cross_entropy_grad(logits, targets)
        expect(student.cross_entropy_grad(logits, targets)).matches(expected)


@points(1)
@cites("With one class only, its probability is 1: the loss is 0 and so is the gradient.")
def test_gradient_of_one_class(student, reference, rng):
    """With one class the gradient is 0; with two it is not."""
    for classes in (1, 2):
        logits, targets = rng.normal(8, classes), _classes(rng, 8, classes)
        expected = reference.cross_entropy_grad(logits, targets)
        expect(student.cross_entropy_grad(logits, targets)).matches(expected)


@points(1)
@cites(
    "the gradient of that mean with respect to the logits, shape (N, C), by the formula above",
    "N is 1 or more, and so is C.",
)
def test_gradient_of_many(student, reference, rng):
    """The gradient of many classes, and of many samples."""
    for n, classes in ((2, 800), (300, 3)):
        logits, targets = rng.normal(n, classes, scale=2.0), _classes(rng, n, classes)
        expected = reference.cross_entropy_grad(logits, targets)
        expect(student.cross_entropy_grad(logits, targets)).matches(expected)


@points(2)
@cites("float64 in means float64 out, computed in float64.")
def test_gradient_in_float64(student, reference, rng):
    """The gradient in float64."""
    logits, targets = rng.normal(5, 4, scale=2.0, dtype=torch.float64), _classes(rng, 5, 4)
    expect(student.cross_entropy_grad(logits, targets)).matches(reference.cross_entropy_grad(logits, targets))


@points(1)
@cites("They need not be contiguous: they may be transposed, sliced or expanded views.")
def test_gradient_of_views(student, reference, rng):
    """The gradient of inputs that are not contiguous: transposed, sliced, expanded."""
    views = (
        (rng.normal(4, 6, scale=2.0).t(), rng.integers(12, high=4)[::2]),
        (rng.normal(10, 12, scale=2.0)[1::3, ::2], rng.integers(4, 2, high=6)[1:, 1]),
        (rng.normal(1, 5, scale=2.0).expand(4, 5), rng.integers(1, high=5).expand(4)),
    )
    for logits, targets in views:
        expected = reference.cross_entropy_grad(logits, targets)
        expect(student.cross_entropy_grad(logits, targets)).matches(expected)


@points(1)
@cites(
    "logits and targets are not changed.",
    "(default dtype and device, grad mode, deterministic algorithms) are afterwards as they were before",
)
def test_gradient_leaves_everything_as_it_was(student, reference, rng):
    """The gradient changes neither its inputs nor global settings."""
    logits, targets = rng.normal(4, 5, scale=2.0), _classes(rng, 4, 5)
    answer = student.cross_entropy_grad.watched(logits, targets)
    expect(answer).leaves_arguments_alone(logits, targets).leaves_state_alone()
    expect(answer).matches(reference.cross_entropy_grad(logits, targets))


@points(2)
@cites("It is finite and right for large logits: +1000, -1000 and beyond, such as 20,000")
def test_gradient_of_large_logits(student, reference, rng):
    """The gradient where logits are a thousand and more, positive and negative."""
    logits, targets = rng.normal(6, 5, scale=1000.0), _classes(rng, 6, 5)
    logits[0, 0], logits[1, 1] = 20_000.0, -20_000.0
    targets[1] = 1  # at least one sample is sure and wrong; the gradient of one that is right is 0
    expect(student.cross_entropy_grad(logits, targets)).matches(reference.cross_entropy_grad(logits, targets))


@points(2)
@cites("also when all logits of a row are that large")
def test_gradient_of_large_logits_close_together(student, reference, rng):
    """The gradient of one sample whose logits are all around 1000, or around -1000."""
    for shift in (1000.0, -1000.0):
        logits, targets = rng.normal(1, 6, scale=2.0, shift=shift), rng.integers(1, high=6)
        expected = reference.cross_entropy_grad(logits, targets)
        expect(student.cross_entropy_grad(logits, targets)).matches(expected)


@points(2)
@cites(
    "It is finite and right for large logits: +1000, -1000 and beyond, such as 20,000",
    "also when a sure prediction is wrong",
)
def test_gradient_of_sure_predictions(student, reference, rng):
    """The gradient of one sure prediction: first right, then wrong."""
    right = rng.integers(1, high=4)
    wrong = (right + rng.integer(1, 4)) % 4
    logits = rng.normal(1, 4)
    logits[0, right] += 200.0
    for targets in (right, wrong):
        expected = reference.cross_entropy_grad(logits, targets)
        expect(student.cross_entropy_grad(logits, targets)).matches(expected)
