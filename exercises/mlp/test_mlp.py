"""Visible tests of mlp. `grader check mlp` runs them; read them, add your own.

`student` is your file on the other side of a wall. `student.MLP.keep(...)` makes
one of your networks there and leaves it there; calling it sends a batch over and
brings the logits back.
"""

import torch

from grader.checks import check, expect
from grader.compare.tolerance import Allowance


def parameters(network):
    """How many numbers the registered parameters hold."""
    return sum(value.numel() for value in network.named_parameters().values())


def test_default_size(student):
    """MLP() has 269,322 parameters."""
    found = parameters(student.MLP.keep())
    check(found == 269_322, "MLP() has 269,322 registered parameters.", f"It has {found:,}.")


def test_small_size(student):
    """MLP(2, 2, 3), as in the handout, has 6 + 6 + 9 parameters."""
    found = parameters(student.MLP.keep(2, 2, 3))
    check(found == 21, "MLP(2, 2, 3) has 21 registered parameters.", f"It has {found}.")


def test_by_hand(student, device):
    """All parameters 1: the logits are easy to compute by hand."""
    network = student.MLP.keep(3, 4, 2).to(device)
    network.set_parameters({n: torch.ones_like(p) for n, p in network.named_parameters().items()})
    # x = (1, 2, 3):    h1 = 1 + 2 + 3 + 1 = 7, four times; h2 = 4 * 7 + 1 = 29; logits = 4 * 29 + 1 = 117.
    # x = (-1, -2, -3): h1 = relu(-6 + 1) = 0, h2 = 0 + 1 = 1, logits = 4 * 1 + 1 = 5.
    x = torch.tensor([[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0]])
    expect(network(x)).matches(torch.tensor([[117.0, 117.0], [5.0, 5.0]]))


def test_second_relu(student, device):
    """All parameters -1: both ReLUs have work to do."""
    network = student.MLP.keep(3, 4, 2).to(device)
    network.set_parameters({n: -torch.ones_like(p) for n, p in network.named_parameters().items()})
    # x = (-1, -1, -1): h1 = 3 - 1 = 2, h2 = relu(-8 - 1) = 0, logits = 0 - 1 = -1.
    # x = (1, 1, 1):    h1 = relu(-3 - 1) = 0, h2 = relu(0 - 1) = 0, logits = -1.
    x = torch.tensor([[-1.0, -1.0, -1.0], [1.0, 1.0, 1.0]])
    expect(network(x)).matches(torch.tensor([[-1.0, -1.0], [-1.0, -1.0]]))


def test_images(student, rng, device):
    """Images of 1 x 28 x 28 are laid out in rows of 784."""
    network = student.MLP.keep().to(device)
    images = rng.uniform(5, 1, 28, 28)
    rows = network(images.reshape(5, 784))
    check(rows.value.data.shape == (5, 10), "5 images give logits of shape (5, 10).")
    # The same numbers in another shape; only the order of a sum over 784 products may differ.
    expect(network(images)).matches(rows.value.data, allowance=Allowance(terms=784))
