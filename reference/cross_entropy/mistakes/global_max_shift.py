"""Cross-entropy with the max trick."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target], shifted."""
    x = logits - logits.max()
    log_total = torch.log(torch.exp(x).sum(dim=1))
    return (log_total - x[torch.arange(len(x)), targets]).mean()


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N, shifted."""
    e = torch.exp(logits - logits.max())
    p = e / e.sum(dim=1, keepdim=True)
    p[torch.arange(len(p)), targets] -= 1
    return p / len(p)
