import torch
import torch.nn as nn


def block(a, b):
    return nn.Sequential(nn.Linear(a, b), nn.ReLU(inplace=True))


class MLP(nn.Module):
    """Multi layer perceptron with two hidden layers."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.d_in = d_in
        self.body = nn.Sequential(block(d_in, d_hidden), block(d_hidden, d_hidden))
        self.head = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        return self.head(self.body(x.view(-1, self.d_in)))
