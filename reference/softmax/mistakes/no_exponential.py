"""Softmax."""


def softmax(logits, dim=-1):
    """Normalise so that it sums to one."""
    return logits / logits.sum(dim=dim, keepdim=True)
