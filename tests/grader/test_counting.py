"""Operators and bytes are counted as a backend gets them, and nothing else changes."""

import subprocess
import sys

import pytest
import torch

from grader import counting
from grader.counting import Counter


def counted(function):
    with Counter() as counter:
        function()
    return counter.operators, counter.bytes


X = torch.ones(2, 3)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda: None, (0, 0)),
        (lambda: X.shape, (0, 0)),
        (lambda: X + 1, (1, 24)),
        (lambda: X[0], (1, 0)),
        (lambda: X[0, 1].item(), (3, 0)),
        (lambda: X.t() @ X, (2, 36)),
        (lambda: X.clone().add_(1), (2, 24)),
        (lambda: X.max(1), (1, 8 + 16)),
        (lambda: X.unbind(0), (1, 0)),
        (lambda: torch.ones(4).double(), (2, 16 + 32)),
        (lambda: torch._foreach_add([X, X], 1), (1, 48)),
    ],
)
def test_operators_and_the_bytes_that_they_make(function, expected):
    assert counted(function) == expected


def test_what_runs_is_not_changed():
    x = torch.rand(3, requires_grad=True)
    with Counter() as counter:
        y = (x * 2).exp().sum()
    assert counter.operators in (3, 4)  # exp may detach what it saves for the way back
    (gradient,) = torch.autograd.grad(y, x)
    assert torch.allclose(gradient, 2 * (2 * x).exp())
    with Counter(), pytest.raises(RuntimeError, match="must match"):
        X + torch.ones(2)


def test_counts_end_where_those_of_the_wire_end(monkeypatch):
    monkeypatch.setattr(counting, "MOST", 30)
    assert counted(lambda: [X + 1 for _ in range(40)]) == (30, 30)


def test_it_does_not_import_what_takes_seconds():
    look = (
        "import sys, torch; from grader.counting import Counter\n"
        "with Counter(): torch.ones(2).exp()[0].item()\n"
        "assert 'torch._dynamo' not in sys.modules and 'sympy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", look], check=True, timeout=60)
