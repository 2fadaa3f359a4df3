"""Softmax along any dimension."""

import torch


def softmax(logits, dim=-1):
    """Put dim last, softmax, put it back."""
    if dim == -1:
        dim = logits.dim() - 1
    order = [d for d in range(logits.dim()) if d != dim] + [dim]
    x = logits.permute(order)
    e = torch.exp(x - x.amax(dim=-1, keepdim=True))
    p = e / e.sum(dim=-1, keepdim=True)
    return p.movedim(-1, dim)
