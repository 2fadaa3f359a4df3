"""Cross-entropy."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    log_p = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    return -log_p.gather(1, targets[:, None]).mean()


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N."""
    n = logits.shape[-1]
    p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    onehot = torch.zeros_like(p).scatter_(1, targets[:, None], 1.0)
    return (p - onehot) / n
