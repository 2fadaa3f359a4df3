"""What the zygote loads and does once, so that no worker has to.

torch imports much of itself late and sets up more at first use. Each step here
was measured to matter; what takes a whole second is left to `thoroughly`,
which a batch wants and a student's single check does not. Imported by the
zygote after its environment is in order, and never imports a course.
"""

import sys
from typing import Any

import numpy
import torch

from grader.sandbox.interpreter import importable
from grader.worker import child, observe
from grader.worker.simulation import DEVICE, Simulation


def warm(*, thoroughly: bool) -> None:
    """Load and use what student code is going to use.

    Args:
        thoroughly: Also what takes a second: optimizers and torch.func, which import torch._dynamo.
    """
    torch.set_num_threads(1)
    observe.operators()
    importable(tuple(sys.path))
    child.seed()
    _first_operations()
    if thoroughly:
        _late_imports()
        if not torch.cuda.is_available():
            # With CUDA, a backward pass starts threads for each device, which a fork would lose.
            _backward()


def simulate() -> None:
    """Load what the simulated device needs: sympy and much of torch, 2 s of it."""
    with Simulation():
        x = torch.ones(2, 3, device=DEVICE)
        (x @ x.T).exp().sum()


def _first_operations() -> None:
    """The operations whose first call is much slower than the second."""
    x = torch.ones(2, 3)
    (x @ x.T).exp().sum().item()
    torch.from_numpy(numpy.ones(3)).numpy()
    torch.get_default_device()


def _late_imports() -> None:
    """torch._dynamo, which comes with optimizers and torch.func."""
    import torch._dynamo
    import torch.func

    model = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.BatchNorm1d(3), torch.nn.ReLU())
    for make in (torch.optim.SGD, torch.optim.Adam):
        optimizer = make(model.parameters(), lr=0.0)
        for parameter in model.parameters():
            parameter.grad = torch.zeros_like(parameter)
        optimizer.step()
        optimizer.zero_grad()
    repr(torch.ones(2))
    torch.einsum("ij,jk->ik", torch.ones(2, 2), torch.ones(2, 2))
    torch.vmap(lambda row: row * 2)(torch.ones(2, 2))


def _backward() -> None:
    x = torch.ones(2, 3, requires_grad=True)
    loss: Any = torch.nn.functional.cross_entropy(x @ torch.ones(3, 3), torch.tensor([0, 1]))
    loss.backward()
    torch.autograd.grad(x.square().sum(), x)
    torch.func.grad(lambda row: row.exp().sum())(torch.ones(2))
