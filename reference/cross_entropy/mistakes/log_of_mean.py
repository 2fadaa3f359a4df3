"""Cross-entropy."""

import torch


def softmax(logits):
    """Stable softmax of the rows."""
    e = torch.exp(logits - logits.amax(dim=1, keepdim=True))
    return e / e.sum(dim=1, keepdim=True)


def cross_entropy(logits, targets):
    """-log of the mean probability of the right classes."""
    p = softmax(logits)[torch.arange(len(targets)), targets]
    return -torch.log(p.mean())


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N."""
    grad = softmax(logits)
    grad[torch.arange(len(targets)), targets] -= 1
    return grad / len(targets)
