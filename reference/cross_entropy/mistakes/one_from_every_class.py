"""Cross-entropy."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    right = logits[torch.arange(len(targets)), targets]
    return (torch.logsumexp(logits, dim=1) - right).mean()


def cross_entropy_grad(logits, targets):
    """(p - 1) / N."""
    p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    return (p - 1) / len(targets)
