"""Softmax."""

import torch


def softmax(logits, dim=-1):
    """Subtract max, exp, divide by the sum."""
    biggest = torch.max(logits, dim=dim, keepdim=True)[0]
    exps = torch.exp(logits - biggest)
    return exps / torch.sum(exps, dim=dim)
