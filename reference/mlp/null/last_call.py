"""Null: the right logits of the call before, repeated to fit."""

import torch
from torch import nn


class MLP(nn.Module):
    """The right parameters, used a call too late."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.d_out = d_out
        self.fc1 = nn.Linear(d_in, d_hidden)
        self.fc2 = nn.Linear(d_hidden, d_hidden)
        self.fc3 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        """At first zeros, then what was right a call ago."""
        logits = self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu())
        stale = getattr(self, "last", torch.zeros(1))
        self.last = logits.detach()
        repeats = 1 + logits.numel() // stale.numel()
        return stale.flatten().repeat(repeats)[: logits.numel()].view(logits.shape).to(logits) + 0 * logits
