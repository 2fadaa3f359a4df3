"""Right: pure Python loops, one element at a time, in the input's dtype."""

import torch


def softmax(logits, dim=-1):
    """Probabilities along `dim`."""
    columns = logits.movedim(dim, -1)
    rows = columns.reshape(-1, columns.shape[-1])
    return torch.stack([_one(row) for row in rows]).reshape(columns.shape).movedim(-1, dim)


def _one(row):
    largest = row[0]
    for x in row:
        if x > largest:
            largest = x
    weights = []
    total = 0
    for x in row:
        weights.append(torch.exp(x - largest))
        total = total + weights[-1]
    return torch.stack([weight / total for weight in weights])
