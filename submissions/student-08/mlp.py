# HW6 mlp
import torch
from torch import nn

class MLP(nn.Module):
    def __init__(self, d_in = 784, d_hidden = 256, d_out = 10):
        super().__init__()
        self.l1 = nn.Linear(d_in, d_hidden)
        self.l2 = nn.Linear(d_hidden, d_hidden)
        self.l3 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        x = torch.flatten(x, start_dim = 1)
        x = torch.relu(self.l1(x))
        x = torch.relu(self.l2(x))
        return self.l3(x)
