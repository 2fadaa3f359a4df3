"""Wrong: new layers with every call."""

import torch
from torch import nn


class MLP(nn.Module):
    """Remembers the sizes, makes the layers when they are needed."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.d_in = d_in
        self.d_hidden = d_hidden
        self.d_out = d_out

    def forward(self, x):
        """Logits."""
        x = x.flatten(1)
        x = torch.relu(nn.Linear(self.d_in, self.d_hidden)(x))
        x = torch.relu(nn.Linear(self.d_hidden, self.d_hidden)(x))
        return nn.Linear(self.d_hidden, self.d_out)(x)
