"""Null: all zeros, still connected to the input."""


def softmax(logits, dim=-1):
    """Looks at its input only for shape and dtype."""
    return logits.nan_to_num(0.0, 0.0, 0.0) * 0.0
