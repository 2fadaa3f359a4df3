"""Probabilities from logits."""

import torch


def softmax(logits, dim=-1):
    """Squash the scores to (0, 1)."""
    return torch.sigmoid(logits)
