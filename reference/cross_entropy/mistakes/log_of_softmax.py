"""Cross-entropy from the softmax."""

import torch


def softmax(logits):
    """Stable softmax of the rows."""
    e = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    p = softmax(logits)
    return -torch.log(p[torch.arange(len(targets)), targets]).mean()


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N."""
    grad = softmax(logits)
    grad[torch.arange(len(targets)), targets] -= 1
    return grad / len(targets)
