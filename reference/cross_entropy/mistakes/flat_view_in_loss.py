"""Cross-entropy with flat indices."""

import torch


def cross_entropy(logits, targets):
    """logsumexp minus the right logit, picked from the flattened logits."""
    n, c = logits.shape
    flat = logits.view(-1)
    right = flat[torch.arange(n) * c + targets]
    return (torch.logsumexp(logits, dim=1) - right).mean()


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N."""
    n = logits.shape[0]
    p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    p[torch.arange(n), targets] -= 1
    return p / n
