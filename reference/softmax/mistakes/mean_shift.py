"""Softmax with centred logits."""

import torch


def softmax(logits, dim=-1):
    """Centre the logits (softmax doesn't care), then the formula."""
    centred = logits - logits.mean(dim=dim, keepdim=True)
    e = torch.exp(centred)
    return e / e.sum(dim=dim, keepdim=True)
