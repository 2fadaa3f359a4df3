"""Softmax."""

import torch


def softmax(logits, dim=-1):
    """Each row (dim 0) is a sample."""
    shifted = logits - torch.amax(logits, 0, keepdim=True)
    exps = torch.exp(shifted)
    return exps / torch.sum(exps, 0, keepdim=True)
