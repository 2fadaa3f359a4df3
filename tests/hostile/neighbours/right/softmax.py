"""Softmax."""


def softmax(logits):
    """Probabilities along the last dimension."""
    weights = (logits - logits.max(dim=-1, keepdim=True).values).exp()
    return weights / weights.sum(dim=-1, keepdim=True)
