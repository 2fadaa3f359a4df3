"""Wrong: a single hidden layer."""

import torch.nn.functional as F
from torch import nn


class MLP(nn.Module):
    """Linear, ReLU, linear."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.hidden = nn.Linear(d_in, d_hidden)
        self.out = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        """Logits."""
        x = x.flatten(1)
        return self.out(F.relu(self.hidden(x)))
