"""Cross-entropy with plain loops."""

import math

import torch


def cross_entropy(logits, targets):
    """Add up -log p, sample by sample."""
    total = 0.0
    for row, t in zip(logits.tolist(), targets.tolist(), strict=True):
        biggest = max(row)
        total += math.log(sum(math.exp(x - biggest) for x in row)) + biggest - row[t]
    return torch.tensor(total / len(logits), dtype=logits.dtype, device=logits.device)


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N."""
    n = len(logits)
    e = torch.exp(logits - logits.amax(dim=1, keepdim=True))
    p = e / e.sum(dim=1, keepdim=True)
    onehot = torch.zeros_like(p)
    for i in range(n):
        onehot[i, targets[i]] = 1
    return (p - onehot) / n
