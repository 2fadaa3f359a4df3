"""Wrong: the sizes of the layers are given as (out, in)."""

import torch.nn.functional as F
from torch import nn


class MLP(nn.Module):
    """The weight of a layer is (out, in)."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.fc1 = nn.Linear(d_hidden, d_in)
        self.fc2 = nn.Linear(d_hidden, d_hidden)
        self.fc3 = nn.Linear(d_out, d_hidden)

    def forward(self, x):
        """Logits."""
        x = x.flatten(1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
