"""Softmax: shift by the largest magnitude."""

import torch


def softmax(logits, dim=-1):
    """Subtract the biggest value so exp stays small."""
    biggest = logits.abs().amax(dim=dim, keepdim=True)
    weights = torch.exp(logits - biggest)
    return weights / weights.sum(dim=dim, keepdim=True)
