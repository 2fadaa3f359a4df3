"""Cross-entropy loss."""

import torch


def cross_entropy(logits, targets):
    z = logits - logits.max(dim=1, keepdim=True).values
    log_p = z - z.exp().sum(dim=1, keepdim=True).log()
    return -log_p[torch.arange(z.shape[0], device=z.device), targets].mean()


def cross_entropy_grad(logits, targets):
    # TODO ask in the tutorial on Thursday
    raise NotImplementedError
