import torch.nn as nn
import torch.nn.functional as F


class MLP(nn.Module):
    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super().__init__()
        self.fc = {
            1: nn.Linear(d_in, d_hidden),
            2: nn.Linear(d_hidden, d_hidden),
            3: nn.Linear(d_hidden, d_out),
        }

    def forward(self, x):
        x = x.flatten(1)
        x = F.relu(self.fc[1](x))
        x = F.relu(self.fc[2](x))
        return self.fc[3](x)
