"""Softmax with masking."""

import torch


def softmax(logits, dim=-1):
    """Replace -inf by something very negative to avoid nan."""
    x = torch.where(torch.isinf(logits), torch.full_like(logits, -100.0), logits)
    e = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
