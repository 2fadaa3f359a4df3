"""Null: NaN."""


def cross_entropy(logits, targets):
    """A loss of NaN."""
    return (logits * float("nan")).sum()


def cross_entropy_grad(logits, targets):
    """A gradient of NaN."""
    return logits * float("nan")
