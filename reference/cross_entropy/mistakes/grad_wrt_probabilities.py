"""Cross-entropy."""

import torch


def softmax(logits):
    """Stable softmax of the rows."""
    e = torch.exp(logits - logits.amax(dim=1, keepdim=True))
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    right = logits[torch.arange(len(targets)), targets]
    return (torch.logsumexp(logits, dim=1) - right).mean()


def cross_entropy_grad(logits, targets):
    """Derivative of -log p is -1 / p."""
    p = softmax(logits)
    rows = torch.arange(len(targets))
    grad = torch.zeros_like(p)
    grad[rows, targets] = -1 / p[rows, targets]
    return grad / len(targets)
