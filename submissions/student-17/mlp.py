"""A multi-layer perceptron."""

import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, d_in: int = 784, d_hidden: int = 256, d_out: int = 10):
        super().__init__()
        self.flatten = nn.Flatten()
        self.hidden = nn.Linear(d_in, d_hidden)
        self.relu = nn.ReLU()
        self.output = nn.Linear(d_hidden, d_out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.output(self.relu(self.hidden(self.flatten(x))))
