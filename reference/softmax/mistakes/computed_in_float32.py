"""Softmax with explicit dtypes."""

import torch


def softmax(logits, dim=-1):
    """Compute in single precision, return what came in."""
    x = logits.to(torch.float32)
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return (e / e.sum(dim=dim, keepdim=True)).to(logits.dtype)
