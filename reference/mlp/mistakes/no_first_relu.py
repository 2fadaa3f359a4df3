"""Wrong: the ReLU after the first layer is missing."""

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
        x = x.view(x.size(0), -1)
        x = self.fc1(x)
        x = F.relu(self.fc2(x))
        return self.fc3(x)
