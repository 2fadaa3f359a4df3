"""Picks the right classes with a mask of zeros and ones that is made without a device."""

import torch


def _onehot(logits, targets):
    return (torch.arange(logits.shape[1]) == targets[:, None]).to(logits.dtype)


def cross_entropy(logits, targets):
    """The mean loss of a batch."""
    return ((logits.logsumexp(dim=1)[:, None] - logits) * _onehot(logits, targets)).sum() / len(logits)


def cross_entropy_grad(logits, targets):
    """Its gradient with respect to the logits."""
    weights = (logits - logits.amax(dim=1, keepdim=True)).exp()
    return (weights / weights.sum(dim=1, keepdim=True) - _onehot(logits, targets)) / len(logits)
