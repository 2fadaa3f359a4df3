"""Cross-entropy."""

import torch


def log_softmax(logits):
    """Stable log-softmax of the rows."""
    return logits - torch.logsumexp(logits, dim=1, keepdim=True)


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    return -log_softmax(logits)[torch.arange(len(targets)), targets].mean()


def cross_entropy_grad(logits, targets):
    """(prediction - onehot) / N."""
    grad = log_softmax(logits)
    grad[torch.arange(len(targets)), targets] -= 1
    return grad / len(targets)
