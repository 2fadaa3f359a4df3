"""Right: exp(x - logsumexp(x)), without a division."""

import torch


def softmax(logits, dim=-1):
    """Probabilities along `dim`."""
    return torch.exp(logits - torch.logsumexp(logits, dim=dim, keepdim=True))
