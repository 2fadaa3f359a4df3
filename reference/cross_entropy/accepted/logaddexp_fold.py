"""Right: the log of the sum built up class by class with logaddexp; the gradient row by row."""

from functools import reduce

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    total = reduce(torch.logaddexp, logits.T)
    mask = targets[:, None] == torch.arange(logits.shape[1], device=logits.device)[None, :]
    return (total - logits.masked_select(mask)).mean(dim=0)


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N."""
    rows = []
    for x, target in zip(logits, targets.tolist(), strict=True):
        p = torch.exp(x - reduce(torch.logaddexp, x))
        rows.append(torch.cat([p[:target], p[target : target + 1] - 1, p[target + 1 :]]))
    return torch.stack(rows) * (1 / len(rows))
