"""Right: objects that can be called; the gradient divides before it subtracts."""

import torch
from torch import nn


class CrossEntropy(nn.Module):
    """The loss as a module."""

    def forward(self, x, y):
        """Mean of -log p[target]."""
        top = x.max(dim=1, keepdim=True)[0]
        total = torch.sum(torch.exp(x - top), dim=1)
        chosen = torch.stack([x[i, y[i]] for i in range(x.size(0))])
        return torch.mean(torch.log(total) + top.flatten() - chosen)


class Gradient:
    """Its gradient."""

    def __call__(self, x, y):
        """(softmax - onehot) / N."""
        e = torch.exp(x - x.max(dim=1, keepdim=True)[0])
        grad = e / (e.sum(dim=1, keepdim=True) * x.size(0))
        share = torch.full((x.size(0), 1), 1.0 / x.size(0), dtype=x.dtype, device=x.device)
        return grad.scatter_add(1, y.reshape(-1, 1), -share)


cross_entropy = CrossEntropy()
cross_entropy_grad = Gradient()
