"""Softmax along any dimension: flatten to rows first."""

import torch


def softmax(logits, dim=-1):
    """Softmax of the rows of a flattened tensor."""
    moved = logits.movedim(dim, -1)
    rows = moved.view(-1, moved.shape[-1])
    e = torch.exp(rows - rows.max(dim=1, keepdim=True)[0])
    p = e / e.sum(dim=1, keepdim=True)
    return p.view(moved.shape).movedim(-1, dim)
