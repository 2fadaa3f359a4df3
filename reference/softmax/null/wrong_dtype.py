"""Null: the right numbers, in float64 for float32 and in float32 for float64."""

import torch


def softmax(logits, dim=-1):
    """Each number is right, the dtype is not."""
    weights = (logits - logits.amax(dim, keepdim=True)).exp()
    other = torch.float32 if logits.dtype == torch.float64 else torch.float64
    return (weights / weights.sum(dim, keepdim=True)).to(other)
