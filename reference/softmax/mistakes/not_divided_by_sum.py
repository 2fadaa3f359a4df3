"""Softmax."""

import torch


def softmax(logits, dim=-1):
    """Exponentials, normalised by the largest."""
    weights = torch.exp(logits - logits.amax(dim=dim, keepdim=True))
    return weights / weights.amax(dim=dim, keepdim=True)
