"""Softmax along any dimension, by moving it to the end."""

import torch


def softmax(logits, dim=-1):
    """Work on the last dimension only."""
    x = logits.transpose(dim, -1)
    e = torch.exp(x - x.max(dim=-1, keepdim=True).values)
    return e / e.sum(dim=-1, keepdim=True)
