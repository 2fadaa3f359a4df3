"""A remote model as a training loop knows models.

It is so alike to a module of torch that a plain training loop can run in the
judge and drive a student's model: each step is a request, the loop never
crosses. With gradients on, a call leaves its output on the far side, to go
backward from; under `torch.no_grad()` it brings a plain tensor.
"""

from typing import TYPE_CHECKING, Any

import torch

from grader.student.answers import tensor_of
from grader.student.shortform import short_value

if TYPE_CHECKING:
    from grader.student.remote import RemoteModule


class TorchModule:
    """A remote model as a training loop knows models; `remote` is the model itself."""

    def __init__(self, module: "RemoteModule"):
        self.remote = module

    def __call__(self, inputs: torch.Tensor) -> Any:
        """Its output: a RemoteTensor, or under no_grad a torch.Tensor."""
        module = self.remote
        if not torch.is_grad_enabled():
            return tensor_of(module(inputs))
        return module._tensor_later(short_value(module), inputs)

    def train(self, mode: bool = True) -> "TorchModule":
        """Put the model into training mode."""
        self.remote.train(mode)
        return self

    def eval(self) -> "TorchModule":
        """Put the model into evaluation mode."""
        self.remote.eval()
        return self

    def to(self, device: Any) -> "TorchModule":
        """Move the model."""
        self.remote.to(device)
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self.remote, name)
