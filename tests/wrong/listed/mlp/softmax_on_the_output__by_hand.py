import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, n_from, n_to):
        super().__init__()
        self.W = nn.Parameter(torch.empty(n_to, n_from))
        self.bias = nn.Parameter(torch.zeros(n_to))
        nn.init.kaiming_uniform_(self.W, a=5**0.5)

    def forward(self, x):
        return torch.einsum("ni,oi->no", x, self.W) + self.bias


class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.one = Layer(d_in, d_hidden)
        self.two = Layer(d_hidden, d_hidden)
        self.three = Layer(d_hidden, d_out)

    def forward(self, x):
        rows = torch.stack([sample.flatten() for sample in x])
        scores = self.three(self.two(self.one(rows).relu()).relu())
        # make them probabilities
        exps = torch.exp(scores - scores.amax(1, keepdim=True))
        return exps / exps.sum(1, keepdim=True)
