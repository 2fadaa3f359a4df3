import sys

import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        print(f"building an MLP: {d_in} -> {d_hidden} -> {d_hidden} -> {d_out}", file=sys.stderr)
        self.first = nn.Linear(d_in, d_hidden)
        self.second = nn.Linear(d_hidden, d_hidden)
        self.third = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        print("in:", x.shape, x.min().item(), x.max().item())
        x = torch.relu(self.first(x.flatten(1)))
        print("hidden 1:", x.shape, x.mean().item())
        x = torch.relu(self.second(x))
        print("hidden 2:", x.shape, x.mean().item())
        x = self.third(x)
        print("out:", x.shape)
        return x


total = sum(p.numel() for p in MLP().parameters())
print("number of parameters:", total)
assert total == 269322
