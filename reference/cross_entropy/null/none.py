"""Null: no return statement."""


def cross_entropy(logits, targets):
    """Forgets to return."""


def cross_entropy_grad(logits, targets):
    """Forgets to return."""
