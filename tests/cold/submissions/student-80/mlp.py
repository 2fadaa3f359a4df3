import torch
import torch.nn as nn


class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.l1 = nn.Linear(d_in, d_hidden)
        self.l2 = nn.Linear(d_hidden, d_hidden)
        self.l3 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        x = x.flatten(1)
        h = self.l1(x).relu()
        h = self.l2(h).relu()
        return self(self.l3(h))
