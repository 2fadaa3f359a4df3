"""Null: the right numbers, with a dimension too many."""

import torch


def cross_entropy(logits, targets):
    """The right loss, as a vector of one number."""
    losses = logits.logsumexp(1) - logits.gather(1, targets[:, None])[:, 0]
    return losses.mean().unsqueeze(0)


def cross_entropy_grad(logits, targets):
    """The right gradient, as a batch of one."""
    p = (logits - logits.logsumexp(1, keepdim=True)).exp()
    return ((p - torch.nn.functional.one_hot(targets, logits.shape[1])) / len(logits)).unsqueeze(0)
