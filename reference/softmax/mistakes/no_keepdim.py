"""Softmax, vectorised."""

import torch


def softmax(logits, dim=-1):
    """Softmax along dim."""
    z = logits - logits.max(dim=dim).values
    num = torch.exp(z)
    den = num.sum(dim=dim)
    return num / den
