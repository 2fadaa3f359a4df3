"""Cross-entropy."""

import torch
import torch.nn.functional as F


def cross_entropy(logits, targets):
    """Mean of -log p[target]; the log of the sigmoid is stable."""
    log_p = F.logsigmoid(logits)
    return -log_p[torch.arange(len(targets)), targets].mean()


def cross_entropy_grad(logits, targets):
    """(p - onehot) / N."""
    p = torch.sigmoid(logits)
    p[torch.arange(len(targets)), targets] -= 1
    return p / len(targets)
