"""Visible tests of linear_backward. `grader check linear_backward` runs them; read them, add your own.

`student` is your file on the other side of a wall, `rng` draws random inputs.
Here autograd may say what is right; in your code it is forbidden.
"""

import torch
import torch.nn.functional as F

from grader.checks import expect


def autograd(x, weight, grad_output):
    """What torch finds: the gradients of F.linear, in float64."""
    leaves = [t.double().requires_grad_() for t in (x, weight, torch.zeros(len(weight)))]
    return torch.autograd.grad(F.linear(*leaves), leaves, grad_output.double())


def test_example_by_hand(student):
    """The example that the handout computes by hand."""
    x = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, -1.0]])
    weight = torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])
    grad_output = torch.tensor([[1.0, 2.0], [3.0, 0.0]])
    expected = (
        torch.tensor([[1.0, 2.0, 4.0], [3.0, 0.0, 6.0]]),
        torch.tensor([[1.0, 5.0, -3.0], [2.0, 4.0, 0.0]]),
        torch.tensor([4.0, 2.0]),
    )
    expect(student.linear_backward(x, weight, grad_output)).matches(expected)


def test_grad_x(student, rng):
    """grad_x is what autograd finds."""
    x, weight, grad_output = rng.normal(4, 3), rng.normal(2, 3), rng.normal(4, 2)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(autograd(x, weight, grad_output), part=0)


def test_grad_weight(student, rng):
    """grad_weight is what autograd finds."""
    x, weight, grad_output = rng.normal(4, 3), rng.normal(2, 3), rng.normal(4, 2)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(autograd(x, weight, grad_output), part=1)


def test_grad_bias(student, rng):
    """grad_bias is what autograd finds."""
    x, weight, grad_output = rng.normal(4, 3), rng.normal(2, 3), rng.normal(4, 2)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(autograd(x, weight, grad_output), part=2)


def test_square(student, rng):
    """N = in = out: shapes can't tell you which product is right."""
    x, weight, grad_output = rng.normal(3, 3), rng.normal(3, 3), rng.normal(3, 3)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(autograd(x, weight, grad_output))


def test_one_sample_in_float64(student, rng):
    """A batch of one, in float64."""
    x, weight = rng.normal(1, 3, dtype=torch.float64), rng.normal(2, 3, dtype=torch.float64)
    grad_output = rng.normal(1, 2, dtype=torch.float64)
    answer = student.linear_backward(x, weight, grad_output)
    expect(answer).matches(autograd(x, weight, grad_output))
