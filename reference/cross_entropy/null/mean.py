"""Null: the mean of the logits."""


def cross_entropy(logits, targets):
    """The mean logit."""
    return logits.mean()


def cross_entropy_grad(logits, targets):
    """The mean logit, everywhere."""
    return logits.mean().expand(logits.shape).clone()
