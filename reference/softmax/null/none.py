"""Null: no return statement."""


def softmax(logits, dim=-1):
    """Forgets to return."""
