"""Wrong: the weights start as large positive numbers."""

import torch
from torch import nn


class MLP(nn.Module):
    """Raw parameters with random values."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.W1 = nn.Parameter(torch.rand(d_in, d_hidden))
        self.b1 = nn.Parameter(torch.rand(d_hidden))
        self.W2 = nn.Parameter(torch.rand(d_hidden, d_hidden))
        self.b2 = nn.Parameter(torch.rand(d_hidden))
        self.W3 = nn.Parameter(torch.rand(d_hidden, d_out))
        self.b3 = nn.Parameter(torch.rand(d_out))

    def forward(self, x):
        """Logits."""
        x = x.flatten(1)
        h1 = torch.relu(x @ self.W1 + self.b1)
        h2 = torch.relu(h1 @ self.W2 + self.b2)
        return h2 @ self.W3 + self.b3
