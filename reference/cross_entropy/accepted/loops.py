"""Right: pure Python loops, one element at a time, in the input's dtype."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    total = 0
    for row, target in zip(logits, targets, strict=True):
        largest = max(row.tolist())
        weight = 0
        for x in row:
            weight = weight + torch.exp(x - largest)
        total = total + torch.log(weight) + largest - row[target]
    return total / len(logits)


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N."""
    n, classes = logits.shape
    grad = torch.empty(n, classes, dtype=logits.dtype, device=logits.device)
    for i in range(n):
        largest = max(logits[i].tolist())
        total = 0
        for j in range(classes):
            grad[i, j] = torch.exp(logits[i, j] - largest)
            total = total + grad[i, j]
        for j in range(classes):
            grad[i, j] = grad[i, j] / total
            if j == targets[i]:
                grad[i, j] -= 1
            grad[i, j] /= n
    return grad
