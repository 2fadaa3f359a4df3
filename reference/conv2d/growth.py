"""Calls of conv2d of a given size: how much work it is, is counted on them."""

from collections.abc import Mapping

import torch


def conv2d(size: Mapping[str, int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, int, int]:
    """Images (N, 1, H, W) and one kernel (1, 1, 3, 3), padded so that the output has the input's size."""
    chance = torch.Generator().manual_seed(0)
    x = torch.randn(size["N"], 1, size["H"], size["W"], generator=chance)
    return x, torch.randn(1, 1, 3, 3, generator=chance), torch.randn(1, generator=chance), 1, 1
