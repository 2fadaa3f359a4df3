"""Null: all NaN."""


def softmax(logits, dim=-1):
    """Looks at its input only for shape and dtype."""
    return logits * float("nan")
