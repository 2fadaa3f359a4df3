from itertools import pairwise

import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        sizes = [d_in, d_hidden, d_hidden, d_out]
        self.steps = nn.ModuleList()
        for before, after in pairwise(sizes):
            self.steps.append(nn.Linear(before, after))

    def forward(self, x):
        h = torch.flatten(x, start_dim=1)
        for step in self.steps:
            h = torch.maximum(step(h), torch.zeros_like(h[:1, :1]))
        return h
