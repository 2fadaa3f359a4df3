"""Softmax over the classes."""

import torch


def softmax(logits, dim=-1):
    """Classes are in the last dimension."""
    m = logits.max(dim=-1, keepdim=True)[0]
    e = torch.exp(logits - m)
    return e / e.sum(dim=-1, keepdim=True)
