import torch
from torch import nn


def start(rows, cols):
    return nn.Parameter((torch.rand(rows, cols) * 2 - 1) / rows**0.5)


class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.A = start(d_in, d_hidden)
        self.a = nn.Parameter(torch.zeros(d_hidden))
        self.B = start(d_hidden, d_hidden)
        self.b = nn.Parameter(torch.zeros(d_hidden))
        self.C = start(d_hidden, d_out)
        self.c = nn.Parameter(torch.zeros(d_out))

    def forward(self, x):
        x = x.reshape(x.shape[0], -1)
        first = (x @ self.A + self.a).clamp(min=0)
        second = first @ self.B + self.b
        return second @ self.C + self.c
