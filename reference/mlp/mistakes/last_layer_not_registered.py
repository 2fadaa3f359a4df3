"""Wrong: only the hidden layers are registered."""

import torch
from torch import nn


class MLP(nn.Module):
    """Hidden layers, and weights for the output."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.hidden = nn.Sequential(
            nn.Flatten(),
            nn.Linear(d_in, d_hidden),
            nn.ReLU(),
            nn.Linear(d_hidden, d_hidden),
            nn.ReLU(),
        )
        self.W_out = torch.randn(d_hidden, d_out) / d_hidden**0.5
        self.b_out = torch.zeros(d_out)

    def forward(self, x):
        """Logits."""
        return self.hidden(x) @ self.W_out + self.b_out
