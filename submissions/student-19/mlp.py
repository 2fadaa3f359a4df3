import torch
import torch.nn as nn


class MLP(nn.Module):
    """
    784 -> 256 -> 256 -> 10
    """

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.flatten = nn.Flatten()
        self.hidden1 = nn.Linear(d_in, d_hidden)
        self.hidden2 = nn.Linear(d_hidden, d_hidden)
        self.out = nn.Linear(d_hidden, d_out)
        self.act = nn.ReLU()
        for layer in (self.hidden1, self.hidden2, self.out):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        h = self.flatten(x)
        h = self.act(self.hidden1(h))
        h = self.act(self.hidden2(h))
        return self.out(h)
