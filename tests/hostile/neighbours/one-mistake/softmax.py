"""Softmax."""


def softmax(logits):
    """Probabilities along the last dimension."""
    return logits.exp() / logits.exp().sum(dim=-1, keepdim=True)
