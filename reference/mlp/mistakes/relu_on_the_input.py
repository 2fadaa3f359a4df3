"""Wrong: a ReLU on the input."""

import torch.nn.functional as F
from torch import nn


class MLP(nn.Module):
    """ReLU before each linear layer."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.fc1 = nn.Linear(d_in, d_hidden)
        self.fc2 = nn.Linear(d_hidden, d_hidden)
        self.fc3 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        """Logits."""
        x = x.flatten(start_dim=1)
        for layer in (self.fc1, self.fc2, self.fc3):
            x = layer(F.relu(x))
        return x
