"""Null: the input (its first element where one number is asked for)."""


def cross_entropy(logits, targets):
    """The first logit."""
    return logits[0, 0] * 1.0


def cross_entropy_grad(logits, targets):
    """The logits."""
    return logits.clone()
