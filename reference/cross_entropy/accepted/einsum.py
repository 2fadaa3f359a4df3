"""Right: rows of the identity as one-hot vectors, and einsum for every sum."""

import torch


def cross_entropy(logits, targets):
    """Mean of -log p[target]."""
    onehot = torch.eye(logits.shape[1], dtype=logits.dtype, device=logits.device)[targets]
    return -torch.einsum("nc,nc->", _log_probabilities(logits), onehot) / len(logits)


def cross_entropy_grad(logits, targets):
    """(softmax - onehot) / N."""
    onehot = torch.eye(logits.shape[1], dtype=logits.dtype, device=logits.device)[targets]
    scale = torch.full((len(logits),), 1 / len(logits), dtype=logits.dtype, device=logits.device)
    return torch.einsum("nc,n->nc", _log_probabilities(logits).exp() - onehot, scale)


def _log_probabilities(x):
    x = x - x.max(dim=1, keepdim=True).values
    return x - torch.einsum("nc->n", x.exp()).log()[:, None]
