"""Wrong: a sigmoid after the last layer."""

import torch
from torch import nn


class MLP(nn.Module):
    """The output is between 0 and 1."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear1 = nn.Linear(d_in, d_hidden)
        self.linear2 = nn.Linear(d_hidden, d_hidden)
        self.linear3 = nn.Linear(d_hidden, d_out)
        self.relu = nn.ReLU()

    def forward(self, x):
        """Logits."""
        x = self.flatten(x)
        x = self.relu(self.linear1(x))
        x = self.relu(self.linear2(x))
        return torch.sigmoid(self.linear3(x))
