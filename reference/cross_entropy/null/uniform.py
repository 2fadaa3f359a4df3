"""Null: what a network that knows nothing would get, log C, and the gradient's mean, 1 / (N C)."""

import math


def cross_entropy(logits, targets):
    """The loss of equal probabilities."""
    return (logits * 0.0).sum() + math.log(logits.shape[1])


def cross_entropy_grad(logits, targets):
    """Equal probabilities over N."""
    return logits * 0.0 + 1.0 / logits.numel()
