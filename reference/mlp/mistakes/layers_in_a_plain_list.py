"""Wrong: the layers are in a plain list, which the module doesn't look into."""

import torch
from torch import nn


class MLP(nn.Module):
    """The layers are kept in a list."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.layers = [
            nn.Linear(d_in, d_hidden),
            nn.Linear(d_hidden, d_hidden),
            nn.Linear(d_hidden, d_out),
        ]

    def forward(self, x):
        """Logits."""
        x = x.flatten(1)
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)
