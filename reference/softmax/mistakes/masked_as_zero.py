"""Softmax that handles -inf."""

import torch


def softmax(logits, dim=-1):
    """Stable softmax; infinities are cleaned first."""
    x = logits.masked_fill(logits.isinf(), 0.0)
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
