"""Null: the right numbers, in float64 for float32 and in float32 for float64."""

import torch

OTHER = {torch.float32: torch.float64, torch.float64: torch.float32}


def cross_entropy(logits, targets):
    """The right loss in the other dtype."""
    losses = logits.logsumexp(1) - logits.gather(1, targets[:, None])[:, 0]
    return losses.mean().to(OTHER[logits.dtype])


def cross_entropy_grad(logits, targets):
    """The right gradient in the other dtype."""
    p = (logits - logits.logsumexp(1, keepdim=True)).exp()
    grad = (p - torch.nn.functional.one_hot(targets, logits.shape[1])) / len(logits)
    return grad.to(OTHER[logits.dtype])
