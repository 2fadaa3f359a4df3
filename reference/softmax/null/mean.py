"""Null: the uniform distribution, the mean of every right answer."""


def softmax(logits, dim=-1):
    """Looks at its input only for shape and dtype."""
    return logits.nan_to_num(0.0, 0.0, 0.0) * 0.0 + 1.0 / logits.shape[dim]
