"""Softmax."""

import torch


def softmax(logits, dim=-1):
    """Stable softmax."""
    x = logits.float()  # so that integer inputs work, too
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
