"""Wrong: sigmoid between the layers."""

import torch
from torch import nn


class MLP(nn.Module):
    """The classic network with sigmoid units."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.hidden1 = nn.Linear(d_in, d_hidden)
        self.hidden2 = nn.Linear(d_hidden, d_hidden)
        self.output = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        """Logits."""
        x = torch.flatten(x, 1)
        x = torch.sigmoid(self.hidden1(x))
        x = torch.sigmoid(self.hidden2(x))
        return self.output(x)
