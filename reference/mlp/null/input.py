"""Null: returns its input and has no parameters."""

from torch import nn


class MLP(nn.Module):
    """Nothing inside."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()

    def forward(self, x):
        """The input."""
        return x
