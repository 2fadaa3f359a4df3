"""A tensor as tests know it."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class TensorValue:
    """A tensor that a student's function returned."""

    data: torch.Tensor
    device: str
    requires_grad: bool


def plain(value):
    """A returned value, its tensors detached."""
    if isinstance(value, torch.Tensor):
        return TensorValue(value.detach(), str(value.device), value.requires_grad)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value
