"""Right: a Linear and a ReLU written from scratch, layers in an ordered Sequential."""

from collections import OrderedDict

import torch
from torch import nn


class Linear(nn.Module):
    """y = x W^T + b."""

    def __init__(self, n_in, n_out):
        super().__init__()
        bound = n_in**-0.5
        self.weight = nn.Parameter(torch.empty(n_out, n_in).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(n_out).uniform_(-bound, bound))

    def forward(self, x):
        """As a sum over products."""
        return torch.einsum("ni,oi->no", x, self.weight) + self.bias


class Rectifier(nn.Module):
    """max(0, x)."""

    def forward(self, x):
        """By a mask."""
        return torch.where(x > 0, x, torch.zeros_like(x))


class MLP(nn.Module):
    """Named steps."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.d_in = d_in
        self.stack = nn.Sequential(
            OrderedDict(
                hidden1=Linear(d_in, d_hidden),
                act1=Rectifier(),
                hidden2=Linear(d_hidden, d_hidden),
                act2=Rectifier(),
                head=Linear(d_hidden, d_out),
            )
        )

    def forward(self, x):
        """Logits."""
        return self.stack(x.contiguous().view(-1, self.d_in))
