"""Softmax."""

import torch


@torch.no_grad()
def softmax(logits, dim=-1):
    """Stable softmax, without needless bookkeeping."""
    e = torch.exp(logits - logits.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
