"""Softmax."""

import torch


def softmax(logits, dim=-1):
    """Stable softmax."""
    e = torch.exp(logits - logits.amax(dim=dim, keepdim=True))
    probs = e / e.sum(dim=dim, keepdim=True)
    return probs.squeeze()
