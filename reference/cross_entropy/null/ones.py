"""Null: ones, still connected to the input."""


def cross_entropy(logits, targets):
    """A loss of 1."""
    return (logits * 0.0).sum() + 1.0


def cross_entropy_grad(logits, targets):
    """A gradient of 1."""
    return logits * 0.0 + 1.0
