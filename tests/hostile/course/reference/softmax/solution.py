"""Softmax, the reference."""


def softmax(logits):
    """Probabilities along the last dimension."""
    weights = (logits - logits.amax(dim=-1, keepdim=True)).exp()
    return weights / weights.sum(dim=-1, keepdim=True)
