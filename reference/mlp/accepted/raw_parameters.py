"""Right: raw parameters, stored the other way round for x @ W, with an initialisation of its own."""

import math

import torch
from torch import nn


class MLP(nn.Module):
    """All six parameters by hand; the last layer is registered first."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.W_out = nn.Parameter(torch.randn(d_hidden, d_out) / math.sqrt(d_hidden))
        self.b_out = nn.Parameter(torch.zeros(d_out))
        self.W2 = nn.Parameter(torch.randn(d_hidden, d_hidden) * math.sqrt(2 / d_hidden))
        self.b2 = nn.Parameter(torch.zeros(d_hidden))
        self.W1 = nn.Parameter(torch.randn(d_in, d_hidden) * math.sqrt(2 / d_in))
        self.b1 = nn.Parameter(torch.zeros(1, d_hidden))

    def forward(self, x):
        """Logits."""
        x = torch.flatten(x, start_dim=1)
        h1 = torch.relu(x @ self.W1 + self.b1)
        h2 = torch.max(h1 @ self.W2 + self.b2, torch.zeros_like(h1))
        return h2 @ self.W_out + self.b_out
