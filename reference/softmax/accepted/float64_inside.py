"""Right: computed in float64, cast back at the end."""

import torch


def softmax(logits, dim=-1):
    """Probabilities along `dim`."""
    exact = logits.to(torch.float64)
    weights = torch.exp(exact - exact.amax(dim, keepdim=True))
    return (weights / weights.sum(dim, keepdim=True)).to(logits.dtype)
