"""Softmax with scaled logits, against overflow."""

import torch


def softmax(logits, dim=-1):
    """Scale so that the largest logit is 1, then the usual formula."""
    top = logits.amax(dim=dim, keepdim=True)
    e = torch.exp(logits / top)
    return e / e.sum(dim=dim, keepdim=True)
