"""Wrong: the last layer has no bias."""

import torch
from torch import nn


class MLP(nn.Module):
    """Two hidden layers."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.first = nn.Linear(d_in, d_hidden)
        self.second = nn.Linear(d_hidden, d_hidden)
        self.last = nn.Linear(d_hidden, d_out, bias=False)

    def forward(self, x):
        """Logits."""
        h = torch.relu(self.first(x.flatten(1)))
        return self.last(torch.relu(self.second(h)))
