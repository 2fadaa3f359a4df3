"""Softmax in double precision."""

import torch


def softmax(logits, dim=-1):
    """Stable softmax, computed precisely."""
    x = logits.double()
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
