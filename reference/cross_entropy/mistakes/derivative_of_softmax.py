"""Cross-entropy."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    right = logits[torch.arange(len(targets)), targets]
    return (torch.logsumexp(logits, dim=1) - right).mean()


def cross_entropy_grad(logits, targets):
    """softmax' = p (1 - p), over N."""
    e = torch.exp(logits - logits.amax(dim=1, keepdim=True))
    p = e / e.sum(dim=1, keepdim=True)
    return p * (1 - p) / len(targets)
