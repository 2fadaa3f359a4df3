"""Visible tests of cross-entropy. `grader check cross_entropy` runs them; read them, and add your own.

`student` is your file on the other side of a wall, `rng` draws random inputs.
Here torch's own cross_entropy may say what is right; in your code it is forbidden.
"""

import torch
import torch.nn.functional as F

from grader.checks import expect

LOGITS = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
TARGETS = torch.tensor([0, 2])


def test_loss_of_the_handout(student):
    """The handout's two samples have a mean loss of 0.7531."""
    expect(student.cross_entropy(LOGITS, TARGETS)).matches(torch.tensor(0.75310913))


def test_gradient_of_the_handout(student):
    """The handout's two samples have the handout's gradient."""
    expected = torch.tensor([[-0.16737953, 0.12236424, 0.04501529], [0.16666667, 0.16666667, -0.33333333]])
    expect(student.cross_entropy_grad(LOGITS, TARGETS)).matches(expected)


def test_random_loss(student, rng):
    """The loss of a random batch."""
    logits, targets = rng.normal(6, 4), rng.integers(6, high=4)
    expect(student.cross_entropy(logits, targets)).matches(F.cross_entropy(logits.double(), targets))


def test_random_gradient(student, rng):
    """The gradient of a random batch."""
    logits, targets = rng.normal(6, 4), rng.integers(6, high=4)
    exact = logits.double().requires_grad_()
    (expected,) = torch.autograd.grad(F.cross_entropy(exact, targets), exact)
    expect(student.cross_entropy_grad(logits, targets)).matches(expected)


def test_logits_of_a_thousand(student):
    """Very sure and right costs nothing; very sure and wrong costs 1000."""
    logits = torch.tensor([[1000.0, 0.0], [1000.0, 0.0]])
    targets = torch.tensor([0, 1])
    expect(student.cross_entropy(logits, targets)).matches(torch.tensor(500.0))
    expect(student.cross_entropy_grad(logits, targets)).matches(torch.tensor([[0.0, 0.0], [0.5, -0.5]]))


def test_loss_is_differentiable(student, rng):
    """Autograd can go backward through the loss."""
    logits, targets = rng.normal(3, 5), rng.integers(3, high=5)
    exact = logits.double().requires_grad_()
    expected = torch.autograd.grad(F.cross_entropy(exact, targets), exact)
    answer = student.cross_entropy.with_gradient(logits, targets, cotangent=torch.tensor(1.0))
    expect(answer).gradients_match(expected)
