"""Null: the first inputs as logits."""

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
        """The first columns of the input."""
        return x.flatten(1)[:, : self.d_out]
