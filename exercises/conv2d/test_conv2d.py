"""Visible tests of conv2d. `grader check conv2d` runs them; read them, and add your own.

`student` is your file on the other side of a wall, `rng` draws random inputs.
Here torch's own F.conv2d may say what is right; in your code it is forbidden.
"""

import torch
import torch.nn.functional as F

from grader.checks import expect


def test_example_by_hand(student):
    """The first example that the handout computes by hand."""
    x = torch.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]])
    weight = torch.tensor([[[[1.0, 2.0], [0.0, 1.0]]]])
    expect(student.conv2d(x, weight)).matches(torch.tensor([[[[10.0, 14.0], [22.0, 26.0]]]]))


def test_bias_stride_and_padding_by_hand(student):
    """The second example: bias 100, stride 2 and padding 1."""
    x = torch.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]])
    weight, bias = torch.tensor([[[[1.0, 2.0], [0.0, 1.0]]]]), torch.tensor([100.0])
    answer = student.conv2d(x, weight, bias=bias, stride=2, padding=1)
    expect(answer).matches(torch.tensor([[[[101.0, 103.0], [115.0, 126.0]]]]))


def test_channels(student, rng):
    """Several channels in and out, an image and kernels that are not square."""
    x, weight = rng.normal(2, 3, 5, 6), rng.normal(4, 3, 3, 2)
    expect(student.conv2d(x, weight)).matches(F.conv2d(x.double(), weight.double()))


def test_pairs(student, rng):
    """Stride and padding as pairs: vertical first, then horizontal."""
    x, weight = rng.normal(2, 2, 6, 6), rng.normal(2, 2, 3, 3)
    answer = student.conv2d(x, weight, stride=(1, 2), padding=(2, 0))
    expect(answer).matches(F.conv2d(x.double(), weight.double(), stride=(1, 2), padding=(2, 0)))


def test_gradient(student, rng):
    """Autograd can go backward through the result, to x and to weight."""
    x, weight, upstream = rng.normal(1, 2, 4, 4), rng.normal(2, 2, 3, 3), rng.normal(1, 2, 2, 2)
    leaves = [x.double().requires_grad_(), weight.double().requires_grad_()]
    y = F.conv2d(*leaves)
    answer = student.conv2d.with_gradient(x, weight, wrt=(0, 1), cotangent=upstream)
    expect(answer).matches(y.detach())
    expect(answer).gradients_match(torch.autograd.grad(y, leaves, upstream.double()), names=("x", "weight"))


def test_kernel_too_large(student):
    """A kernel that doesn't fit into the image is a ValueError."""
    x, weight = torch.zeros(1, 1, 2, 5), torch.zeros(1, 1, 3, 3)
    expect(student.conv2d.attempt(x, weight)).raises(ValueError)
