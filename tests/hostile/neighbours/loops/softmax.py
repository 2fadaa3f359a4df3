"""Softmax, row by row."""

import torch


def softmax(logits):
    """Probabilities along the last dimension."""
    rows = [torch.exp(row - row.max()) for row in logits]
    return torch.stack([row / row.sum() for row in rows])
