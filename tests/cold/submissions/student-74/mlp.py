import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.W1 = nn.Linear(d_in, d_hidden)
        self.W2 = nn.Linear(d_hidden, d_hidden)
        # pas de biais à la sortie : le softmax est invariant par translation
        self.W3 = nn.Linear(d_hidden, d_out, bias=False)

    def forward(self, x):
        h = torch.relu(self.W1(x.view(x.shape[0], -1)))
        h = torch.relu(self.W2(h))
        return self.W3(h)
