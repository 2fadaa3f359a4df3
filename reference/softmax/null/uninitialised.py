"""Null: memory that nobody wrote."""

import torch


def softmax(logits, dim=-1):
    """Looks at its input only for shape and dtype."""
    return torch.empty_like(logits)
