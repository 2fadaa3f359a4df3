"""Softmax for a batch."""

import torch


def softmax(logits, dim=-1):
    """Softmax of each row, or of each column."""
    n_rows, n_cols = logits.shape
    probs = []
    if dim in (1, -1):
        for i in range(n_rows):
            e = torch.exp(logits[i] - logits[i].max())
            probs.append(e / e.sum())
        return torch.stack(probs)
    for j in range(n_cols):
        e = torch.exp(logits[:, j] - logits[:, j].max())
        probs.append(e / e.sum())
    return torch.stack(probs, dim=1)
