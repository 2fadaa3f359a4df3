"""Live objects that stay on the far side, and the methods that may be called on them.

The judge knows an object by a number and drives it by the names in `METHODS`
alone; what comes back is plain data or another handle. A student's object may
answer anything: its methods are student code and run as such.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import torch
from torch import nn

from grader.wire.messages import NAME_LENGTH, EntryPoint, HandleNode, clipped
from grader.wire.packing import type_name

Method = Callable[..., Any]
Kind = Literal["module", "optimizer", "tensor", "object"]


@runtime_checkable
class Trace(Protocol):
    """What an instrument has seen of the object that it watches."""

    def trace(self) -> dict[str, Any]:
        """The record as plain data."""
        ...


@dataclass
class Live:
    """An object behind a handle.

    Attributes:
        value: The object itself.
        kind: 'module', 'optimizer', 'tensor' or 'object'.
        entry: The entry point that made it: its rule holds for the methods too.
        recorder: What watches it, for the grader's own objects.
    """

    value: Any
    kind: Kind
    entry: EntryPoint | None = None
    recorder: Trace | None = None


class UnknownHandle(LookupError):
    """A handle that was never given out, or has been released."""


class Handles:
    """All live objects of a worker."""

    def __init__(self) -> None:
        self._live: dict[int, Live] = {}

    def keep(
        self, number: int, value: object, entry: EntryPoint | None = None, recorder: Trace | None = None
    ) -> HandleNode:
        """Keep an object alive under a number that was never used; it may have others already."""
        known = next((live for live in self._live.values() if live.value is value), None)
        self._live[number] = known or Live(value, kind_of(value), entry, recorder)
        return self._node(number)

    def known(self, value: object) -> HandleNode | None:
        """A handle of an object that is kept, the oldest, or None."""
        for number, live in self._live.items():
            if live.value is value:
                return self._node(number)
        return None

    def live(self, handle: int) -> Live:
        """What a handle stands for.

        Raises:
            UnknownHandle: Nothing.
        """
        if handle not in self._live:
            raise UnknownHandle(f"there is no object {handle}")
        return self._live[handle]

    def release(self, handles: tuple[int, ...]) -> None:
        """Let go of objects that nobody needs any more."""
        for handle in handles:
            self._live.pop(handle, None)

    def objects(self) -> list[object]:
        """Everything that is kept."""
        return [live.value for live in self._live.values()]

    def _node(self, number: int) -> HandleNode:
        live = self._live[number]
        return HandleNode(number, live.kind, clipped(type_name(live.value), NAME_LENGTH))


def kind_of(value: object) -> Kind:
    """The kind of a live object, which decides what may be called on it."""
    if issubclass(type(value), nn.Module):
        return "module"
    if issubclass(type(value), torch.optim.Optimizer):
        return "optimizer"
    if issubclass(type(value), torch.Tensor):
        return "tensor"
    return "object"


def method(live: Live, name: str) -> Method:
    """The method of a live object that may be called under `name`.

    Raises:
        AttributeError: Objects of its kind have no such method on this side of the wall.
    """
    if name == "trace" and live.recorder is not None:
        return live.recorder.trace
    if name not in METHODS[live.kind]:
        raise AttributeError(f"'{name}' cannot be called on a live {live.kind}")
    known = METHODS[live.kind][name]
    return lambda *args, **kwargs: known(live.value, *args, **kwargs)


# --- modules --------------------------------------------------------------------


def _call(value: Any, *args: Any, **kwargs: Any) -> Any:
    return value(*args, **kwargs)


def _train(module: nn.Module, mode: bool = True) -> None:
    module.train(mode)


def _eval(module: nn.Module) -> None:
    module.eval()


def _zero_grad(value: Any, *args: Any, **kwargs: Any) -> None:
    value.zero_grad(*args, **kwargs)


def _to(module: nn.Module, where: str) -> None:
    """Move to a device, or convert to a dtype that is given as 'torch.float64'."""
    dtype = getattr(torch, where.removeprefix("torch."), None) if where.startswith("torch.") else None
    module.to(dtype if isinstance(dtype, torch.dtype) else where)


def _load_state_dict(module: nn.Module, state: Mapping[str, torch.Tensor]) -> None:
    module.load_state_dict(state)


# What is read goes through nn.Module itself: a subclass may have its own idea of it.


def _state_dict(module: nn.Module) -> dict[str, Any]:
    return dict(nn.Module.state_dict(module))


def _named_parameters(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: parameter.detach() for name, parameter in nn.Module.named_parameters(module)}


def _buffers(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: buffer.detach() for name, buffer in nn.Module.named_buffers(module)}


def _gradients(module: nn.Module) -> dict[str, torch.Tensor]:
    """The gradients of the parameters that have one."""
    return {
        name: parameter.grad.detach()
        for name, parameter in nn.Module.named_parameters(module)
        if parameter.grad is not None
    }


def _modes(module: nn.Module) -> dict[str, bool]:
    """The training flag of every submodule; the module itself is ''."""
    return {name: bool(part.training) for name, part in nn.Module.named_modules(module)}


def _set_parameters(module: nn.Module, values: Mapping[str, torch.Tensor]) -> None:
    """Copy values into parameters; raises ValueError for another name or shape."""
    parameters = dict(nn.Module.named_parameters(module))
    with torch.no_grad():
        for name, value in values.items():
            if name not in parameters:
                raise ValueError(f"the model has no parameter '{name}'")
            if parameters[name].shape != value.shape:
                shape = tuple(parameters[name].shape)
                raise ValueError(f"parameter '{name}' has shape {shape}, not {tuple(value.shape)}")
            parameters[name].copy_(value)


# --- the rest ---------------------------------------------------------------------


def _step(optimizer: torch.optim.Optimizer) -> None:
    optimizer.step()


def _backward(tensor: Any, *args: Any, **kwargs: Any) -> None:
    tensor.backward(*args, **kwargs)


def _item(tensor: torch.Tensor) -> Any:
    return tensor.item()


def _value(value: Any) -> Any:
    return value


METHODS: Mapping[str, Mapping[str, Method]] = {
    "module": {
        "__call__": _call,
        "train": _train,
        "eval": _eval,
        "zero_grad": _zero_grad,
        "to": _to,
        "state_dict": _state_dict,
        "load_state_dict": _load_state_dict,
        "named_parameters": _named_parameters,
        "buffers": _buffers,
        "gradients": _gradients,
        "modes": _modes,
        "set_parameters": _set_parameters,
    },
    "optimizer": {"zero_grad": _zero_grad, "step": _step},
    "tensor": {"backward": _backward, "item": _item, "value": _value},
    "object": {"__call__": _call, "value": _value},
}
"""What may be called on a live object, by its kind."""
