"""Cross-entropy: -sum p log p."""

import torch


def cross_entropy(logits, targets):
    """Mean over the batch of -sum p log p."""
    log_p = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    return -(log_p.exp() * log_p).sum(dim=1).mean()


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N."""
    p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    onehot = torch.zeros_like(p)
    onehot[torch.arange(len(p)), targets] = 1
    return (p - onehot) / len(p)
