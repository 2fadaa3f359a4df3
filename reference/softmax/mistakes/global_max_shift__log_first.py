"""Softmax by way of its logarithm."""

import torch


def softmax(logits, dim=-1):
    """exp(log p), with the log of the sum taken after a shift."""
    biggest = logits.max()
    log_sum = (logits - biggest).exp().sum(dim, keepdim=True).log() + biggest
    return torch.exp(logits - log_sum)
