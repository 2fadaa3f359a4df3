"""Wrong: log-probabilities instead of logits."""

import torch
from torch import nn


class MLP(nn.Module):
    """As in the MNIST example."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(d_in, d_hidden),
            nn.ReLU(),
            nn.Linear(d_hidden, d_hidden),
            nn.ReLU(),
            nn.Linear(d_hidden, d_out),
        )

    def forward(self, x):
        """Logits."""
        x = x.reshape(x.shape[0], -1)
        return torch.log_softmax(self.layers(x), dim=-1)
