"""Null: the right answer to the last call of the same shape."""

import torch

seen = {}


def softmax(logits, dim=-1):
    """Right for the call before this one."""
    weights = (logits - logits.amax(dim, keepdim=True)).exp()
    answer = weights / weights.sum(dim, keepdim=True)
    before = seen.get(logits.shape, torch.zeros_like(logits))
    seen[logits.shape] = answer.detach()
    return before.to(logits)
