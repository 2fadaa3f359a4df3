import math

import torch
from torch import nn


class MLP(nn.Module):
    """No nn.Linear, I wanted to see if I can do it with plain parameters."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.W1, self.b1 = self.make(d_in, d_hidden)
        self.W2, self.b2 = self.make(d_hidden, d_hidden)
        self.W3, self.b3 = self.make(d_hidden, d_out)

    @staticmethod
    def make(fan_in, fan_out):
        W = nn.Parameter(torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in))
        b = nn.Parameter(torch.zeros(fan_out))
        return W, b

    def forward(self, x):
        h = x.reshape(len(x), -1)
        h = (h @ self.W1 + self.b1).clamp(min=0)
        h = (h @ self.W2 + self.b2).clamp(min=0)
        return h @ self.W3 + self.b3
