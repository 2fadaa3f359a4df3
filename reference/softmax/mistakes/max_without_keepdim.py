"""Softmax."""

import torch


def softmax(logits, dim=-1):
    """Subtract max, exp, divide by the sum."""
    values, _ = logits.max(dim)
    e = torch.exp(logits - values)
    return e / e.sum(dim, keepdim=True)
