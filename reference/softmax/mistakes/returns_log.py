"""Softmax with log-sum-exp."""

import torch


def softmax(logits, dim=-1):
    """x - log(sum(exp(x)))."""
    return logits - torch.logsumexp(logits, dim=dim, keepdim=True)
