"""Stable softmax."""

import torch


def softmax(logits, dim=-1):
    """Subtract the max of each row, then normalise along dim."""
    row_max = torch.max(logits, dim=-1, keepdim=True).values
    e = torch.exp(logits - row_max)
    return e / e.sum(dim=dim, keepdim=True)
