"""Wrong: a tuple of logits and hidden layer."""

import torch.nn.functional as F
from torch import nn


class MLP(nn.Module):
    """Also returns the features."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.fc1 = nn.Linear(d_in, d_hidden)
        self.fc2 = nn.Linear(d_hidden, d_hidden)
        self.fc3 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        """Logits."""
        x = x.flatten(1)
        h1 = F.relu(self.fc1(x))
        h2 = F.relu(self.fc2(h1))
        return self.fc3(h2), h2
