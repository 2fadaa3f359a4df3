"""Null: memory that nobody wrote."""

import torch


def cross_entropy(logits, targets):
    """Any number."""
    return torch.empty((), dtype=logits.dtype, device=logits.device)


def cross_entropy_grad(logits, targets):
    """Any numbers."""
    return torch.empty_like(logits)
