"""Null: the input."""


def softmax(logits, dim=-1):
    """Gives back what it got."""
    return logits * 1.0
