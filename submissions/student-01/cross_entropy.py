"""Exercise 2: cross-entropy and its gradient."""

import torch


def cross_entropy(logits, targets):
    """mean over the batch of logsumexp(z) - z[target]"""
    lse = torch.logsumexp(logits, dim=1)
    picked = logits.gather(1, targets.unsqueeze(1)).squeeze(1)
    return (lse - picked).mean()


def cross_entropy_grad(logits, targets):
    n = logits.shape[0]
    shifted = logits - logits.max(dim=1, keepdim=True).values
    p = shifted.exp()
    p = p / p.sum(dim=1, keepdim=True)
    # subtract 1 at the right class, then divide by the batch size because of the mean
    p[torch.arange(n, device=p.device), targets] -= 1
    return p / n
