"""Softmax along any dimension."""

import torch


def softmax(logits, dim=-1):
    """Move dim to the end, normalise, move it back."""
    x = torch.movedim(logits, dim, -1)
    e = torch.exp(x - x.amax(-1, keepdim=True))
    p = e / e.sum(-1, keepdim=True)
    return torch.movedim(p, dim, -1)
