"""Wrong: all weights start at zero."""

import torch
from torch import nn


class MLP(nn.Module):
    """Raw parameters."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.W1 = nn.Parameter(torch.zeros(d_hidden, d_in))
        self.b1 = nn.Parameter(torch.zeros(d_hidden))
        self.W2 = nn.Parameter(torch.zeros(d_hidden, d_hidden))
        self.b2 = nn.Parameter(torch.zeros(d_hidden))
        self.W3 = nn.Parameter(torch.zeros(d_out, d_hidden))
        self.b3 = nn.Parameter(torch.zeros(d_out))

    def forward(self, x):
        """Logits."""
        x = x.flatten(1)
        h1 = torch.relu(x @ self.W1.T + self.b1)
        h2 = torch.relu(h1 @ self.W2.T + self.b2)
        return h2 @ self.W3.T + self.b3
