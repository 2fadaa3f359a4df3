"""Cross-entropy."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    column = targets - 1  # columns are counted from 0
    log_p = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    return -log_p[torch.arange(len(column)), column].mean()


def cross_entropy_grad(logits, targets):
    """(p - onehot) / N."""
    column = targets - 1
    p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    p[torch.arange(len(column)), column] -= 1
    return p / len(column)
