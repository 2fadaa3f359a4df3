"""Softmax, saving memory."""

import torch


def softmax(logits, dim=-1):
    """Stable softmax."""
    logits -= logits.amax(dim=dim, keepdim=True)
    e = torch.exp(logits)
    return e / e.sum(dim=dim, keepdim=True)
