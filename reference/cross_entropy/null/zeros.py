"""Null: zeros, still connected to the input."""


def cross_entropy(logits, targets):
    """A loss of 0."""
    return (logits * 0.0).sum()


def cross_entropy_grad(logits, targets):
    """A gradient of 0."""
    return logits * 0.0
