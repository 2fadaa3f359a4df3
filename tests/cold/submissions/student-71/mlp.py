import torch
import torch.nn as nn


class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.schicht1 = nn.Linear(d_in, d_hidden)
        self.schicht2 = nn.Linear(d_hidden, d_hidden)
        self.schicht3 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        x = x.reshape(x.shape[0], -1)
        x = torch.relu(self.schicht1(x))
        x = torch.relu(self.schicht2(x))
        return self.schicht3(x)
