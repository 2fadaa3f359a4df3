"""Softmax with normalised inputs."""

import torch


def softmax(logits, dim=-1):
    """Standardise, then exponentiate and normalise."""
    mean = logits.mean(dim=dim, keepdim=True)
    std = logits.std(dim=dim, keepdim=True)
    e = torch.exp((logits - mean) / std)
    return e / e.sum(dim=dim, keepdim=True)
