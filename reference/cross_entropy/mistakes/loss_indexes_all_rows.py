"""Cross-entropy."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p at the targets."""
    log_p = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    return -log_p[:, targets].mean()


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N."""
    p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    for i, t in enumerate(targets):
        p[i, t] -= 1
    return p / len(p)
