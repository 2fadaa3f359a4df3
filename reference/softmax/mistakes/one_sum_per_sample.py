"""Softmax, one sample after the other."""

import torch


def softmax(logits, dim=-1):
    """Softmax of each sample."""
    probs = []
    for sample in logits:
        e = torch.exp(sample - sample.max())
        probs.append(e / e.sum())
    return torch.stack(probs)
