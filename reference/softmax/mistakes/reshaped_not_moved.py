"""Softmax along any dimension."""

import torch


def softmax(logits, dim=-1):
    """Bring dim to the end, softmax the rows, restore the shape."""
    size = logits.shape[dim]
    rows = logits.reshape(-1, size)
    e = torch.exp(rows - rows.max(dim=1, keepdim=True).values)
    probs = e / e.sum(dim=1, keepdim=True)
    return probs.reshape(logits.shape)
