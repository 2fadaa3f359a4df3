"""Negative log-likelihood."""

import torch


def cross_entropy(logits, targets):
    """Mean of minus the score of the right class."""
    scores = logits.gather(1, targets.unsqueeze(1)).squeeze(1)
    return -scores.mean()


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N."""
    p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    onehot = torch.zeros_like(p).scatter_(1, targets.unsqueeze(1), 1.0)
    return (p - onehot) / len(p)
