"""Cross-entropy with loops."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    losses = [torch.logsumexp(row, 0) - row[t] for row, t in zip(logits, targets, strict=True)]
    return sum(losses) / len(losses)


def cross_entropy_grad(logits, targets):
    """(p - onehot) / N, row by row."""
    n, c = logits.shape
    grad = torch.zeros(n, c)
    for i in range(n):
        e = torch.exp(logits[i] - logits[i].max())
        grad[i] = e / e.sum() / n
        grad[i, targets[i]] -= 1 / n
    return grad
