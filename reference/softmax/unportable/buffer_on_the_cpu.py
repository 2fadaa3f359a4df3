"""Adds to zeros that are made without a device: those are on the CPU."""

import torch


def softmax(logits, dim=-1):
    """Probabilities along `dim`."""
    weights = (logits - logits.amax(dim=dim, keepdim=True)).exp()
    total = torch.zeros(weights.sum(dim=dim, keepdim=True).shape, dtype=logits.dtype)
    return weights / (total + weights.sum(dim=dim, keepdim=True))
