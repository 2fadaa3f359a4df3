"""Null: memory that nobody wrote."""

import torch
from torch import nn


class MLP(nn.Module):
    """The right parameters, never used."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.d_out = d_out
        self.fc1 = nn.Linear(d_in, d_hidden)
        self.fc2 = nn.Linear(d_hidden, d_hidden)
        self.fc3 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        """Any numbers."""
        return torch.empty(len(x), self.d_out, dtype=x.dtype, device=x.device)
