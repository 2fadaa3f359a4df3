"""Softmax, safe against division by zero."""

import torch

EPS = 1e-9


def softmax(logits, dim=-1):
    """Stable softmax with an epsilon."""
    e = torch.exp(logits - logits.amax(dim=dim, keepdim=True))
    return e / (e.sum(dim=dim, keepdim=True) + EPS)
