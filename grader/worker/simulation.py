"""A CUDA device that is not there: tensors without numbers that know where they are.

On a machine without CUDA, student code runs under torch's FakeTensorMode: shapes,
dtypes and devices are worked out, nothing is computed, and tensors of two devices
that meet raise the error that a real device raises. That error, and a result on the
wrong device, are what can be learned; code that asks for a number (`.item()`,
`.numpy()`, an `if`), and much of autograd, break off with errors that mean nothing.

The device has a number, because torch asks the driver for the current one
otherwise. Gradients are off: a graph on a device that this build of torch does
not know ends the process.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils import _pytree as pytree

from grader.worker import subscripts

DEVICE = "cuda:0"
"""What student code is told, and finds at its tensors."""

MOST_DEVICES = 4


class Simulation:
    """Student code runs on the simulated device inside; can be entered again and again."""

    def __init__(self) -> None:
        self._mode = FakeTensorMode(allow_non_fake_inputs=True)
        self._inside = ExitStack()

    def __enter__(self) -> Self:
        self._inside.enter_context(torch.no_grad())
        self._inside.enter_context(self._mode)
        self._inside.enter_context(subscripts.replaced())
        self._inside.callback(setattr, nn.Module, "_apply", nn.Module._apply)
        setattr(nn.Module, "_apply", _converted)  # noqa: B010 - mypy knows that it is a method
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inside.close()


def devices_of(value: object) -> tuple[str, ...]:
    """The kinds of devices that the tensors in a result are on, such as 'cuda'; each once."""
    tensors = (leaf for leaf in pytree.tree_leaves(value) if isinstance(leaf, torch.Tensor))
    return tuple(dict.fromkeys(tensor.device.type for tensor in tensors))[:MOST_DEVICES]


def _converted(module: nn.Module, convert: Callable[[Any], Any], recurse: bool = True) -> nn.Module:
    """In the place of `nn.Module._apply`, which cannot swap the data of a parameter for a fake one's."""
    if recurse:
        for child in module.children():
            _converted(child, convert)
    for name, parameter in _there(module._parameters.items()):
        module._parameters[name] = nn.Parameter(convert(parameter), parameter.requires_grad)
    for name, buffer in _there(module._buffers.items()):
        module._buffers[name] = convert(buffer)
    return module


def _there(tensors: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(name, tensor) for name, tensor in tensors if tensor is not None]
