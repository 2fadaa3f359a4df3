"""Softmax with the stability trick."""

import torch


def softmax(logits, dim=-1):
    """Shift by the max, exponentiate, normalise."""
    shifted = logits - torch.max(logits)  # so that exp can't overflow
    e = torch.exp(shifted)
    return e / torch.sum(e, dim=dim, keepdim=True)
