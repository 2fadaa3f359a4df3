"""Null: the right logits, in float64 for float32 and in float32 for float64."""

import torch
from torch import nn


class MLP(nn.Module):
    """The right parameters, used."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.d_out = d_out
        self.fc1 = nn.Linear(d_in, d_hidden)
        self.fc2 = nn.Linear(d_hidden, d_hidden)
        self.fc3 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        """Each number is right, the dtype is not."""
        hidden = self.fc2(self.fc1(x.flatten(1)).relu()).relu()
        other = torch.float32 if x.dtype == torch.float64 else torch.float64
        return self.fc3(hidden).to(other)
