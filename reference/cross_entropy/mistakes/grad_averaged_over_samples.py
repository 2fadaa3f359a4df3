"""Cross-entropy."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    right = logits[torch.arange(len(targets)), targets]
    return (torch.logsumexp(logits, dim=1) - right).mean()


def cross_entropy_grad(logits, targets):
    """Mean of p - onehot."""
    p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    p[torch.arange(len(targets)), targets] -= 1
    return p.mean(dim=0)
