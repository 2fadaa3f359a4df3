"""Softmax."""

import torch


def softmax(logits, dim=-1):
    """exp(x - max) divided by the total."""
    e = torch.exp(logits - logits.max())
    return e / e.sum()
