"""Softmax, shifted."""

import torch


def softmax(logits, dim=-1):
    """Make all logits start at 0, then normalise the exponentials."""
    lowest = logits.amin(dim=dim, keepdim=True)
    exps = (logits - lowest).exp()
    return exps / torch.sum(exps, dim=dim, keepdim=True)
