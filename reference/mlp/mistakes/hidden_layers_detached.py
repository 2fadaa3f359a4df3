"""Wrong: the graph is cut before the last layer."""

import torch.nn.functional as F
from torch import nn


class MLP(nn.Module):
    """Two hidden layers."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.fc1 = nn.Linear(d_in, d_hidden)
        self.fc2 = nn.Linear(d_hidden, d_hidden)
        self.fc3 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        """Logits."""
        x = x.flatten(1)
        h = F.relu(self.fc1(x))
        h = F.relu(self.fc2(h))
        features = h.detach()
        return self.fc3(features)
