"""Cross-entropy."""

import torch


def log_softmax(x):
    """Stable log-softmax."""
    return x - torch.logsumexp(x, dim=0, keepdim=True)


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    log_p = log_softmax(logits)
    return -log_p[torch.arange(len(targets)), targets].mean()


def cross_entropy_grad(logits, targets):
    """(p - onehot) / N."""
    p = log_softmax(logits).exp()
    p[torch.arange(len(targets)), targets] -= 1
    return p / len(targets)
