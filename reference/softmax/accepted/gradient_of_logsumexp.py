"""Right: softmax is the gradient of logsumexp."""

import torch


def softmax(logits, dim=-1):
    """Probabilities along `dim`."""
    keep = logits.requires_grad
    with torch.enable_grad():
        x = logits if keep else logits.detach().requires_grad_()
        total = torch.logsumexp(x, dim).sum()
        (probabilities,) = torch.autograd.grad(total, x, create_graph=keep)
    return probabilities
