"""Cross-entropy."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    right = logits[torch.arange(len(targets)), targets]
    return (torch.logsumexp(logits, dim=1) - right).mean()


def cross_entropy_grad(logits, targets):
    """(p - 1) / N at the targets."""
    p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    rows = torch.arange(len(targets))
    grad = torch.zeros_like(logits)
    grad[rows, targets] = p[rows, targets] - 1
    return grad / len(targets)
