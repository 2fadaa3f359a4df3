"""Calls of softmax of a given size: how much work it is, is counted on them."""

from collections.abc import Mapping

import torch


def softmax(size: Mapping[str, int]) -> tuple[torch.Tensor]:
    """Logits (N, C)."""
    return (torch.randn(size["N"], size["C"], generator=torch.Generator().manual_seed(0)),)
