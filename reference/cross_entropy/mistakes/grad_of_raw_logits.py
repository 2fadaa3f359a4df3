"""Cross-entropy."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    right = logits[torch.arange(len(targets)), targets]
    return (torch.logsumexp(logits, dim=1) - right).mean()


def cross_entropy_grad(logits, targets):
    """(prediction - onehot) / N."""
    onehot = torch.zeros_like(logits)
    onehot[torch.arange(len(targets)), targets] = 1
    return (logits - onehot) / len(targets)
