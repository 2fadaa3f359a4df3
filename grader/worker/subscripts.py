"""Subscripts of tensors on the simulated device, which torch's own cannot take.

`x[1:, None]` asks for a guard of the device that x is on, and this build of torch
has none. Views are made by the operators that torch would use; what is assigned
makes no difference where nothing is computed, and may come from any device.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

_ITEM = torch.Tensor.__getitem__
_SET_ITEM = torch.Tensor.__setitem__


@contextmanager
def replaced() -> Iterator[None]:
    """Inside, tensors that are not on the CPU are subscripted here."""
    tensor: Any = torch.Tensor
    tensor.__getitem__, tensor.__setitem__ = item, set_item
    try:
        yield
    finally:
        tensor.__getitem__, tensor.__setitem__ = _ITEM, _SET_ITEM


def item(tensor: torch.Tensor, index: Any) -> Any:
    """`tensor[index]`."""
    if tensor.device.type == "cpu":
        return _ITEM(tensor, index)
    view, gathered, dim = tensor, {}, 0
    for part in _parts(tensor, index):
        if part is None:
            view, dim = view.unsqueeze(dim), dim + 1
        elif isinstance(part, slice):
            view, dim = torch.ops.aten.slice.Tensor(view, dim, part.start, part.stop, part.step or 1), dim + 1
        elif isinstance(part, int) and not isinstance(part, bool):
            view = view.select(dim, part)
        else:
            gathered[dim] = part if isinstance(part, torch.Tensor) else torch.tensor(part)
            dim += gathered[dim].dim() if gathered[dim].dtype in (torch.bool, torch.uint8) else 1
    if gathered:
        view = torch.ops.aten.index.Tensor(view, [gathered.get(each) for each in range(max(gathered) + 1)])
    return view


def set_item(tensor: torch.Tensor, index: Any, value: Any) -> None:
    """`tensor[index] = value`."""
    if tensor.device.type == "cpu":
        _SET_ITEM(tensor, index, value)


def _parts(tensor: torch.Tensor, index: Any) -> list[Any]:
    """What is asked of each dimension from the first, without an ellipsis."""
    parts = list(index) if isinstance(index, tuple) else [index]
    taken = sum(part is not None and part is not ... for part in parts)
    for i, part in enumerate(parts):
        if part is ...:
            return parts[:i] + [slice(None)] * (tensor.dim() - taken) + parts[i + 1 :]
    return parts
