"""Calls of linear_backward of a given size: how much work it is, is counted on them."""

from collections.abc import Mapping

import torch


def linear_backward(size: Mapping[str, int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A batch (N, in), weights (out, in) and the gradient of the output (N, out)."""
    chance = torch.Generator().manual_seed(0)
    x = torch.randn(size["N"], size["in"], generator=chance)
    weight = torch.randn(size["out"], size["in"], generator=chance)
    return x, weight, torch.randn(size["N"], size["out"], generator=chance)
